import { pick, someTime } from './choose.ts'
import type { FaultKind } from './fault.ts'

const jumps = [-86_400_000, -3_600_000, -90_000, 90_000, 3_600_000, 86_400_000] as const

/** Far back is left out: the lease of a leader that died would last as long as the jump. */
const storageJumps = [-90_000, 90_000, 3_600_000, 86_400_000] as const

/** Time on our side. */
export const clockFaults: readonly FaultKind[] = [
  {
    name: 'clock-jumps-forward',
    says: "A process's wall clock jumps forward.",
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: {
        by: pick(
          random,
          jumps.filter((by) => by > 0),
        ),
        process: pick(random, ['a', 'b']),
      },
    }),
    strike(world, fault) {
      world.jumpClock(fault.parameters.process as string, fault.parameters.by as number)
      world.happened(fault)
      return undefined
    },
  },
  {
    name: 'clock-jumps-back',
    says: "A process's wall clock jumps back.",
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: {
        by: pick(
          random,
          jumps.filter((by) => by < 0),
        ),
        process: pick(random, ['a', 'b']),
      },
    }),
    strike(world, fault) {
      world.jumpClock(fault.parameters.process as string, fault.parameters.by as number)
      world.happened(fault)
      return undefined
    },
  },
  {
    name: 'storage-clock-jumps',
    says: "The clock of a shared storage's server jumps.",
    plan: (random, frame) =>
      frame.isShared
        ? { trigger: someTime(random, frame), parameters: { by: pick(random, storageJumps) } }
        : undefined,
    strike(world, fault) {
      world.jumpClock('storage', fault.parameters.by as number)
      world.happened(fault)
      return undefined
    },
  },
  {
    name: 'machine-sleeps',
    says: 'The whole machine sleeps for minutes or hours, and everything that was due happens when it wakes.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { milliseconds: pick(random, [20_000, 600_000, 7_200_000, 86_400_000]) },
    }),
    strike(world, fault) {
      world.clock.skip(fault.parameters.milliseconds as number)
      world.happened(fault)
      return undefined
    },
  },
]
