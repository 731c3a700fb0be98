import { randomBytes } from 'node:crypto'
import { gatherEvidence } from './audit/gather-evidence.ts'
import { buildWorld } from './build-world.ts'
import type { PlayedDay } from './finish-day.ts'
import { openShop } from './processes/open-shop.ts'
import { customersPay } from './scenes/customers-pay.ts'
import { eveningPayouts } from './scenes/evening-payouts.ts'
import { invoicesEnd } from './scenes/invoices-end.ts'
import { keeperOpensChannels } from './scenes/keeper-opens-channels.ts'
import { lndIsLocked, lndIsUpdated, replyIsLost } from './scenes/lnd-goes-away.ts'
import { capsHold, operatorHalts } from './scenes/operator-stops-money.ts'
import { othersOpenChannels } from './scenes/others-open-channels.ts'
import { payoutsGoOut } from './scenes/payouts-go-out.ts'
import { peerCloses } from './scenes/peer-closes.ts'
import {
  killedForAWhile,
  killedWhilePaying,
  killedWhileSelling,
} from './scenes/process-is-killed.ts'
import { createDay, type Day, settlePeriod } from './simulated-day.ts'
import { createStage } from './stage.ts'
import { createStoryClock } from './story-clock.ts'

/**
 * A day is 20 times faster than real time while something happens, and skips what is dull. Much
 * faster, and a busy machine could not renew the library's leases in time.
 */
const speed = 20

/** Plays a day: the shop in a process of its own, the simulated network in this one. */
export async function playSimulatedDay(
  options: {
    readonly file: string
    readonly pause: number
    readonly output: NodeJS.WritableStream
  },
  scenes: (day: Day) => Promise<void> = wholeDay,
): Promise<PlayedDay> {
  const { file, pause, output } = options
  const clock = createStoryClock({
    startsAt: Date.parse('2026-06-12T06:00:00Z'),
    speed,
    began: performance.timeOrigin + performance.now(),
    skipped: 0,
  })
  const world = buildWorld(clock)
  const shop = openShop({
    settings: {
      file,
      invoiceKey: randomBytes(32),
      caps: { perPayout: '2000000 sat', perDay: '3000000 sat' },
      peers: world.peers,
      channels: {
        mode: 'act',
        minimumActive: 3,
        capacity: '2000000 sat',
        budgetPerMonth: '30000 sat',
        settlePeriod: settlePeriod / 1000,
        coolDown: '24h',
      },
      lightning: 'of the parent process',
    },
    clock,
    lightning: world.lnd.lightning,
  })
  const stage = createStage({ shop, now: clock.now, pause, isPrecise: false, output })
  const day = createDay(stage, world, clock)
  try {
    await scenes(day)
    const last = await day.sample()
    const { active, wanted, budget } = await shop.keeperStatus()
    await shop.stop()
    const evidence = await gatherEvidence({
      file,
      lnd: world.lnd.lightning,
      customers: Object.values(world.customers).map(({ lightning }) => lightning),
      wallets: Object.values(world.wallets).map(({ lightning }) => lightning),
      debts: day.debts,
      toldAsSettled: stage.toldAsSettled,
    })
    return {
      title: 'A shop in the simulated network',
      record: stage.record,
      evidence,
      receivableMsat: last?.receivableMsat ?? null,
      keeper: { active, wanted, budgetMsat: budget.limit.msat },
      aliases: new Map(
        [...Object.values(world.hubs), ...Object.values(world.customers)].map(
          ({ publicKey, alias }) => [publicKey, alias],
        ),
      ),
      isPrecise: false,
      next: 'npx -y pnpm@12 demo --live (buttons to press), or --regtest (real LND)',
    }
  } finally {
    await shop.kill()
  }
}

async function wholeDay(day: Day): Promise<void> {
  await keeperOpensChannels(day)
  await othersOpenChannels(day)
  await customersPay(day)
  await invoicesEnd(day)
  const slow = await payoutsGoOut(day)
  await killedWhilePaying(day)
  await lndIsUpdated(day)
  await replyIsLost(day)
  await operatorHalts(day, slow)
  await killedWhileSelling(day)
  await killedForAWhile(day)
  await lndIsLocked(day)
  await capsHold(day)
  await eveningPayouts(day)
  await peerCloses(day)
  await day.tell('shop', 'closes')
}
