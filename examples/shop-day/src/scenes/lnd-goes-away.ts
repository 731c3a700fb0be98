import { refusal } from '../refusal.ts'
import type { Day } from '../simulated-day.ts'
import { channelsAreActive, until } from '../stage.ts'
import { payOut } from './payouts-go-out.ts'

/** LND is updated: refused is refused, nothing is lost, nobody has to restart anything. */
export async function lndIsUpdated(day: Day): Promise<void> {
  await day.passUntil('12:30', 3)
  await away(day, '12:50', () => day.world.lnd.stop(), 'is stopped for an update')
}

/** After a reboot nobody has typed the password yet. */
export async function lndIsLocked(day: Day): Promise<void> {
  await day.passUntil('17:10', 4)
  await away(day, '17:35', () => day.world.lnd.lock(), 'was rebooted and its wallet is locked')
}

async function away(day: Day, back: string, leave: () => void, says: string): Promise<void> {
  const { shop, world } = day
  const left = day.now()
  leave()
  const outage = { from: left, to: left }
  day.record.outages.push(outage)
  const { reason } = await shop.heard('node.degraded', (_, at) => at >= left)
  await day.tell('trouble', `LND ${says}; the shop is "degraded: ${reason}"`)
  const refused = await refusal(day.sell('farm', 10_000), 'node.unavailable')
  await day.tell('refused', `an invoice: ${refused.code}, may be retried, nothing was stored`)
  await day.passUntil(back)
  world.lnd.start()
  outage.to = day.now()
  const { downFor } = await shop.heard('node.recovered', (_, at) => at >= left)
  await channelsAreActive(shop)
  const newest = new Map<string, string>()
  await until('the shop to be told of it', () => {
    for (const { subject, state } of day.record.channels) newest.set(subject, state)
    return [...newest.values()].every((state) => state !== 'inactive')
  })
  await day.tell(
    'back',
    `LND is back after ${Math.round(downFor / 60_000)} minutes; the shop noticed by itself`,
  )
}

/** A payout whose answer is lost, and LND does not say more for a while: unknown is not failed. */
export async function replyIsLost(day: Day): Promise<void> {
  const { shop, world } = day
  await day.passUntil('13:20', 4)
  const debt = day.owe('farm-2', 'farm', 100_000)
  let isSilent = false
  const answer = world.lnd.faults.add(({ call, moment }) => {
    if (call === 'pay' && moment === 'after-effect') {
      isSilent = true
      return { outcome: 'unknown' }
    }
    return isSilent && call === 'trackPayment' ? { outcome: 'none' } : undefined
  })
  const payout = await payOut(day, 'farm', debt)
  await shop.heard('payout.unknown', (unknown) => unknown.payout.id === payout.id)
  const wallet = () => world.wallets.farm.findInvoice(debt.paymentHash)?.state
  await until('the wallet to have the money', () => wallet() === 'settled')
  await day.tell(
    'trouble',
    `farm 100,000 sat: LND's answer is lost: unknown (the wallet says ${wallet()})`,
  )
  const again = await payOut(day, 'farm', debt)
  const same = again.id === payout.id ? 'the same payout' : 'ANOTHER payout'
  await day.tell(
    'refused',
    `to pay it again: the repeated request gives ${same}, still ${again.attempt?.state}`,
  )
  await day.passUntil('13:40')
  answer()
  const { payout: done } = await shop.heard(
    'payout.succeeded',
    (succeeded) => succeeded.payout.id === payout.id,
  )
  await day.tell('back', `LND answers again: ${done.state}`)
}
