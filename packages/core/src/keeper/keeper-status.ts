import type { Mode } from '../channels/channel-options.ts'
import { budgetPeriod, readMoney, spentOfBudget } from '../channels/read-money.ts'
import { type Context, identityOf } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import type { KeeperMoney } from '../domain/keeper-money.ts'
import { planChannels } from '../domain/keeper-plan.ts'
import { PaymentNodeError } from '../errors.ts'
import { readLimit } from '../pages.ts'
import { currentPeers } from '../peers/current-peers.ts'
import { readObject } from '../read-input.ts'
import { type Bootstrap, readBootstrap } from './bootstrap.ts'
import { readKeeper } from './keeper-row.ts'
import { type ListedPeerStatus, listedPeers } from './listed-peer-status.ts'
import { refusedMoney } from './refused-money.ts'
import { keeperPolicy, takeSnapshot } from './take-snapshot.ts'

/** How the keeper stands, and what it would do now. */
export interface KeeperStatus {
  readonly mode: Mode
  readonly isPaused: boolean
  /** The operator's words; null while it is not paused. */
  readonly pausedReason: string | null
  /** `channels.minimumActive`. */
  readonly minimum: number
  /** The minimum less what the operator closed and does not want replaced. */
  readonly wanted: number
  /** Active channels to distinct peers of the list. */
  readonly active: number
  /** These, those that are opening, and those that are inactive for less than the grace period. */
  readonly counted: number
  /** Milliseconds since 1970 since when fewer than wanted are active; null while enough are. */
  readonly belowSince: number | null
  /** What it would do now, and why. */
  readonly verdict: 'open' | 'enough' | 'wait' | 'blocked'
  /** Machine-readable. */
  readonly reason: string
  /** For people. */
  readonly says: string
  /** The peer that comes next; null when nothing is missing or nobody is left. */
  readonly next: string | null
  /** Id of the opening that is under way. */
  readonly opening: string | null
  /** On-chain fees of this UTC month's openings: worst case until they are known. */
  readonly budget: {
    readonly period: string
    readonly limit: Amount
    readonly used: Amount
    readonly left: Amount
  }
  /** The list in force, best first. */
  readonly list: { readonly size: number; readonly peers: readonly ListedPeerStatus[] }
  readonly bootstrap: Bootstrap
}

/**
 * Reads books and, while LND can be used and something is missing, its wallet. Works while LND is away.
 * `limit`: so many peers of the list, 1 to 1000, default 100.
 */
export async function keeperStatus(
  context: Context,
  filter: { readonly limit?: number } = {},
): Promise<KeeperStatus> {
  readObject(filter, 'filter', ['limit'])
  const limit = readLimit(filter.limit)
  const identity = identityOf(context)
  const { settings, live, lightning } = context
  const [list, row] = await Promise.all([
    currentPeers(context, identity.publicKey),
    readKeeper(context, identity),
  ])
  const policy = keeperPolicy(context)
  const snapshot = await takeSnapshot(context, identity, row, list)
  const first = planChannels(snapshot, policy)
  const isMissing = first.count.counted < first.count.wanted
  const canRead = live.state === 'ready' && lightning.onchain && lightning.opener
  let read: KeeperMoney | undefined
  let plan = first
  if (isMissing && canRead) {
    try {
      read = await readMoney(context, identity)
      plan = planChannels({ ...snapshot, money: read }, policy)
    } catch (error) {
      if (!PaymentNodeError.is(error)) throw error
      if (first.reason === 'money-unread') plan = refusedMoney(first, error) ?? first
    }
  }

  const period = budgetPeriod(context.clock.now())
  const used = (await spentOfBudget(context, identity, period)) ?? 0n
  const limitMsat = settings.channels.budgetPerMonth.msat
  return {
    mode: settings.channels.mode,
    isPaused: row?.is_paused ?? false,
    pausedReason: row?.is_paused ? row.paused_reason : null,
    minimum: plan.count.minimum,
    wanted: plan.count.wanted,
    active: plan.count.active,
    counted: plan.count.counted,
    belowSince: row?.below_since ?? null,
    verdict: plan.verdict,
    reason: plan.reason,
    says: plan.says,
    next: plan.candidate?.publicKey ?? null,
    opening: snapshot.opening?.intent ?? null,
    budget: {
      period,
      limit: settings.channels.budgetPerMonth,
      used: new Amount(used),
      left: new Amount(used < limitMsat ? limitMsat - used : 0n),
    },
    list: {
      size: list?.entries.length ?? 0,
      peers: await listedPeers(context, identity, list, snapshot, policy, limit),
    },
    bootstrap: await readBootstrap(context, list, plan, read),
  }
}
