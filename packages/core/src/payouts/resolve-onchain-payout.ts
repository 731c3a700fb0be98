import type { Context, Identity } from '../context.ts'
import { feeShares } from '../domain/transaction.ts'
import { PaymentNodeError } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import { record } from '../record.ts'
import { payouts } from '../tables/payouts.ts'
import { type RowOf, requireUnchanged, update } from '../tables/table.ts'
import { transactionOutputs, transactions } from '../tables/transactions.ts'
import { abandonTransaction } from '../transactions/abandon-transaction.ts'
import { askChain, type ChainSays } from '../transactions/ask-chain.ts'
import { readOutputs } from '../transactions/read-outputs.ts'
import { bookEnding, type PaidFee } from './book-ending.ts'
import { type Payout, payoutView } from './payout-view.ts'

/** What an operator says about a payout in a transaction. */
export interface OnchainVerdict {
  readonly verdict: 'succeeded' | 'failed'
  readonly by: string
  readonly note: string
  readonly insists: boolean
  /** msat; undefined: its share of the transaction's fee. */
  readonly feeMsat: bigint | undefined
}

type Transaction = RowOf<typeof transactions>

/**
 * Ends a payout of a signed or published transaction on the operator's word. `failed` gives the transaction
 * up for good, and is refused, whoever insists, as long as it may confirm: while LND says nothing, while its
 * network takes it, while its inputs are there, or before one is gone for as many blocks as make a
 * transaction final. Should it confirm all the same, what was given back is charged again (`chargeRevived`).
 * Undefined: the payout is in no such transaction. Throws `payout.verdict-refused`.
 */
export async function resolveOnchainPayout(
  context: Context,
  identity: Identity,
  payout: RowOf<typeof payouts>,
  given: OnchainVerdict,
): Promise<Payout | undefined> {
  if (payout.state !== 'sending' || payout.transaction === null) return undefined
  const row = await context.storage.get(transactions, [payout.transaction])
  if (!row || !mayBeDecided.includes(row.state)) return undefined
  const { verdict, by, note } = given
  const nodeSays = await askChain(context, row)
  const obstacle = obstacleTo(given, row, nodeSays)
  if (obstacle) throw refuse(payout.id, verdict, ...obstacle)
  if (verdict === 'failed' && (await hasPaidOne(context, row)))
    throw refuse(payout.id, verdict, 'another-succeeded', paidWhole)
  const abandoned =
    verdict === 'failed' ? await abandonTransaction(context, identity, row, payout.id) : undefined
  const paid = verdict === 'failed' ? undefined : await paidBy(context, row, payout, given)
  const now = context.clock.now()
  const set = {
    state: verdict,
    reason: verdict === 'failed' ? 'resolved-by-operator' : null,
    fee_msat: paid?.feeMsat ?? null,
    updated_at: now,
  }
  const key = [identity.publicKey, row.id, payout.id]
  const output = await context.storage.get(transactionOutputs, key)
  const writes = [
    update(payouts, payout, set),
    ...(abandoned?.writes ?? [requireUnchanged(transactions, row)]),
    ...(output ? [update(transactionOutputs, output, { evidence: { by, note, nodeSays } })] : []),
    ...(await bookEnding(context, identity, payout, paid)),
  ]
  const state = verdict === 'failed' ? 'given-up' : row.state
  const carrier = { row: { ...row, state }, height: context.live.info?.blockHeight ?? 0 }
  const view = payoutView({ ...payout, ...set }, null, carrier)
  const events = [
    newEvent(context, identity, `payout.${verdict}`, `payout/${payout.id}`, { payout: view }),
    ...(abandoned?.events ?? []),
  ]
  const refused = await record(context, { writes, events }, async () => {
    return (await context.storage.get(payouts, [payout.id]))?.state === verdict
  })
  if (refused) throw refuse(payout.id, verdict, 'moved-meanwhile', 'Look at it again.')
  context.logger.warn('payout resolved by operator', { payout: payout.id, verdict, by, nodeSays })
  return view
}

/** States in which the bytes are out or may be, and no block has them. */
const mayBeDecided: readonly string[] = ['signed', 'published', 'given-up']

const paidWhole =
  'Another payout in this transaction was resolved as succeeded, and a transaction is paid whole or not at all: resolve this one as succeeded, too.'

/** Whether a payout in it succeeded: by an operator's word, since no block has it. */
async function hasPaidOne(context: Context, row: Transaction): Promise<boolean> {
  for (const { payout: id } of await readOutputs(context, row)) {
    const payout = await context.storage.get(payouts, [id])
    if (payout?.state === 'succeeded' && payout.transaction === row.id) return true
  }
  return false
}

/** What was given up is booked as the operator's when it confirms: then the partner's part goes to the operator. */
async function paidBy(
  context: Context,
  row: Transaction,
  { id, fee_limit_msat: limitMsat }: RowOf<typeof payouts>,
  { feeMsat }: OnchainVerdict,
): Promise<PaidFee> {
  const outputs = await readOutputs(context, row)
  const at = outputs.findIndex(({ payout }) => payout === id)
  const share = feeShares(row.fee_msat ?? 0n, outputs.length)[at] ?? 0n
  return {
    feeMsat: feeMsat ?? (share < limitMsat ? share : limitMsat),
    account: row.state === 'given-up' ? 'operator' : 'world/onchain-fees',
  }
}

/** Why the verdict is refused, and what to do; undefined when nothing is against it. */
function obstacleTo(
  { verdict, insists }: OnchainVerdict,
  row: Transaction,
  nodeSays: ChainSays,
): readonly [reason: string, advice: string] | undefined {
  const reason = `node-says-${nodeSays}`
  if (nodeSays === 'in-block') {
    // What these books still follow is booked by itself, with its real figures.
    if (row.state !== 'given-up') return [reason, 'The chain has decided: it is booked by itself.']
    return verdict === 'succeeded' ? undefined : [reason, 'Resolve it as succeeded.']
  }
  if (nodeSays === 'conflict-final') {
    // What these books still follow goes back into the queue.
    if (row.state !== 'given-up')
      return [
        reason,
        'It can never confirm, and waits in the queue again by itself: cancel it there.',
      ]
    return verdict === 'failed'
      ? undefined
      : [reason, 'It can never confirm: resolve it as failed.']
  }
  if (verdict === 'succeeded') {
    return insists
      ? undefined
      : [reason, 'Wait for its block, or insist with insist: true when other nodes have it in one.']
  }
  switch (nodeSays) {
    case 'silent':
      return [reason, 'Wait until LND answers: without its word it may be paid all the same.']
    case 'takes-it':
      return [reason, 'The network takes it: it may confirm at any time, and is followed.']
    case 'may-confirm':
      return [
        reason,
        'It may still confirm. To end it for good, spend one of its inputs to the wallet itself by other means: its payouts are then paid by another transaction.',
      ]
    case 'input-lost-lately':
      return [
        reason,
        'What brought its coins may still come back. Decide when it has been gone for transactions.confirmations blocks.',
      ]
    case 'input-lost':
      return insists
        ? undefined
        : [
            reason,
            'Insist with insist: true when you know, from other nodes and explorers, that what brought the coin can never confirm. Should it confirm all the same, the partner is charged again.',
          ]
  }
}

function refuse(
  payout: string,
  verdict: string,
  reason: string,
  advice: string,
): PaymentNodeError<'payout.verdict-refused'> {
  return new PaymentNodeError(
    'payout.verdict-refused',
    `The payout is not ${verdict} for certain (${reason}); nothing was changed.`,
    { payout, verdict, reason },
    { advice, isRetryable: reason === 'moved-meanwhile' },
  )
}
