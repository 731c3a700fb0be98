import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import { type PayoutReason, payoutReasonOf } from '../domain/payout-reason.ts'
import {
  stepTransaction,
  type TransactionFact,
  type TransactionState,
} from '../domain/transaction.ts'
import { newEvent } from '../events/new-event.ts'
import type { EventType } from '../events.ts'
import { payoutView } from '../payouts/payout-view.ts'
import type {
  FundedTransaction,
  SignedTransaction,
  WalletTransaction,
} from '../ports/node-onchain.ts'
import type { NewEvent, Refused, Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { claimedOutpoints } from '../tables/channel-intents.ts'
import { addTo } from '../tables/count-up.ts'
import { safety } from '../tables/node.ts'
import { payouts } from '../tables/payouts.ts'
import {
  type Fields,
  insert,
  type RowOf,
  remove,
  requireUnchanged,
  update,
} from '../tables/table.ts'
import { signedTransactions, transactions } from '../tables/transactions.ts'
import { ofBumps } from './bump-budget.ts'
import { explainStuck } from './explain-stuck.ts'
import { readCarried, readOutputs } from './read-outputs.ts'
import { type OnchainTransaction, transactionView } from './transaction-view.ts'

type Transaction = RowOf<typeof transactions>
type TransactionEvent = Extract<EventType, `transaction.${string}`>

/** With what a transaction is taken further; all of its methods answer the refusal, when it was changed meanwhile. */
export interface Pursuit {
  readonly context: Context
  readonly identity: Identity
  readonly leadership: Leadership
  readonly signal: AbortSignal
}

/** LND holds the inputs. */
export function markFunded(
  pursuit: Pursuit,
  row: Transaction,
  { psbt, changeIndex, changeSat, feeSat }: FundedTransaction,
): Promise<Refused | undefined> {
  return mark(pursuit, row, {
    fact: 'funded',
    set: {
      psbt,
      change_index: changeIndex,
      change_msat: changeSat * 1000n,
      fee_msat: feeSat * 1000n,
    },
  })
}

/** LND no longer holds the inputs; nothing is stored that could be published. */
export function markUnlocked(pursuit: Pursuit, row: Transaction): Promise<Refused | undefined> {
  return mark(pursuit, row, {
    fact: 'unlocked',
    set: { psbt: null, change_index: null, change_msat: null, fee_msat: null },
  })
}

/** The bytes, stored before anybody may publish them. Refused when the kill switch was set meanwhile. */
export async function markSigned(
  pursuit: Pursuit,
  row: Transaction,
  signed: SignedTransaction,
  guard: RowOf<typeof safety>,
): Promise<Refused | undefined> {
  return mark(pursuit, row, {
    fact: 'signed',
    set: {
      raw: signed.rawTransaction,
      transaction_id: signed.transactionId,
      virtual_bytes: signed.virtualBytes,
      reason: null,
    },
    writes: [requireUnchanged(safety, guard), await findableBy(pursuit, row, signed.transactionId)],
  })
}

/** Newer books than these have published it: LND's word. */
export async function markFound(
  pursuit: Pursuit,
  row: Transaction,
  { transactionId, rawTransaction, feeSat }: WalletTransaction,
): Promise<Refused | undefined> {
  const { clock, live } = pursuit.context
  return mark(pursuit, row, {
    fact: 'found',
    set: {
      raw: rawTransaction,
      transaction_id: transactionId,
      fee_msat: feeSat * 1000n,
      reason: null,
      published_at: clock.now(),
      published_height: live.info?.blockHeight ?? row.since_height,
    },
    writes: [await findableBy(pursuit, row, transactionId)],
    event: 'transaction.published',
  })
}

/** So that it is known by the chain's id, too: of two with the same bytes it is the later one. */
async function findableBy(
  { context, identity }: Pursuit,
  { id }: Transaction,
  transactionId: string,
): Promise<Write> {
  const key = [identity.publicKey, transactionId]
  const known = await context.storage.get(signedTransactions, key)
  return known
    ? update(signedTransactions, known, { transaction: id })
    : insert(signedTransactions, {
        ...rowBase(identity),
        transaction_id: transactionId,
        transaction: id,
      })
}

/** The network has taken it. */
export function markPublished(pursuit: Pursuit, row: Transaction): Promise<Refused | undefined> {
  const { clock, live } = pursuit.context
  return mark(pursuit, row, {
    fact: 'published',
    set: {
      reason: null,
      lost_height: null,
      published_at: clock.now(),
      published_height: live.info?.blockHeight ?? row.since_height,
    },
    event: row.purpose === 'bump' ? 'transaction.bumped' : 'transaction.published',
  })
}

export function markConfirmed(
  pursuit: Pursuit,
  row: Transaction,
  height: number,
): Promise<Refused | undefined> {
  return mark(pursuit, row, {
    fact: 'confirmed',
    set: {
      reason: null,
      lost_height: null,
      confirmed_height: height,
      published_at: row.published_at ?? pursuit.context.clock.now(),
      published_height: row.published_height ?? height,
    },
    event: 'transaction.confirmed',
  })
}

/** In a block at another height than it was: a reorganization between two looks. */
export function markMoved(
  pursuit: Pursuit,
  row: Transaction,
  height: number,
): Promise<Refused | undefined> {
  return mark(pursuit, row, { set: { confirmed_height: height } })
}

/** A reorganization took its block away. */
export function markReorganized(pursuit: Pursuit, row: Transaction): Promise<Refused | undefined> {
  return mark(pursuit, row, {
    fact: 'unconfirmed',
    set: { confirmed_height: null },
    event: 'transaction.reorganized',
  })
}

/** Deep enough; its payouts have been booked before. */
export async function markFinal(
  pursuit: Pursuit,
  row: Transaction,
  writes: readonly Write[],
): Promise<Refused | undefined> {
  return mark(pursuit, row, {
    fact: 'buried',
    set: { psbt: null },
    writes: [
      ...writes,
      ...(await freeInputs(pursuit, row)),
      ...spend(pursuit, row, row.fee_msat ?? 0n),
    ],
    event: 'transaction.final',
  })
}

/** Why nothing happens now; with an event where an operator should know. */
export function markWaits(
  pursuit: Pursuit,
  row: Transaction,
  reason: string | null,
  event?: 'transaction.stuck',
): Promise<Refused | undefined> {
  return mark(pursuit, row, { set: { reason }, ...(event && { event }) })
}

/** An input of it is in no block any more; null: all of them are again. */
export function markLost(
  pursuit: Pursuit,
  row: Transaction,
  lostHeight: number | null,
): Promise<Refused | undefined> {
  const isLost = lostHeight !== null
  return mark(pursuit, row, {
    set: { lost_height: lostHeight, reason: isLost ? 'input-lost' : null },
    ...(isLost && { event: 'transaction.stuck' as const }),
  })
}

/** It will not be made: nothing was stored that could be published, and its payouts wait again. */
export async function markGivenUp(
  pursuit: Pursuit,
  row: Transaction,
  reason: string,
): Promise<Refused | undefined> {
  return mark(pursuit, row, {
    fact: 'given-up',
    set: { reason, psbt: null },
    ...(await requeue(pursuit, row, payoutReasonOf(reason))),
  })
}

/** It can never confirm, for certain: its payouts wait again. */
export async function markConflicted(
  pursuit: Pursuit,
  row: Transaction,
): Promise<Refused | undefined> {
  return mark(pursuit, row, {
    fact: 'conflicted',
    set: { reason: 'inputs-spent', psbt: null },
    ...(await requeue(pursuit, row, 'transaction-conflicted')),
    event: 'transaction.conflicted',
  })
}

/** Gives back inputs, budget and payouts. */
async function requeue(
  pursuit: Pursuit,
  row: Transaction,
  reason: PayoutReason,
): Promise<{ readonly writes: Write[]; readonly events: NewEvent[] }> {
  const { context, identity } = pursuit
  const writes = [...(await freeInputs(pursuit, row)), ...spend(pursuit, row, 0n)]
  const events: NewEvent[] = []
  for (const payout of await readCarried(context, row)) {
    const set = { state: 'queued', reason, transaction: null, updated_at: context.clock.now() }
    writes.push(update(payouts, payout, set))
    const view = payoutView({ ...payout, ...set }, null)
    events.push(
      newEvent(context, identity, 'payout.queued', `payout/${payout.id}`, { payout: view }),
    )
  }
  return { writes, events }
}

/** Its coins may be chosen again. */
export async function freeInputs(
  { context, identity }: Pick<Pursuit, 'context' | 'identity'>,
  row: Transaction,
): Promise<Write[]> {
  const claims = await Promise.all(
    (row.inputs as string[]).map((outpoint) =>
      context.storage.get(claimedOutpoints, [identity.publicKey, outpoint]),
    ),
  )
  return claims.flatMap((claim) =>
    claim?.intent === row.id ? [remove(claimedOutpoints, claim)] : [],
  )
}

/** Gives back what was reserved of a budget above what it cost. */
function spend({ identity }: Pursuit, row: Transaction, spentMsat: bigint): Write[] {
  if (row.budget_period === null || spentMsat === row.fee_limit_msat) return []
  return [addTo(ofBumps(identity, row.budget_period), spentMsat - row.fee_limit_msat)]
}

interface Mark {
  readonly fact?: TransactionFact
  readonly set: Partial<Fields<typeof transactions>>
  readonly writes?: readonly Write[]
  readonly event?: TransactionEvent
  readonly events?: readonly NewEvent[]
}

function tell(
  context: Context,
  identity: Identity,
  event: TransactionEvent,
  transaction: OnchainTransaction,
): NewEvent {
  const subject = `transaction/${transaction.id}`
  if (event !== 'transaction.stuck') {
    return newEvent(context, identity, event, subject, { transaction })
  }
  const advice = explainStuck(transaction.reason)
  return newEvent(context, identity, event, subject, { transaction, ...advice })
}

async function mark(
  { context, identity, leadership }: Pursuit,
  row: Transaction,
  { fact, set, writes = [], event, events = [] }: Mark,
): Promise<Refused | undefined> {
  let { state } = row
  if (fact) {
    const step = stepTransaction(state as TransactionState, fact)
    if (!step.ok) throw new Error(`transaction ${row.id} is ${state}: ${fact} is ${step.refusal}`)
    state = step.state
  }
  const changed = { ...set, state, updated_at: context.clock.now() }
  const told = event
    ? transactionView({ ...row, ...changed }, await readOutputs(context, row))
    : undefined
  const change = {
    writes: [update(transactions, row, changed), ...writes],
    events: [...(event && told ? [tell(context, identity, event, told)] : []), ...events],
    fence: leadership.fence,
  }
  return record(context, change, async () => {
    const now = await context.storage.get(transactions, [row.id])
    return now?.revision === row.revision + 1 && now.state === state
  })
}
