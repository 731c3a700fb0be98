import { between, pick, someTime } from './choose.ts'
import type { FaultKind } from './fault.ts'

/** Blocks and fees. */
export const chainFaults: readonly FaultKind[] = [
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
        world.network.setFeerate(1)
        for (const point of [world.channels.hub, world.channels.hostile])
          world.network.setCommitmentFeerate(point, 253n)
      }
      world.network.setFeerate(satPerVbyte)
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
