import { inSat } from '../clock-face.ts'
import type { Day, Owed } from '../simulated-day.ts'
import { until } from '../stage.ts'

/** Asks the shop to pay a debt of a partner; the same request may be repeated for ever. */
export function payOut({ shop }: Day, partner: string, { key, destination }: Owed) {
  return shop.requestPayout({ partner, destination }, { idempotencyKey: key })
}

/** Payouts that succeed, fail for certain, and hang. Returns the one that still hangs. */
export async function payoutsGoOut(day: Day): Promise<Owed> {
  const { shop, world } = day
  await day.passUntil('11:25')
  const quick = await payOut(day, 'bakery', day.owe('bakery-1', 'bakery', 20_000))
  const { payout } = await shop.heard('payout.succeeded', (done) => done.payout.id === quick.id)
  await day.tell(
    'payout',
    `bakery 20,000 sat, routing cost ${inSat(payout.fee!.msat)}, preimage in the books`,
  )

  await day.passUntil('11:35')
  const hopeless = await payOut(day, 'farm', day.owe('farm-1', 'island', 50_000))
  const failed = await shop.heard('payout.failed', (done) => done.payout.id === hopeless.id)
  await day.tell(
    'payout',
    `farm 50,000 sat failed for certain (${failed.payout.reason}): the money is back`,
  )

  await day.passUntil('11:45')
  const slow = day.owe('bikes-1', 'bikes', 1_500_000, true)
  await payOut(day, 'bikes', slow)
  await until('the wallet to hold the payment', () => {
    return world.wallets.bikes.findInvoice(slow.paymentHash)?.state === 'accepted'
  })
  await day.tell('wait', 'bikes 1,500,000 sat: the wallet holds the payment and takes its time')
  return slow
}
