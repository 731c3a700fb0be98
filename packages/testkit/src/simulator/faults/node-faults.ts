import { pick, someStep, someTime } from './choose.ts'
import type { FaultKind } from './fault.ts'

/** LND itself: restarted, away, locked, behind. */
export const nodeFaults: readonly FaultKind[] = [
  {
    name: 'lnd-restarts',
    says: 'LND restarts, and takes a moment to serve again.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { takes: pick(random, [0, 500, 5000, 30_000]) },
    }),
    strike(world, fault) {
      world.shop.stop()
      world.shop.start({ takesMilliseconds: fault.parameters.takes as number })
      world.happened(fault)
      return undefined
    },
  },
  {
    name: 'lnd-down',
    says: 'LND is gone for a while.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { milliseconds: pick(random, [3000, 30_000, 120_000, 400_000]) },
    }),
    strike(world, fault) {
      world.shop.stop()
      world.happened(fault)
      void world.clock
        .sleep(fault.parameters.milliseconds as number)
        .then(() => world.shop.start({ takesMilliseconds: 2000 }))
      return undefined
    },
  },
  {
    name: 'lnd-down-at-call',
    says: 'LND goes down in the middle of a call, and comes back later.',
    plan: (random, frame) => ({
      trigger: someStep(
        random,
        frame,
        `lightning.${pick(random, ['pay', 'pay', 'createInvoice', 'cancelInvoice', 'trackPayment'])}/${pick(random, ['before', 'effect'])}`,
      ),
      parameters: { milliseconds: pick(random, [1000, 20_000, 90_000]) },
    }),
    strike(world, fault) {
      world.shop.stop()
      world.happened(fault)
      void world.clock.sleep(fault.parameters.milliseconds as number).then(() => world.shop.start())
      return undefined
    },
  },
  {
    name: 'lnd-locked',
    says: 'LND restarts and its wallet stays locked for a while.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { milliseconds: pick(random, [5000, 60_000, 300_000]) },
    }),
    strike(world, fault) {
      world.shop.lock()
      world.happened(fault)
      void world.clock
        .sleep(fault.parameters.milliseconds as number)
        .then(() => world.shop.unlock())
      return undefined
    },
  },
  {
    name: 'lnd-unsynced',
    says: 'LND is not synced to the chain for a while.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { milliseconds: pick(random, [5000, 60_000, 300_000]) },
    }),
    strike(world, fault) {
      world.shop.setSynced(false)
      world.happened(fault)
      void world.clock
        .sleep(fault.parameters.milliseconds as number)
        .then(() => world.shop.setSynced(true))
      return undefined
    },
  },
  {
    name: 'lnd-clock-skew',
    says: "LND's clock is minutes or hours off.",
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: {
        skew: pick(random, [-7_200_000, -600_000, -70_000, 70_000, 600_000, 1_800_000]),
        milliseconds: pick(random, [60_000, 600_000]),
      },
    }),
    strike(world, fault) {
      const mend = (): void => world.shop.setClockSkew(0)
      world.shop.setClockSkew(fault.parameters.skew as number)
      world.happened(fault)
      world.onHeal(mend)
      void world.clock.sleep(fault.parameters.milliseconds as number).then(mend)
      return undefined
    },
  },
]
