import { test } from 'vitest'
import { openShop } from '../src/shop.ts'
import { takeOrders } from './take-orders.ts'

test('an order is paid; LND away is a 503; stop() ends everything and frees the books', () =>
  takeOrders(openShop))
