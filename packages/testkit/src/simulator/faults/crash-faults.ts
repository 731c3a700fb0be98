import type { SeededRandom } from '../../network/seeded-random.ts'
import type { SimulatedProcess } from '../open-process.ts'
import type { StepAction } from '../steps.ts'
import type { World } from '../world.ts'
import { between, pick, someStep, someTime } from './choose.ts'
import type { Fault, FaultKind, PlanFrame } from './fault.ts'

/** Calls whose effect counts most; the others are struck as well. */
const calls = ['createInvoice', 'cancelInvoice', 'pay', 'trackPayment', 'lookupInvoice'] as const
const allCalls = [...calls, 'getInfo', 'listChannels', 'listInvoices', 'decodeInvoice'] as const

/** The processes end at every kind of moment, and come again. */
export const crashFaults: readonly FaultKind[] = [
  crashAtCall('crash-before-call', 'The process dies before a call reaches LND.', 'before', [
    ...allCalls,
    'watchSettlements',
    'watchChannels',
  ]),
  crashAtCall(
    'crash-after-effect',
    'The process dies when LND has done what it was asked, and does not know it.',
    'effect',
    allCalls,
  ),
  crashAtCall('crash-before-reply', "The process dies with LND's answer on the wire.", 'reply', [
    'createInvoice',
    'cancelInvoice',
    'lookupInvoice',
    'listInvoices',
    'getInfo',
    'decodeInvoice',
    'highWater',
  ]),
  crashAtCall('crash-at-stream-item', 'The process dies when a stream brings something.', 'item', [
    'pay',
    'trackPayment',
    'watchSettlements',
    'watchChannels',
  ]),
  crashAtCommit(
    'crash-before-commit',
    'The process dies before a change is applied.',
    'storage.commit/before',
  ),
  crashAtCommit(
    'crash-after-commit',
    'The process dies when a change is applied, before it learns of it.',
    'storage.commit/after',
  ),
  {
    name: 'crash-at-claim-or-lease',
    says: 'The process dies around a claim of work or a lease.',
    plan: (random, frame) => ({
      trigger: someStep(
        random,
        frame,
        pick(random, [
          'storage.claim/before',
          'storage.claim/after',
          'storage.lease/before',
          'storage.lease/after',
        ]),
      ),
      parameters: { down: downTime(random) },
    }),
    strike: kill,
  },
  {
    name: 'crash-at-start',
    says: 'The process dies while it starts, several times in a row.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { times: between(random, 2, 5), steps: between(random, 1, 12) },
    }),
    strike(world, fault) {
      const { times, steps } = fault.parameters as { times: number; steps: number }
      const place = world.places[0]!
      let left = times
      let taken = 0
      let seen = place.count
      const remove = world.steps.add('*', ({ process }) => {
        if (process !== place.name) return undefined
        if (place.count !== seen) {
          seen = place.count
          taken = 0
        }
        if (++taken < steps) return undefined
        if (left-- <= 0 || world.isHealing) {
          remove()
          return undefined
        }
        return die(world, fault, place.name, 1000)
      })
    },
  },
  {
    name: 'crash-any-time',
    says: 'The process dies at some time, whatever it is doing.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { down: downTime(random), process: pick(random, ['a', 'b']) },
    }),
    strike(world, fault) {
      const { process, down } = fault.parameters as { process: string; down: number }
      const place = world.places.find(({ name }) => name === process)
      if (!place?.process) return
      place.kill(down)
      world.happened(fault)
    },
  },
  {
    name: 'stop-and-start',
    says: 'The host stops the payment node properly, and starts it again.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: { down: downTime(random) },
    }),
    strike(world, fault) {
      const place = world.places[0]!
      const stopping = place.process
      if (!stopping || !place.isServing) return
      void watchStop(world, stopping).then(() => {
        if (!stopping.isAlive) return
        place.kill((fault.parameters as { down: number }).down)
        world.happened(fault)
      })
    },
  },
]

function crashAtCall(
  name: string,
  says: string,
  moment: string,
  among: readonly string[],
): FaultKind {
  return {
    name,
    says,
    plan: (random, frame) => ({
      trigger: someStep(random, frame, `lightning.${pick(random, among)}/${moment}`),
      parameters: { down: downTime(random) },
    }),
    strike: kill,
  }
}

function crashAtCommit(name: string, says: string, step: string): FaultKind {
  return {
    name,
    says,
    plan: (random: SeededRandom, frame: PlanFrame) => ({
      trigger: someStep(random, frame, step, 6),
      parameters: { down: downTime(random) },
    }),
    strike: kill,
  }
}

/** Milliseconds: mostly a restart, sometimes a long night. */
function downTime(random: SeededRandom): number {
  return pick(random, [1000, 2000, 5000, 20_000, 90_000, 300_000])
}

function kill(
  world: World,
  fault: Fault,
  step: { readonly process: string } | undefined,
): StepAction | undefined {
  if (!step) return undefined
  return die(world, fault, step.process, (fault.parameters as { down: number }).down)
}

function die(world: World, fault: Fault, process: string, down: number): StepAction {
  world.happened(fault)
  world.places.find(({ name }) => name === process)?.kill(down)
  return { kill: true }
}

/** Milliseconds in which a stop must come to its end, whatever LND and the storage do. */
const longestStop = 120_000

async function watchStop(world: World, stopping: SimulatedProcess): Promise<void> {
  let isStopped = false
  void world.clock.sleep(longestStop).then(() => {
    if (isStopped || !stopping.isAlive || stopping.isPaused) return
    world.violate({
      invariant: 'stop-ends',
      says: 'stop() ends within its deadline and never waits for a payment.',
      found: `${stopping.name} was still stopping after ${longestStop} ms`,
    })
  })
  await stopping.node.stop()
  isStopped = true
}
