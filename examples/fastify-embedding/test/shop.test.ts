import { test } from 'vitest'
import { takeOrders } from '../../express-embedding/test/take-orders.ts'
import { openShop } from '../src/shop.ts'

test('an order is paid; LND away is a 503; stop() ends everything and frees the books', () =>
  takeOrders(openShop))
