import { pick, someStep, someTime } from './choose.ts'
import type { FaultKind } from './fault.ts'

/** The counter of intents that the host keeps outside of the books. */
export const counterFaults: readonly FaultKind[] = [
  {
    name: 'counter-fails',
    says: 'For a while the counter of intents cannot be written.',
    plan: (random, frame) =>
      frame.hasCounter
        ? {
            trigger: someTime(random, frame),
            parameters: { milliseconds: pick(random, [5000, 60_000, 200_000]) },
          }
        : undefined,
    strike(world, fault) {
      const until = world.elapsed() + (fault.parameters.milliseconds as number)
      const remove = world.steps.add('counter.write/before', () => {
        if (world.elapsed() >= until) return undefined
        world.happened(fault)
        return { error: new Error('The counter cannot be written (simulated).') }
      })
      world.onHeal(remove)
      return undefined
    },
  },
  {
    name: 'crash-at-counter',
    says: 'The process dies around a write of the counter of intents.',
    plan: (random, frame) =>
      frame.hasCounter
        ? {
            trigger: someStep(random, frame, `counter.write/${pick(random, ['before', 'after'])}`),
            parameters: { down: pick(random, [1000, 30_000]) },
          }
        : undefined,
    strike(world, fault, step) {
      if (!step) return undefined
      world.happened(fault)
      world.places.find(({ name }) => name === step.process)?.kill(fault.parameters.down as number)
      return { kill: true }
    },
  },
  {
    name: 'counter-late',
    says: 'A write of the counter takes so long that another process may write meanwhile.',
    plan: (random, frame) =>
      frame.hasCounter
        ? {
            trigger: someStep(random, frame, 'counter.write/before'),
            parameters: { delay: pick(random, [2000, 30_000]) },
          }
        : undefined,
    strike(world, fault) {
      world.happened(fault)
      return { delayMilliseconds: fault.parameters.delay as number }
    },
  },
]
