import { inSat } from '../clock-face.ts'
import { refusal } from '../refusal.ts'
import type { Day, Owed } from '../simulated-day.ts'
import { payOut } from './payouts-go-out.ts'

/** The kill switch: nothing new leaves, what is in flight is followed to its end, money still comes in. */
export async function operatorHalts(day: Day, slow: Owed): Promise<void> {
  const { shop, world } = day
  await day.passUntil('14:10', 5)
  await shop.halt('a partner reports a strange payout')
  await day.tell('shop', 'the operator halts outgoing money: "a partner reports a strange payout"')
  const debt = day.owe('farm-3', 'farm', 40_000)
  const refused = await refusal(payOut(day, 'farm', debt), 'safety.halted')
  await day.tell('refused', `a payout of 40,000 sat: ${refused.code}`)
  await day.collect('anna', await day.sell('bakery', 18_000))
  await day.tell('paid', 'bakery 18,000 sat by Anna: money still comes in')
  await day.passUntil('14:25')
  world.wallets.bikes.settleHold(slow.paymentHash)
  const { payout } = await shop.heard(
    'payout.succeeded',
    (done) => done.payout.paymentHash === slow.paymentHash,
  )
  await day.tell(
    'payout',
    `bikes ${inSat(payout.amount.msat)}: the wallet takes the held payment at last`,
  )
  await day.passUntil('14:40')
  await shop.resume('it was a misunderstanding')
  await day.tell('shop', 'the operator resumes outgoing money')
  const { id } = await payOut(day, 'farm', debt)
  await shop.heard('payout.succeeded', (done) => done.payout.id === id)
  await day.tell('payout', 'farm 40,000 sat')
}

/** Hard caps below everything that pays. */
export async function capsHold(day: Day): Promise<void> {
  await day.passUntil('18:30', 6)
  const large = await refusal(
    payOut(day, 'bikes', day.owe('bikes-2', 'bikes', 2_100_000)),
    'payout.above-cap',
  )
  await day.tell(
    'refused',
    `a payout of 2,100,000 sat: the cap ${large.details.cap} is ${inSat(large.details.limit.msat)}`,
  )
  const day2 = await refusal(
    payOut(day, 'bikes', day.owe('bikes-3', 'bikes', 1_900_000)),
    'payout.above-cap',
  )
  await day.tell(
    'refused',
    `a payout of 1,900,000 sat: the cap ${day2.details.cap} is ${inSat(day2.details.limit.msat)}`,
  )
  const poor = await refusal(
    payOut(day, 'farm', day.owe('farm-4', 'farm', 900_000)),
    'payout.insufficient-balance',
  )
  await day.tell(
    'refused',
    `a payout of 900,000 sat: the farm has ${inSat(poor.details.available.msat)}`,
  )
}
