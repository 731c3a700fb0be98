import type { NodeInvoice } from '@payment-node/core'
import { unavailable } from '../../network/node-errors.ts'
import type { Step, StepAction } from '../steps.ts'
import type { World } from '../world.ts'
import { pick, someStep, someTime } from './choose.ts'
import type { Fault, FaultKind } from './fault.ts'

const calls = [
  'createInvoice',
  'lookupInvoice',
  'cancelInvoice',
  'listInvoices',
  'decodeInvoice',
  'pay',
  'pay',
  'trackPayment',
  'getInfo',
  'listChannels',
] as const
const streams = ['pay', 'trackPayment', 'watchSettlements', 'watchChannels'] as const

/** What LND answers arrives late, twice, in another order, or not at all. */
export const replyFaults: readonly FaultKind[] = [
  {
    name: 'call-unreachable',
    says: 'A call does not reach LND.',
    plan: (random, frame) => ({
      trigger: someStep(random, frame, `lightning.${pick(random, calls)}/before`),
      parameters: {},
    }),
    strike: (world, fault, step) => lose(world, fault, step, 'none'),
  },
  {
    name: 'reply-lost',
    says: 'LND does what it was asked, and the answer is lost.',
    plan: (random, frame) => ({
      trigger: someStep(random, frame, `lightning.${pick(random, calls)}/effect`),
      parameters: {},
    }),
    strike: (world, fault, step) => lose(world, fault, step, 'unknown'),
  },
  {
    name: 'replies-lost',
    says: 'For a while LND does what it is asked, and most answers to one call are lost.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: {
        call: pick(random, calls),
        milliseconds: pick(random, [5000, 30_000, 120_000]),
      },
    }),
    strike(world, fault) {
      const { call } = fault.parameters as { call: string }
      let count = 0
      during(world, fault, `lightning.${call}/effect`, (step) =>
        ++count % 4 === 0 ? undefined : lose(world, fault, step, 'unknown'),
      )
    },
  },
  {
    name: 'reply-late',
    says: 'An answer of LND comes seconds or minutes late.',
    plan: (random, frame) => ({
      trigger: someStep(
        random,
        frame,
        `lightning.${pick(random, calls)}/${pick(random, ['before', 'effect', 'effect'])}`,
      ),
      parameters: { delay: pick(random, [1000, 8000, 30_000, 150_000]) },
    }),
    strike(world, fault) {
      world.happened(fault)
      return { delayMilliseconds: fault.parameters.delay as number }
    },
  },
  {
    name: 'lnd-slow',
    says: 'Every call takes LND seconds for a while.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: {
        delay: pick(random, [400, 2500, 7000]),
        milliseconds: pick(random, [10_000, 60_000, 200_000]),
      },
    }),
    strike(world, fault) {
      during(world, fault, '*', ({ name }) => {
        if (!name.startsWith('lightning.') || !name.endsWith('/before')) return undefined
        world.happened(fault)
        return { delayMilliseconds: fault.parameters.delay as number }
      })
    },
  },
  {
    name: 'stream-cut',
    says: 'All streams of LND are cut; LND itself goes on.',
    plan: (random, frame) => ({ trigger: someTime(random, frame), parameters: {} }),
    strike(world, fault) {
      world.shop.faults.cutStreams()
      world.happened(fault)
      return undefined
    },
  },
  {
    name: 'stream-cut-at-item',
    says: 'A stream is cut just when it brings something, which is lost.',
    plan: (random, frame) => ({
      trigger: someStep(random, frame, `lightning.${pick(random, streams)}/item`),
      parameters: {},
    }),
    strike: (world, fault, step) => lose(world, fault, step, 'unknown'),
  },
  {
    name: 'stream-item-late',
    says: 'What a stream brings comes late.',
    plan: (random, frame) => ({
      trigger: someStep(random, frame, `lightning.${pick(random, streams)}/item`),
      parameters: { delay: pick(random, [1000, 15_000, 100_000]) },
    }),
    strike(world, fault) {
      world.happened(fault)
      return { delayMilliseconds: fault.parameters.delay as number }
    },
  },
  {
    name: 'stream-items-twice',
    says: 'For a while everything that a stream brings comes twice.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: {
        stream: pick(random, streams),
        milliseconds: pick(random, [30_000, 200_000]),
      },
    }),
    strike(world, fault) {
      during(world, fault, `lightning.${fault.parameters.stream}/item`, (step) => {
        world.happened(fault)
        return { replace: { results: [step.result, step.result] } }
      })
    },
  },
  {
    name: 'settlements-shuffled',
    says: 'Settlements pile up and come in another order, in batches of one.',
    plan: (random, frame) => ({
      trigger: someTime(random, frame),
      parameters: {
        milliseconds: pick(random, [60_000, 300_000]),
        delay: pick(random, [5000, 40_000]),
      },
    }),
    strike(world, fault) {
      // Settlements pile up behind a batch that comes late.
      during(world, fault, 'lightning.watchSettlements/item', ({ result }) => {
        const batch = result as readonly NodeInvoice[]
        if (batch.length < 2) return { delayMilliseconds: fault.parameters.delay as number }
        world.happened(fault)
        return { replace: { results: [...batch].reverse().map((invoice) => [invoice]) } }
      })
      world.shop.faults.cutStreams()
      return undefined
    },
  },
]

/** Lets `act` decide about steps until the fault's `milliseconds` are over. */
function during(
  world: World,
  fault: Fault,
  name: string,
  act: (step: Step) => StepAction | undefined,
): undefined {
  const until = world.elapsed() + (fault.parameters.milliseconds as number)
  const remove = world.steps.add(name, (step) => (world.elapsed() < until ? act(step) : undefined))
  world.onHeal(remove)
}

/** An error of the connection; what may be known of the call is said as LND's adapter says it. */
function lose(
  world: World,
  fault: Fault,
  step: Step | undefined,
  outcome: 'none' | 'unknown',
): StepAction | undefined {
  if (!step) return undefined
  world.happened(fault)
  return { error: unavailable('unreachable', outcome, `${step.name}: lost (simulated)`) }
}
