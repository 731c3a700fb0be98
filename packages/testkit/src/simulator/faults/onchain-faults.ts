import { unavailable } from '../../network/node-errors.ts'
import type { SeededRandom } from '../../network/seeded-random.ts'
import { ask } from '../ask-host.ts'
import { paysOnchain } from '../features.ts'
import { mannersOf } from '../manners.ts'
import type { MirrorRow } from '../mirror-books.ts'
import { codeOf, type World } from '../world.ts'
import { between, pick, someStep, someTime } from './choose.ts'
import type { Fault, FaultKind, PlanFrame, Trigger } from './fault.ts'

const calls = ['funding.fund', 'funding.sign', 'funding.leases', 'onchain.publish'] as const
const moments = ['before', 'effect', 'reply'] as const

/** Transactions that pay partners, their coins, and those who tell what they cost. */
export const onchainFaults: readonly FaultKind[] = [
  {
    name: 'crash-while-paying-on-chain',
    says: 'The process dies around a call that funds, signs or publishes a transaction.',
    plan: (random, frame) =>
      ofCall(random, frame, { down: pick(random, [1000, 20_000, 90_000]) }, moments),
    strike(world, fault, step) {
      if (!step) return undefined
      world.happened(fault)
      world.places.find(({ name }) => name === step.process)?.kill(fault.parameters.down as number)
      return { kill: true }
    },
  },
  {
    name: 'funding-reply-lost',
    says: 'LND funds, signs or publishes a transaction, and its answer is lost.',
    plan: (random, frame) => ofCall(random, frame, {}, ['effect']),
    strike(world, fault, step) {
      world.happened(fault)
      return { error: unavailable('unreachable', 'unknown', `${step?.name}: lost (simulated)`) }
    },
  },
  {
    name: 'funding-unreachable',
    says: 'A call that funds, signs or publishes does not reach LND.',
    plan: (random, frame) => ofCall(random, frame, {}, ['before']),
    strike(world, fault, step) {
      world.happened(fault)
      return { error: unavailable('unreachable', 'none', `${step?.name}: lost (simulated)`) }
    },
  },
  {
    name: 'paused-while-paying-on-chain',
    says: 'A process stands still around a call that funds, signs or publishes, which then still goes out.',
    plan: (random, frame) =>
      ofCall(random, frame, { milliseconds: pick(random, [5000, 20_000, 90_000, 400_000]) }, [
        'before',
        'reply',
      ]),
    strike(world, fault) {
      world.happened(fault)
      return { pauseMilliseconds: fault.parameters.milliseconds as number }
    },
  },
  {
    name: 'coins-unlocked',
    says: 'Somebody gives the locked coins of a transaction back to the wallet.',
    plan: (random, frame) => ofCall(random, frame, {}, ['before', 'effect']),
    strike(world, fault) {
      const row = making(world)
      const { funding } = world.shop.lightning
      if (!row || !funding) return undefined
      const lockId = Buffer.from(row.lock_id as string, 'hex')
      void funding.release(lockId, row.inputs as string[]).then(
        () => world.happened(fault),
        (error: unknown) => world.trace.write(`cannot release: ${codeOf(error)}`),
      )
      return undefined
    },
  },
  {
    name: 'locks-run-out',
    says: 'The machine sleeps for longer than the coins of a transaction are locked.',
    plan: (random, frame) => ofCall(random, frame, {}, ['before', 'effect', 'reply']),
    strike(world, fault) {
      world.clock.skip(90_000_000)
      world.happened(fault)
      return undefined
    },
  },
  {
    name: 'payout-coins-spent',
    says: 'Another program of the same wallet spends a coin of a transaction that pays partners.',
    plan: (random, frame) =>
      ofCall(random, frame, { after: pick(random, [0, 5, 100, 3000, 20_000]) }, moments),
    strike(world, fault) {
      void world.clock.sleep(fault.parameters.after as number).then(() => {
        const [coin] = (making(world)?.inputs as readonly string[] | undefined) ?? []
        if (coin === undefined || world.isHealing) return
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
    name: 'payout-evicted',
    says: 'The mempool forgets a transaction that pays partners, several times.',
    plan: (random, frame) => timed(random, frame, { times: between(random, 1, 6) }),
    strike(world, fault) {
      void whenever(world, fault, 'published', (id) => {
        const isWaiting = world.network.waitingTransactions.some((waiting) => waiting.id === id)
        if (isWaiting) world.network.evict(id)
        return isWaiting
      })
      return undefined
    },
  },
  {
    name: 'payout-reorganized',
    says: 'The blocks of a transaction that pays partners give way to others, several times.',
    plan: (random, frame) => timed(random, frame, { times: between(random, 1, 4) }),
    strike(world, fault) {
      void whenever(world, fault, 'confirmed', () => {
        world.network.reorganize(5)
        return true
      })
      return undefined
    },
  },
  {
    name: 'canceled-while-funded',
    says: 'A host cancels or releases a payout just when its transaction is being made.',
    plan: (random, frame) =>
      paysOnchain(frame.features)
        ? {
            trigger: someStep(
              random,
              frame,
              pick(random, [
                'lightning.onchain.unspent/reply',
                'lightning.funding.fund/before',
                'fees.feerate/reply',
                'storage.commit/before',
              ]),
              6,
            ),
            parameters: {
              verb: pick(random, ['cancel', 'cancel', 'release']),
              after: pick(random, [0, 1, 2, 5, 30]),
            },
          }
        : undefined,
    strike(world, fault) {
      const { verb, after } = fault.parameters as { verb: 'cancel' | 'release'; after: number }
      void world.clock.sleep(after).then(async () => {
        const queued = [...world.books.table('payouts').values()].find(
          ({ state, destination_kind: kind }) =>
            kind === 'onchain-address' && (state === 'queued' || state === 'sending'),
        )
        if (!queued || world.isHealing) return
        world.happened(fault)
        await ask(world, `${verb} ${queued.id}`, (node) => node.payouts[verb](queued.id as string))
      })
      return undefined
    },
  },
  {
    name: 'fees-unknown',
    says: 'The fee source does not answer for a while.',
    plan: (random, frame) =>
      timed(random, frame, { milliseconds: pick(random, [10_000, 100_000, 400_000]) }),
    strike: (world, fault) =>
      tellFees(world, fault, () => {
        throw new Error('The fee source does not answer (simulated).')
      }),
  },
  {
    name: 'fees-absurd',
    says: 'The fee source tells nonsense for a while.',
    plan: (random, frame) =>
      timed(random, frame, {
        // JSON has neither NaN nor Infinity.
        satPerVbyte: pick(random, ['NaN', 'Infinity', '0', '-5', '1e-9', '1e9', '100', '101']),
        milliseconds: pick(random, [10_000, 100_000, 400_000]),
      }),
    strike: (world, fault) => tellFees(world, fault, () => Number(fault.parameters.satPerVbyte)),
  },
]

/** A fault at one of the calls that make a transaction. */
function ofCall(
  random: SeededRandom,
  frame: PlanFrame,
  parameters: Fault['parameters'],
  among: readonly string[],
): Omit<Fault, 'kind'> | undefined {
  if (!paysOnchain(frame.features)) return undefined
  const step = `lightning.${pick(random, calls)}/${pick(random, among)}`
  const trigger: Trigger = { ...someStep(random, frame, step, 2), from: random.integer(60_000) }
  return { trigger, parameters }
}

function timed(
  random: SeededRandom,
  frame: PlanFrame,
  parameters: Fault['parameters'],
): Omit<Fault, 'kind'> | undefined {
  if (!paysOnchain(frame.features)) return undefined
  return { trigger: someTime(random, frame), parameters }
}

/** The newest transaction that may still be made, or waits for a block. */
function making(world: World): MirrorRow | undefined {
  return [...world.books.table('transactions').values()].findLast(({ state }) =>
    ['intended', 'funded', 'signed', 'published'].includes(state as string),
  )
}

/** Does something to transactions in this state, as often as the fault says. */
async function whenever(
  world: World,
  fault: Fault,
  state: string,
  act: (transactionId: string) => boolean,
): Promise<void> {
  let left = fault.parameters.times as number
  while (left > 0 && !world.isHealing && !world.violation) {
    const found = [...world.books.table('transactions').values()].find(
      (row) => row.state === state && row.transaction_id !== null,
    )
    if (found && act(found.transaction_id as string)) {
      world.happened(fault)
      left--
    }
    await world.clock.sleep(4000)
  }
}

function tellFees(world: World, fault: Fault, tell: () => number): undefined {
  const manners = mannersOf(world)
  const read = (): number => {
    world.happened(fault)
    return tell()
  }
  const calm = (): void => {
    if (manners.feeSource === read) manners.feeSource = undefined
  }
  manners.feeSource = read
  world.onHeal(calm)
  void world.clock.sleep(fault.parameters.milliseconds as number).then(calm)
  return undefined
}
