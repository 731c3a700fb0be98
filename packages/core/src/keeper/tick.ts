import { readMoney } from '../channels/read-money.ts'
import { recordChannels } from '../channels/record-channels.ts'
import type { Context, Identity, Leadership } from '../context.ts'
import type { KeeperMoney } from '../domain/keeper-money.ts'
import { type KeeperPlan, planChannels } from '../domain/keeper-plan.ts'
import type { KeeperSnapshot } from '../domain/keeper-snapshot.ts'
import { currentPeers } from '../peers/current-peers.ts'
import { actOnPlan } from './act-on-plan.ts'
import { type KeeperRow, readKeeper } from './keeper-row.ts'
import { refusedMoney } from './refused-money.ts'
import { keeperPolicy, takeSnapshot } from './take-snapshot.ts'
import { type LastDecision, writePlan } from './write-plan.ts'

/** What the worker remembers between two ticks; losing it costs a few reads. */
export interface KeeperMemory {
  /** The decision in force; undefined: not read yet. */
  last: LastDecision | undefined
  /** The money as last read from LND. */
  money: MoneyRead | undefined
}

interface MoneyRead {
  /** By the monotonic clock. */
  readonly at: number
  readonly blockHeight: number
  /** Undefined: LND refused to show it, see `failure`. */
  readonly money: KeeperMoney | undefined
  readonly failure?: unknown
  /** Confirmed coins are on these addresses. */
  readonly addresses: ReadonlySet<string>
}

/** Milliseconds for which the money is not read again while nothing else has changed. */
const moneyLasts = 30_000

/** A fresh memory: the first tick reads everything. */
export function createMemory(): KeeperMemory {
  return { last: undefined, money: undefined }
}

/**
 * One look: what is there, what is wanted, what to do. When nothing has changed it writes nothing, and it
 * calls LND only while a channel is missing. Costs what lives, not what has ended.
 */
export async function tick(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  memory: KeeperMemory,
  signal: AbortSignal,
): Promise<void> {
  let seen = await look(context, identity, memory, signal)
  if (!seen) return
  if (seen.plan.verdict === 'open' && context.settings.channels.mode === 'act') {
    // Once more, with LND's own lists: money follows.
    await recordChannels(context, identity, leadership)
    const candidate = seen.plan.candidate?.publicKey
    seen = await look(context, identity, memory, signal)
    if (!seen) return
    if (seen.plan.verdict === 'open' && seen.plan.candidate?.publicKey === candidate) {
      const outcome = await actOnPlan(context, identity, leadership, seen.row, seen.plan)
      if (outcome.did !== 'blocked') {
        memory.last = undefined
        return
      }
      seen = { ...seen, plan: outcome.plan }
    }
  }
  await writePlan(context, identity, leadership, memory, seen)
  if (seen.trouble !== undefined) throw seen.trouble
}

/** One state of the books and the plan that follows from it. */
interface Seen {
  readonly row: KeeperRow | undefined
  readonly plan: KeeperPlan
  /** Coins have arrived at the deposit address: the next payer gets another one. */
  readonly isDepositUsed: boolean
  /** LND did not answer about its wallet: whoever runs the worker tries again. */
  readonly trouble: unknown
}

async function look(
  context: Context,
  identity: Identity,
  memory: KeeperMemory,
  signal: AbortSignal,
): Promise<Seen | undefined> {
  const list = await currentPeers(context, identity.publicKey, signal)
  const row = await readKeeper(context, identity)
  const policy = keeperPolicy(context)
  const snapshot: KeeperSnapshot = await takeSnapshot(context, identity, row, list)
  // Before that, the books may show what was true before LND or we went away.
  if (!isCompared(context)) return undefined
  let plan = planChannels(snapshot, policy)
  let isDepositUsed = false
  let trouble: unknown
  if (plan.reason === 'money-unread') {
    const { money, addresses, failure } = await knownMoney(context, identity, memory)
    const refused = money ? undefined : refusedMoney(plan, failure)
    if (money) plan = planChannels({ ...snapshot, money }, policy)
    else if (refused) plan = refused
    else trouble = failure
    isDepositUsed = row?.deposit_address != null && addresses.has(row.deposit_address)
  }
  return { row, plan, isDepositUsed, trouble }
}

function isCompared({ live }: Context): boolean {
  const { readySince, comparedAt } = live
  return readySince !== undefined && comparedAt !== undefined && comparedAt >= readySince
}

async function knownMoney(
  context: Context,
  identity: Identity,
  memory: KeeperMemory,
): Promise<MoneyRead> {
  const at = context.clock.monotonic()
  const blockHeight = context.live.info?.blockHeight ?? 0
  const known = memory.money
  if (known && known.blockHeight === blockHeight && at - known.at < moneyLasts) return known
  try {
    const { coins, ...money } = await readMoney(context, identity)
    const addresses = new Set(coins.map(({ address }) => address))
    memory.money = { at, blockHeight, money, addresses }
  } catch (failure) {
    memory.money = { at, blockHeight, money: undefined, failure, addresses: new Set() }
  }
  return memory.money
}
