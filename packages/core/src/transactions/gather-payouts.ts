import { type Batch, chooseBatch, type QueuedPayout } from '../domain/choose-batch.ts'
import { type ChosenInputs, chooseInputs, type InputsMissing } from '../domain/choose-inputs.ts'
import { pauseAfterFailures } from '../domain/failure-pause.ts'
import { payableFeerate } from '../domain/fee-policy.ts'
import { type PayoutReason, payoutReasonOf } from '../domain/payout-reason.ts'
import type { TransactionState } from '../domain/transaction.ts'
import {
  askableFeerate,
  changeType,
  outputTypeOf,
  plannableFeeSat,
  virtualBytesOf,
} from '../domain/transaction-size.ts'
import { judgeFeerate, readFeeMarket } from '../fees/judge-feerate.ts'
import { isInSwap } from '../payouts/in-swap.ts'
import { isMaybePaid, maybePaidReason } from '../payouts/maybe-paid.ts'
import { record } from '../record.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import { payouts } from '../tables/payouts.ts'
import { type RowOf, update } from '../tables/table.ts'
import { transactions } from '../tables/transactions.ts'
import { reservedInputs } from './estimate-onchain-fee.ts'
import type { Pursuit } from './mark-transaction.ts'
import { mayAct } from './may-act.ts'
import { readWallet, type SpendableWallet } from './read-wallet.ts'
import { recordTransaction } from './record-transaction.ts'

type Payout = RowOf<typeof payouts>
type Candidate = QueuedPayout & { readonly row: Payout }

const emptyWallet: SpendableWallet = { coins: [], keptSat: 0n }
const page = 1000
/** Rows of one change. */
const together = 100
/** States before the bytes are stored: the next transaction waits for the one that is being made. */
const inTheMaking: readonly TransactionState[] = ['intended', 'funded', 'signed']

/**
 * Puts the queued payouts whose time has come into one transaction, and says of the others why they wait.
 * Answers the id of the transaction that was intended.
 */
export async function gatherPayouts(pursuit: Pursuit): Promise<string | undefined> {
  const { context, identity } = pursuit
  const all = await readQueued(pursuit)
  if (all.length === 0 || !mayAct(pursuit)) return undefined
  const guard = await readSafety(context, identity)
  const doubtful = all.filter((row) => isMaybePaid(row, guard))
  await say(pursuit, doubtful, maybePaidReason)
  const queued = all.filter((row) => !doubtful.includes(row))
  if (queued.length === 0) return undefined
  if (guard.is_halted) return say(pursuit, queued, 'halted')
  const obstacle = await obstacleToNext(pursuit)
  if (obstacle) return tellObstacle(pursuit, queued, obstacle)
  const { candidates, feerate } = await judge(pursuit, queued)
  // LND's wallet is asked only when something may go.
  const mayGo = candidates.some(({ verdict }) => verdict.isAcceptable)
  const wallet = mayGo ? await readWallet(context, identity) : emptyWallet
  const { maximumOutputs, collectFor } = context.settings.transactions
  const { hardCeiling } = context.settings.fees
  const inputsOf = (some: readonly Candidate[]): ChosenInputs | InputsMissing =>
    inputsFor(some, wallet, feerate, hardCeiling)
  const missing = (some: readonly Candidate[]): InputsMissing | undefined => {
    const inputs = inputsOf(some)
    return typeof inputs === 'string' ? inputs : undefined
  }
  const policy = { maximumOutputs, collectFor }
  const batch = chooseBatch(candidates, context.clock.now(), policy, missing)
  await sayWhy(pursuit, batch)
  const chosen = batch.go.length > 0 ? inputsOf(batch.go) : 'wallet-too-small'
  if (typeof chosen === 'string' || !mayAct(pursuit)) return undefined
  const shape = {
    inputs: chosen.outpoints.length,
    outputs: [...batch.go.map(({ address }) => outputTypeOf(address)), changeType],
  }
  const ceilingSat = BigInt(hardCeiling) * BigInt(virtualBytesOf(shape))
  const limitSat = feeLimitOf(batch.go)
  const recorded = await recordTransaction(context, identity, pursuit.leadership, guard, {
    purpose: 'payouts',
    chosen,
    satPerVbyte: askableFeerate(feerate, hardCeiling),
    feeLimitMsat: (limitSat < ceilingSat ? limitSat : ceilingSat) * 1000n,
    carried: batch.go.map(({ row }) => row),
  })
  return 'id' in recorded ? recorded.id : undefined
}

async function readQueued({ context, identity }: Pursuit): Promise<Payout[]> {
  const queued: Payout[] = []
  let after: (string | number)[] | undefined
  for (;;) {
    const rows = await context.storage.find(payouts, {
      index: 'state',
      equals: [identity.publicKey, 'queued'],
      limit: page,
      ...(after && { after }),
    })
    // What a swap's claim pays is none of the queue's, until the swap gives it back.
    queued.push(
      ...rows.filter((row) => row.destination_kind === 'onchain-address' && !isInSwap(row)),
    )
    const last = rows.at(-1)
    if (!last || rows.length < page) return queued
    after = [last.created_at, last.id]
  }
}

/** Why no transaction is begun now; null: the one in the making takes a moment. */
type Obstacle = { readonly reason: PayoutReason | null }

/** One transaction is made at a time; after one that came to nothing, the next one waits a growing while. */
async function obstacleToNext({ context, identity }: Pursuit): Promise<Obstacle | undefined> {
  for (const state of inTheMaking) {
    const equals = [identity.publicKey, state]
    const rows = await context.storage.find(transactions, { index: 'state', equals, limit: page })
    const busy = rows.find((row) => row.purpose === 'payouts' && !isHeldUp(row))
    if (busy) return { reason: busy.reason === null ? null : payoutReasonOf(busy.reason) }
  }
  const newest = await context.storage.find(transactions, {
    index: 'created',
    equals: [identity.publicKey],
    descending: true,
    limit: 20,
  })
  const recent = newest
    .filter(({ purpose, reason }) => purpose === 'payouts' && !isHarmless(reason))
    .map((row) => ({
      hasFailed: row.state === 'given-up' || isHeldUp(row),
      updatedAt: row.updated_at,
    }))
  const now = context.clock.now()
  return pauseAfterFailures(recent, now) > now ? { reason: 'pause-after-failure' } : undefined
}

/** Signed, and the network does not take it, for as long as it likes: its coins stay claimed, nobody waits for it. */
function isHeldUp({ state, reason }: RowOf<typeof transactions>): boolean {
  const reasons: readonly (string | null)[] = ['refused', 'inputs-spent', 'input-lost']
  return state === 'signed' && reasons.includes(reason)
}

/** Who was in the transaction that failed keeps its reason, which says more. */
function tellObstacle(
  pursuit: Pursuit,
  queued: readonly Payout[],
  { reason }: Obstacle,
): Promise<undefined> | undefined {
  if (reason === null) return undefined
  const unaware = queued.filter((row) => row.reason === 'collecting' || row.reason === null)
  return say(pursuit, unaware, reason)
}

const harmless: ReadonlySet<string> = new Set([
  'halted',
  'outdated',
  'resolved-by-operator',
  'revived',
])

/** Given up for a reason that does not come again by itself. */
function isHarmless(reason: string | null): boolean {
  return harmless.has(reason ?? '')
}

async function judge(
  { context, identity }: Pursuit,
  queued: readonly Payout[],
): Promise<{ readonly candidates: readonly Candidate[]; readonly feerate: number }> {
  const market = await readFeeMarket(context, identity)
  const candidates = await Promise.all(
    queued.map(async (row): Promise<Candidate> => {
      const question = {
        quick: row.is_quick === true,
        isReleased: row.is_released === true,
        ceiling: row.ceiling_sat_per_kvb === null ? null : row.ceiling_sat_per_kvb / 1000,
        deadline: row.deadline,
      }
      return {
        row,
        id: row.id,
        address: row.destination,
        amountSat: row.amount_msat / 1000n,
        createdAt: row.created_at,
        verdict: await judgeFeerate(context, question, market),
      }
    }),
  )
  return { candidates, feerate: payableFeerate(market.now.satPerVbyte) }
}

function inputsFor(
  some: readonly Candidate[],
  { coins, keptSat }: SpendableWallet,
  satPerVbyte: number,
  hardCeiling: number,
): ChosenInputs | InputsMissing {
  return chooseInputs(coins, {
    amountSat: some.reduce((sum, { amountSat }) => sum + amountSat, 0n),
    outputs: some.map(({ address }) => outputTypeOf(address)),
    satPerVbyte,
    keptSat,
    maximumFeeSat: plannableFeeSat(feeLimitOf(some), satPerVbyte, hardCeiling),
    expectedInputs: reservedInputs,
  })
}

/** What they may cost together, in satoshi, so that no share of the fee is above the limit of its payout. */
function feeLimitOf(some: readonly Candidate[]): bigint {
  let leastMsat = some[0]!.row.fee_limit_msat
  for (const { row } of some) {
    if (row.fee_limit_msat < leastMsat) leastMsat = row.fee_limit_msat
  }
  return (leastMsat / 1000n) * BigInt(some.length)
}

async function sayWhy(pursuit: Pursuit, { wait }: Batch<Candidate>): Promise<void> {
  const byReason = new Map<PayoutReason, Payout[]>()
  for (const { payout, reason } of wait) {
    byReason.set(reason, [...(byReason.get(reason) ?? []), payout.row])
  }
  for (const [reason, rows] of byReason) await say(pursuit, rows, reason)
}

/** Writes down why they wait, where it is something else than before. */
async function say(
  { context, leadership }: Pursuit,
  rows: readonly Payout[],
  reason: PayoutReason,
): Promise<undefined> {
  const changed = rows.filter((row) => row.reason !== reason)
  for (let start = 0; start < changed.length; start += together) {
    const set = { reason, updated_at: context.clock.now() }
    const writes = changed.slice(start, start + together).map((row) => update(payouts, row, set))
    // Whatever was changed meanwhile is looked at again the next time.
    await record(context, { writes, fence: leadership.fence }, async () => true)
  }
  return undefined
}
