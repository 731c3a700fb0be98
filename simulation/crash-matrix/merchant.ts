import type { World } from '@payment-node/testkit'
import { eventually, must, rows } from './operation.ts'

/** The partner of all operations. */
export const merchant = 'merchant'

/** Asks for an invoice, over 100,000 sat unless told otherwise; answers its payment request. */
export async function invoice(
  world: World,
  key: string,
  { expiresIn = 600, amountSat = 100_000 } = {},
): Promise<string> {
  const made = await must(world, `create ${key}`, (node) =>
    node.invoices.create(
      { partner: merchant, amount: `${amountSat} sat`, expiresIn },
      { idempotencyKey: key },
    ),
  )
  world.records.givenOut.set(made.paymentHash, made.id)
  return made.paymentRequest
}

export async function withPartner(world: World): Promise<void> {
  await must(world, 'partner', (node) => node.partners.upsert({ id: merchant }))
}

/** The partner has 100,000 sat. */
export async function withBalance(world: World): Promise<void> {
  await withPartner(world)
  await world.peers.payer.pay(await invoice(world, 'deposit'))
  await eventually(world, () => rows(world, 'invoices', { state: 'settled' }).length === 1)
}

/** Every payout has succeeded. */
export function isPaid(world: World): boolean {
  return rows(world, 'payouts').every(({ state }) => state === 'succeeded')
}
