import { type Context, type Identity, type Leadership, newId, rowBase } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { chooseCoins } from '../domain/choose-coins.ts'
import { judgeMoney } from '../domain/keeper-money.ts'
import { PaymentNodeError } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import { findMark } from '../peers/mark-peer.ts'
import type { Change, Refused, Write } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { requireNotHalted } from '../safety/require-not-halted.ts'
import {
  channelIntents,
  claimedOutpoints,
  openingSlots,
  spending,
} from '../tables/channel-intents.ts'
import { safety } from '../tables/node.ts'
import { type Fields, insert, type RowOf, requireUnchanged } from '../tables/table.ts'
import { openingView } from './opening-view.ts'
import { budgetPeriod, openingBudget, readMoney, spentOfBudget } from './read-money.ts'

/** A channel that somebody wants. */
export interface WantedChannel {
  readonly source: 'keeper' | 'operator'
  readonly peer: string
  readonly address: string
  readonly alias: string | null
  /** Whole satoshi. */
  readonly capacityMsat: bigint
  readonly isPrivate: boolean
  /** Whole sat/vB; undefined: what the chain asks now. */
  readonly satPerVbyte?: number
  /** Recognises a repeated request; undefined: the intent's own id. */
  readonly idempotencyKey?: string
  /** Canonical text of the request. */
  readonly written: string
}

type Intent = Fields<typeof channelIntents>

/**
 * The intent to open a channel, in one change: its coins, its place as the only one under way, its worst-case
 * fee within the month's budget, and the kill switch required unchanged. LND is asked afterwards. `alongside`
 * joins the change: it gets the intent's id.
 *
 * Throws, with nothing stored: `channel.opening-under-way`, `channel.above-cap`, `channel.above-ceiling`,
 * `channel.over-budget`, `channel.wallet-too-small`, `peer.blacklisted`, `safety.halted`,
 * `node.unsupported`, `node.unavailable`, `storage.unavailable`.
 */
export async function recordOpening(
  context: Context,
  identity: Identity,
  wanted: WantedChannel,
  leadership?: Leadership,
  alongside: (intent: string) => Pick<Change, 'writes' | 'events'> = () => ({ writes: [] }),
): Promise<Intent> {
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const guard = await requireNotHalted(context, identity)
    await requireNotBlacklisted(context, identity, wanted.peer)
    await requireNoneUnderWay(context, identity)
    const intent = await draft(context, identity, wanted)
    const more = alongside(intent.id)
    const writes = [...(await writesOf(context, identity, intent, guard)), ...more.writes]
    const events = [
      newEvent(context, identity, 'channel.intended', `opening/${intent.id}`, {
        opening: openingView(intent),
      }),
      ...(more.events ?? []),
    ]
    const change = { writes, events, ...(leadership && { fence: leadership.fence }) }
    const refused = await record(context, change, async () => {
      return (await context.storage.get(channelIntents, [intent.id])) !== undefined
    })
    if (!refused) {
      context.live.wakeChannels()
      return intent
    }
    if (isTheSameRequest(refused, wanted)) break
  }
  throw tooContended('channels.open')
}

/** The key belongs to an earlier request: whoever called looks it up. */
function isTheSameRequest({ uniqueKey }: Refused, { idempotencyKey }: WantedChannel): boolean {
  return uniqueKey === 'idempotency' && idempotencyKey !== undefined
}

/** Chooses the coins, within cap, ceiling, budget, reserve and floor. */
async function draft(context: Context, identity: Identity, wanted: WantedChannel): Promise<Intent> {
  const { channels: policy, capPerOpen } = context.settings
  const { capacityMsat } = wanted
  if (capacityMsat > capPerOpen.msat) {
    const requested = new Amount(capacityMsat)
    throw new PaymentNodeError(
      'channel.above-cap',
      `A channel of ${requested} is above caps.perOpen (${capPerOpen}).`,
      { limit: capPerOpen, requested },
      { advice: 'Ask for less, or raise the cap.' },
    )
  }
  const { coins, ...read } = await readMoney(context, identity)
  const money = wanted.satPerVbyte === undefined ? read : { ...read, feerate: wanted.satPerVbyte }
  const judged = judgeMoney(capacityMsat, money, {
    maximumFeerate: policy.maximumFeerate,
    budgetMsat: policy.budgetPerMonth.msat,
    onchainFloorMsat: policy.onchainFloor.msat,
  })
  if (!judged.ok) throw unaffordable(context, judged, money.feerate, money.spentMsat)
  const chosen = chooseCoins(capacityMsat / 1000n, coins, judged.satPerVbyte)
  if (!chosen) throw walletTooSmall(0n, capacityMsat)
  const now = context.clock.now()
  const id = newId(context)
  return {
    ...rowBase(identity),
    id,
    source: wanted.source,
    state: 'intended',
    reason: null,
    peer: wanted.peer,
    address: wanted.address,
    alias: wanted.alias,
    capacity_msat: capacityMsat,
    is_private: wanted.isPrivate,
    sat_per_vbyte: judged.satPerVbyte,
    outpoints: chosen.outpoints,
    fee_limit_msat: chosen.feeSat * 1000n,
    fee_msat: null,
    budget_period: budgetPeriod(now),
    channel_point: null,
    epoch: 0,
    calls: 0,
    since_height: context.live.info?.blockHeight ?? 0,
    evidence: null,
    idempotency_key: wanted.idempotencyKey ?? `${wanted.source}/${id}`,
    request: wanted.written,
    created_at: now,
    updated_at: now,
  }
}

async function writesOf(
  context: Context,
  identity: Identity,
  intent: Intent,
  guard: RowOf<typeof safety>,
): Promise<Write[]> {
  const base = rowBase(identity)
  const spent = await spentOfBudget(context, identity, intent.budget_period)
  return [
    insert(channelIntents, intent),
    insert(openingSlots, { ...base, intent: intent.id }),
    ...(intent.outpoints as string[]).map((outpoint) =>
      insert(claimedOutpoints, { ...base, outpoint, intent: intent.id }),
    ),
    spent === undefined
      ? insert(spending, {
          ...base,
          purpose: openingBudget,
          period: intent.budget_period,
          amount_msat: intent.fee_limit_msat,
        })
      : {
          op: 'add',
          table: spending,
          key: [identity.publicKey, openingBudget, intent.budget_period],
          column: 'amount_msat',
          by: intent.fee_limit_msat,
          max: context.settings.channels.budgetPerMonth.msat,
        },
    requireUnchanged(safety, guard),
  ]
}

async function requireNoneUnderWay(context: Context, { publicKey }: Identity): Promise<void> {
  const slot = await context.storage.get(openingSlots, [publicKey])
  if (!slot) return
  throw new PaymentNodeError(
    'channel.opening-under-way',
    'Another channel is being opened; one is opened at a time.',
    { opening: slot.intent },
    { advice: 'Wait until it is open or has failed.', isRetryable: true },
  )
}

async function requireNotBlacklisted(
  context: Context,
  identity: Identity,
  peer: string,
): Promise<void> {
  const mark = await findMark(context, identity, peer)
  if (mark?.state !== 'blacklisted') return
  throw new PaymentNodeError(
    'peer.blacklisted',
    `No channel is opened to ${peer}: ${mark.says}`,
    { peer, reason: mark.reason },
    { advice: 'When you trust it again: peers.allow(publicKey, reason).' },
  )
}

function unaffordable(
  context: Context,
  judged: { readonly reason: string; readonly says: string; readonly details: object },
  feerate: number,
  spentMsat: bigint,
): PaymentNodeError {
  const details = judged.details as Readonly<Record<string, string>>
  const { maximumFeerate, budgetPerMonth } = context.settings.channels
  switch (judged.reason) {
    case 'feerate-above-ceiling':
      return new PaymentNodeError(
        'channel.above-ceiling',
        judged.says,
        { ceiling: maximumFeerate, feerate },
        { advice: 'Wait until fees are lower, or raise the ceiling.' },
      )
    case 'budget-exhausted':
      return new PaymentNodeError(
        'channel.over-budget',
        judged.says,
        {
          period: budgetPeriod(context.clock.now()),
          budget: budgetPerMonth,
          spent: new Amount(spentMsat),
          needed: new Amount(BigInt(details.feeSat!) * 1000n),
        },
        { advice: 'Wait for the next month, or raise channels.budgetPerMonth.' },
      )
    default: {
      const needed = BigInt(details.neededSat!) * 1000n
      return walletTooSmall(needed - BigInt(details.missingSat!) * 1000n, needed, judged.says)
    }
  }
}

function walletTooSmall(
  spendableMsat: bigint,
  neededMsat: bigint,
  says = 'The coins of the wallet do not pay for it.',
): PaymentNodeError<'channel.wallet-too-small'> {
  return new PaymentNodeError(
    'channel.wallet-too-small',
    says,
    { spendable: new Amount(spendableMsat), needed: new Amount(neededMsat) },
    { advice: 'Send coins to keeper.depositAddress() and wait for a confirmation.' },
  )
}
