import type { PaymentNode } from '@payment-node/core'
import { expect } from 'vitest'
import type { Shop } from '../shop.ts'

/** What `m1` has and what is held for it, in satoshi; the books must balance and agree with LND. */
export async function expectBooks(
  shop: Shop,
  wanted: { readonly available: number; readonly reserved: number },
  node: PaymentNode = shop.node,
): Promise<void> {
  const { run } = shop
  const { available, reserved } = await run(node.partners.get('m1'))
  expect({
    available: Number(available.msat) / 1000,
    reserved: Number(reserved.msat) / 1000,
  }).toEqual(wanted)
  const balances = await run(node.ledger.balances())
  expect(balances.sum.msat).toBe(0n)
  const payments = await run(shop.lnd.lightning.listPayments({ afterIndex: 0n, limit: 1000 }))
  const succeeded = payments.filter(({ state }) => state === 'succeeded')
  const paid = succeeded.reduce((sum, payment) => sum + payment.amountMsat, 0n)
  const fees = succeeded.reduce((sum, payment) => sum + payment.feeMsat, 0n)
  expect(balances.world.payees.msat, 'what the payees got').toBe(paid)
  expect(balances.world.routingFees.msat, 'what routing cost').toBe(fees)
}
