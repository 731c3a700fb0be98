import { paysOnchain } from '../features.ts'
import { codeOf } from '../world.ts'
import { between, pick, someStep, someTime } from './choose.ts'
import type { FaultKind, PlanFrame } from './fault.ts'

/** Blocks, fees and transactions. */
export const chainFaults: readonly FaultKind[] = [
  {
    name: 'reorganization',
    says: 'The newest 1 to 6 blocks give way to others, and what they held waits again.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { depth: between(random, 1, 7), times: between(random, 1, 4) },
    }),
    strike(world, fault) {
      const { depth, times } = fault.parameters as { depth: number; times: number }
      void (async () => {
        for (let count = 0; count < times && !world.isHealing; count++) {
          world.network.reorganize(depth)
          world.happened(fault)
          await world.clock.sleep(30_000)
        }
      })()
      return undefined
    },
  },
  {
    name: 'mempool-evicts',
    says: 'The mempool forgets what waits in it, again and again for a while.',
    plan: (random, frame) =>
      usesWallet(frame)
        ? {
            trigger: someTime(random, frame),
            parameters: { milliseconds: pick(random, [60_000, 300_000]) },
          }
        : undefined,
    strike(world, fault) {
      const until = world.elapsed() + (fault.parameters.milliseconds as number)
      void (async () => {
        while (world.elapsed() < until && !world.isHealing) {
          // One takes those with it that spend its outputs.
          for (;;) {
            const [waiting] = world.network.waitingTransactions
            if (!waiting) break
            world.network.evict(waiting.id)
            world.happened(fault)
          }
          await world.clock.sleep(3000)
        }
      })()
      return undefined
    },
  },
  {
    name: 'mempool-full',
    says: 'The mempool takes no cheap transaction for a while: a funding is made, and not broadcast.',
    plan: (random, frame) =>
      usesWallet(frame)
        ? {
            trigger: someTime(random, frame),
            parameters: {
              satPerVbyte: pick(random, [3, 30]),
              milliseconds: pick(random, [60_000, 300_000]),
            },
          }
        : undefined,
    strike(world, fault) {
      const empty = (): void => world.network.setMempoolMinimum(0)
      world.network.setMempoolMinimum(fault.parameters.satPerVbyte as number)
      world.happened(fault)
      world.onHeal(empty)
      void world.clock.sleep(fault.parameters.milliseconds as number).then(empty)
      return undefined
    },
  },
  {
    name: 'coins-spent-elsewhere',
    says: 'Another program of the same wallet spends the coins of an opening.',
    plan: (random, frame) =>
      frame.hasKeeper
        ? {
            trigger: someStep(
              random,
              frame,
              `lightning.opener.open/${pick(random, ['before', 'effect', 'reply'])}`,
              2,
            ),
            parameters: { after: pick(random, [0, 5, 3000, 20_000]) },
          }
        : undefined,
    strike(world, fault, step) {
      const [coin] = (step?.parameters[0] as { outpoints?: readonly string[] })?.outpoints ?? []
      if (!coin) return undefined
      void world.clock.sleep(fault.parameters.after as number).then(() => {
        try {
          world.network.doubleSpend(coin)
          world.happened(fault)
        } catch (error) {
          world.trace.write(`cannot spend ${coin}: ${codeOf(error)}`)
        }
      })
      return undefined
    },
  },
  {
    name: 'fee-spike',
    says: 'Fees on the chain rise a hundredfold for a while, and commitment fees with them.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: {
        satPerVbyte: pick(random, [50, 200, 500]),
        milliseconds: pick(random, [60_000, 300_000]),
      },
    }),
    strike(world, fault) {
      const satPerVbyte = fault.parameters.satPerVbyte as number
      const calm = (): void => {
        world.feerate = 1
        for (const point of [world.channels.hub, world.channels.hostile])
          world.network.setCommitmentFeerate(point, 253n)
      }
      world.feerate = satPerVbyte
      for (const point of [world.channels.hub, world.channels.hostile])
        world.network.setCommitmentFeerate(point, BigInt(Math.min(2500, satPerVbyte * 250)))
      world.happened(fault)
      world.onHeal(calm)
      void world.clock.sleep(fault.parameters.milliseconds as number).then(calm)
      return undefined
    },
  },
  {
    name: 'blocks-race',
    says: 'Many blocks come within minutes, so that HTLCs come near their expiry.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { blocks: between(random, 3, 120), every: pick(random, [50, 1000, 5000]) },
    }),
    strike(world, fault) {
      const { blocks, every } = fault.parameters as { blocks: number; every: number }
      world.happened(fault)
      void (async () => {
        for (let count = 0; count < blocks && !world.isHealing; count++) {
          world.network.mine()
          await world.clock.sleep(every)
        }
      })()
      return undefined
    },
  },
]

/** Whether transactions of ours wait for blocks. */
function usesWallet({ hasKeeper, features }: PlanFrame): boolean {
  return hasKeeper || paysOnchain(features)
}
