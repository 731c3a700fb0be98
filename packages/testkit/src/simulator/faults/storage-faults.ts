import type { Outcome } from '@payment-node/core'
import { PaymentNodeError } from '@payment-node/core'
import type { StepAction } from '../steps.ts'
import type { World } from '../world.ts'
import { between, pick, someStep, someTime } from './choose.ts'
import type { Fault, FaultKind } from './fault.ts'

/** The storage fails, and does not always know what it did. */
export const storageFaults: readonly FaultKind[] = [
  {
    name: 'commit-fails',
    says: 'A commit fails, and certainly nothing was written.',
    plan: (random, frame) => ({
      trigger: someStep(random, frame, 'storage.commit/before', 6),
      parameters: {},
    }),
    strike: (world, fault) => fail(world, fault, 'none'),
  },
  {
    name: 'commit-reply-lost',
    says: 'A commit is applied, and its answer is lost.',
    plan: (random, frame) => ({
      trigger: someStep(random, frame, 'storage.commit/after', 6),
      parameters: {},
    }),
    strike: (world, fault) => fail(world, fault, 'unknown'),
  },
  {
    name: 'commit-lost-unapplied',
    says: 'A commit is not applied, and nobody can say so.',
    plan: (random, frame) => ({
      trigger: someStep(random, frame, 'storage.commit/before', 6),
      parameters: {},
    }),
    strike: (world, fault) => fail(world, fault, 'unknown'),
  },
  {
    name: 'commits-fail-in-a-row',
    says: 'Several commits in a row fail; some were applied all the same.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { times: between(random, 2, 9), applied: pick(random, [true, false]) },
    }),
    strike(world, fault) {
      const { times, applied } = fault.parameters as { times: number; applied: boolean }
      let left = times
      const remove = world.steps.add(
        applied ? 'storage.commit/after' : 'storage.commit/before',
        () => {
          if (left-- <= 0 || world.isHealing) {
            remove()
            return undefined
          }
          return fail(world, fault, applied || left % 2 === 0 ? 'unknown' : 'none')
        },
      )
    },
  },
  {
    name: 'disk-full',
    says: 'For a while nothing can be written, neither changes nor claims nor leases.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { milliseconds: pick(random, [2000, 15_000, 60_000, 180_000]) },
    }),
    strike(world, fault) {
      const until = world.elapsed() + (fault.parameters as { milliseconds: number }).milliseconds
      const remove = ['commit', 'claim', 'lease'].map((call) =>
        world.steps.add(`storage.${call}/before`, () =>
          world.elapsed() < until && !world.isHealing ? fail(world, fault, 'none') : undefined,
        ),
      )
      world.onHeal(() => {
        for (const undo of remove) undo()
      })
    },
  },
  {
    name: 'commit-slow',
    says: 'Commits take seconds for a while.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: {
        milliseconds: pick(random, [5000, 30_000, 90_000]),
        delay: pick(random, [300, 3000, 9000]),
        when: pick(random, ['before', 'after']),
      },
    }),
    strike(world, fault) {
      const { milliseconds, delay, when } = fault.parameters as {
        milliseconds: number
        delay: number
        when: string
      }
      const until = world.elapsed() + milliseconds
      const remove = world.steps.add(`storage.commit/${when}`, () => {
        if (world.elapsed() >= until || world.isHealing) return undefined
        world.happened(fault)
        return { delayMilliseconds: delay }
      })
      world.onHeal(remove)
    },
  },
]

function fail(world: World, fault: Fault, outcome: Outcome): StepAction {
  world.happened(fault)
  return {
    error: new PaymentNodeError('storage.unavailable', 'The storage failed (simulated).', {
      outcome,
    }),
  }
}
