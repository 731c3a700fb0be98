import type { SeededRandom } from '../../network/seeded-random.ts'
import { ask } from '../ask-host.ts'
import { usesDaemon } from '../features.ts'
import { resumeOutgoing } from '../resume-outgoing.ts'
import type { DaemonWay } from '../swaps/daemon-ways.ts'
import { givenUpAtOnce, giveUpStuck } from '../swaps/perform-daemon-swaps.ts'
import type { World } from '../world.ts'
import { between, pick, someStep, someTime } from './choose.ts'
import type { Fault, FaultKind, Parameters, PlanFrame } from './fault.ts'
import { planOwnFaults } from './plan-own-faults.ts'

const calls = ['check', 'quote', 'limits', 'list', 'list', 'start', 'start', 'start'] as const

/** A daemon that swaps with our LND: it fails, forgets and lies, and whatever happens meanwhile. */
export const daemonFaults: readonly FaultKind[] = [
  lies('daemon-start-lost', 'The answer to a start is lost: the swap was started, or was not.', [
    'start-lost',
    'start-cut-off',
    'start-slow',
    'start-slow',
  ]),
  lies('daemon-refuses', 'A daemon quotes, and does not start the swap.', ['start-refused']),
  lies('daemon-finds-no-route', 'A daemon does not get its payment to the swap server.', [
    'unroutable',
    'unroutable-prepaid',
  ]),
  lies('daemon-loses-prepay', "A daemon's swap fails after its prepayment was taken.", [
    'prepay-kept',
    'prepay-kept-open',
    'unroutable-prepaid',
  ]),
  lies('daemon-loses-amount', 'A daemon reveals its preimage, and sweeps nothing in time.', [
    'amount-kept',
  ]),
  lies('daemon-claims-success', 'A daemon says that it has swept, and no coins ever come.', [
    'swept-in-words',
  ]),
  lies('daemon-costs-more', 'A swap of a daemon costs all that it may, or is said to cost more.', [
    'swept-dearly',
    'swept-dearly',
    'costs-lied',
  ]),
  lies('daemon-list-lies', 'A daemon lists its swaps doubled, in disorder, or as they are not.', [
    'list-doubled',
    'list-reversed',
    'list-gone-back',
    'list-other-amount',
    'stream-silent',
  ]),
  lies('daemon-stalls', 'A daemon does not go on with a swap until it is started again.', [
    'stalled',
  ]),
  lies('daemon-on-another-node', 'A daemon pays with another LND.', ['other-node']),
  {
    name: 'daemon-away',
    says: 'A daemon does not run for a while, whatever is asked of it.',
    plan: (random, frame) =>
      ofDaemon(frame, () => ({
        trigger:
          random.integer(2) === 0
            ? someTime(random, frame)
            : someStep(random, frame, `daemon.${pick(random, calls)}/before`, 3),
        parameters: { milliseconds: pick(random, [3000, 60_000, 300_000]) },
      })),
    strike: (world, fault) => stopFor(world, fault),
  },
  {
    name: 'daemon-forgets',
    says: 'A daemon is started again, and its swaps are forgotten.',
    plan: (random, frame) =>
      ofDaemon(frame, () => whenIn(random, { milliseconds: pick(random, [1000, 60_000]) })),
    strike: (world, fault) =>
      whenSwap(world, fault, () => {
        if (world.daemon?.forget()) stopFor(world, fault)
      }),
  },
  {
    name: 'daemon-autoloops',
    says: 'A daemon swaps by itself with our LND, and has such swaps in its list.',
    plan: (random, frame) =>
      ofDaemon(frame, () => ({
        trigger: someTime(random, frame),
        parameters: { sat: between(random, 100_000, 600_000), times: between(random, 1, 3) },
      })),
    strike(world, fault) {
      const { sat, times } = fault.parameters as { sat: number; times: number }
      for (let count = 0; count < times; count++) world.daemon?.autoloop(BigInt(sat + count))
      world.happened(fault)
      return undefined
    },
  },
  {
    name: 'crash-at-daemon-call',
    says: 'The process dies around a question to a daemon.',
    plan: (random, frame) =>
      ofDaemon(frame, () => ({
        trigger: atCall(random, frame),
        parameters: { down: pick(random, [1000, 20_000, 200_000]) },
      })),
    strike(world, fault, step) {
      if (!step) return undefined
      world.happened(fault)
      world.places.find(({ name }) => name === step.process)?.kill(fault.parameters.down as number)
      return { kill: true }
    },
  },
  {
    name: 'daemon-answer-lost',
    says: 'A daemon does what it was asked, and its answer is lost or comes late.',
    plan: (random, frame) =>
      ofDaemon(frame, () => ({
        trigger: atCall(random, frame),
        parameters: { delay: pick(random, [0, 0, 8000, 130_000]) },
      })),
    strike(world, fault) {
      const delay = fault.parameters.delay as number
      world.happened(fault)
      return delay > 0
        ? { delayMilliseconds: delay }
        : { error: new Error('The connection broke (simulated).') }
    },
  },
  during(
    'daemon-given-up-in-doubt',
    'A daemon has a swap twice when its start has no answer, and the operator gives it up.',
    (world, time) => void giveUpFor(world, 2 * time),
    (world) => {
      world.daemon?.manners.add('start-lost', 1, () => undefined)
      world.daemon?.manners.add('list-doubled', 4, () => undefined)
    },
  ),
  during('lnd-down-while-daemon-swaps', 'LND goes away while a daemon swaps.', (world, time) => {
    world.shop.stop()
    void world.clock.sleep(time).then(() => world.shop.start())
  }),
  during('crash-while-daemon-swaps', 'The process dies while a daemon swaps.', (world, time) => {
    for (const place of world.places) place.kill(time)
  }),
  during('halted-while-daemon-swaps', 'Outgoing money is halted while a daemon swaps.', haltFor),
  during(
    'daemon-forgot-given-up',
    'A daemon forgets its swaps, and the operator gives them up at once.',
    (world, time) => {
      if (!world.daemon?.forget()) return
      void giveUpFor(world, 2 * time)
    },
  ),
]

/** An impatient operator. */
async function giveUpFor(world: World, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 5000) {
    await world.clock.sleep(5000)
    await giveUpStuck(world, givenUpAtOnce)
  }
}

async function haltFor(world: World, milliseconds: number): Promise<void> {
  const halted = await ask(world, 'halt a daemon', (node) => node.safety.halt('a daemon'))
  if ('refused' in halted) return
  await world.clock.sleep(milliseconds)
  await resumeOutgoing(world, 'resume swaps', 'understood')
}

/** A daemon that goes one of these ways, once or more often. */
function lies(name: string, says: string, among: readonly DaemonWay[]): FaultKind {
  return {
    name,
    says,
    plan: (random, frame) =>
      ofDaemon(frame, () => ({
        trigger: random.integer(4) === 0 ? someTime(random, frame) : { at: 0 },
        parameters: { way: pick(random, among), times: pick(random, [1, 1, 2, 6]) },
      })),
    strike(world, fault) {
      const { way, times } = fault.parameters as { way: DaemonWay; times: number }
      world.daemon?.manners.add(way, times, () => world.happened(fault))
      return undefined
    },
  }
}

/** Something that happens when a daemon's swap comes to a state. */
function during(
  name: string,
  says: string,
  act: (world: World, milliseconds: number) => unknown,
  prepare: (world: World) => void = () => undefined,
): FaultKind {
  return {
    name,
    says,
    plan: (random, frame) =>
      ofDaemon(frame, () =>
        whenIn(random, { milliseconds: pick(random, [5000, 60_000, 200_000]) }),
      ),
    strike(world, fault) {
      prepare(world)
      return whenSwap(world, fault, () => {
        world.happened(fault)
        void act(world, fault.parameters.milliseconds as number)
      })
    },
  }
}

function whenIn(random: SeededRandom, more: Parameters): Omit<Fault, 'kind'> {
  return {
    trigger: { at: 0 },
    parameters: {
      state: pick(random, ['requested', 'accepted', 'accepted', 'running']),
      nth: between(random, 1, 3),
      after: pick(random, [0, 30, 500, 5000, 20_000]),
      ...more,
    },
  }
}

interface Written {
  readonly writes: readonly {
    readonly table: { readonly name: string }
    readonly row?: Readonly<Record<string, unknown>>
    readonly set?: Readonly<Record<string, unknown>>
  }[]
}

/** Does it when the books have come to the fault's state for the n-th time. */
function whenSwap(world: World, fault: Fault, act: () => void): undefined {
  const { state, after } = fault.parameters as { state: string; after: number }
  let left = fault.parameters.nth as number
  const remove = world.steps.add('storage.commit/after', ({ parameters }) => {
    const { writes } = parameters[0] as Written
    const isTo = writes.some(
      ({ table, row, set }) => table.name === 'swaps' && (set ?? row)?.state === state,
    )
    if (world.isHealing || !isTo || --left > 0) return undefined
    remove()
    void world.clock.sleep(after).then(() => {
      if (!world.isHealing) act()
    })
    return undefined
  })
  return undefined
}

function stopFor(world: World, fault: Fault): undefined {
  const { daemon } = world
  if (!daemon) return undefined
  daemon.stop()
  world.happened(fault)
  void world.clock.sleep(fault.parameters.milliseconds as number).then(() => daemon.start())
  return undefined
}

function atCall(random: SeededRandom, frame: PlanFrame): Fault['trigger'] {
  const moment = pick(random, ['before', 'reply'])
  return someStep(random, frame, `daemon.${pick(random, calls)}/${moment}`, 2)
}

function ofDaemon(
  { features }: PlanFrame,
  plan: () => Omit<Fault, 'kind'>,
): Omit<Fault, 'kind'> | undefined {
  return usesDaemon(features) ? plan() : undefined
}

/** Some of them for a run with a daemon; chance of its own, so that everything else stays. */
export function planDaemonFaults(random: SeededRandom, frame: PlanFrame): Fault[] {
  if (!usesDaemon(frame.features)) return []
  return planOwnFaults(random, frame, 'daemon', daemonFaults)
}
