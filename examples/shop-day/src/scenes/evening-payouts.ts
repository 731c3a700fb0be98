import { inSat } from '../clock-face.ts'
import type { Day } from '../simulated-day.ts'
import { until } from '../stage.ts'
import { payOut } from './payouts-go-out.ts'

/** What the partners have earned goes to them; what a wallet gives back is theirs again. */
export async function eveningPayouts(day: Day): Promise<void> {
  const { shop, world } = day
  await day.passUntil('19:30', 8)
  const unwanted = day.owe('bikes-4', 'bikes', 60_000, true)
  const held = await payOut(day, 'bikes', unwanted)
  await until('the wallet to hold the payment', () => {
    return world.wallets.bikes.findInvoice(unwanted.paymentHash)?.state === 'accepted'
  })
  await day.passUntil('19:50')
  world.wallets.bikes.cancelHold(unwanted.paymentHash)
  const { payout: back } = await shop.heard(
    'payout.failed',
    (failed) => failed.payout.id === held.id,
  )
  await day.tell('payout', `bikes 60,000 sat: held, then given back by the wallet (${back.reason})`)

  await day.passUntil('20:00')
  const payouts = [
    ['bakery', 180_000],
    ['farm', 150_000],
    ['bikes', 400_000],
  ] as const
  for (const [partner, amountSat] of payouts) {
    const { id } = await payOut(day, partner, day.owe(`${partner}-evening`, partner, amountSat))
    const { payout } = await shop.heard('payout.succeeded', (done) => done.payout.id === id)
    const [amount, fee] = [inSat(payout.amount.msat), inSat(payout.fee!.msat)]
    await day.tell('payout', `${partner} ${amount}, routing cost ${fee}`)
  }
}
