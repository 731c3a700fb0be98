import { PaymentNodeError } from '../../errors.ts'
import { postTransaction } from '../../ledger/post-transaction.ts'
import type { PaymentUpdate } from '../../ports/lightning-node.ts'
import type { Write } from '../../ports/storage.ts'
import type { DelegatedSwap } from '../../ports/swap-provider.ts'
import { returnCharge } from '../charge-swaps.ts'
import { returnAll, returnWithdrawal } from '../charge-withdrawal.ts'
import { outcomeOnce } from '../overdue.ts'
import { type NotedOutcome, noteOutcome } from '../provider-health.ts'
import { readQuote } from '../stored-quote.ts'
import { bookDelegatedSwap, bookPrepay } from './book-delegated.ts'
import { findPrepay } from './find-prepay.ts'
import { type JudgedEnding, judgeEnding } from './judge-ending.ts'
import { writeWord } from './last-word.ts'
import { type DelegatedEnding, type DelegatedRow, markDelegated } from './mark-delegated.ts'
import { readStart } from './stored-start.ts'

/**
 * Ends a swap that its daemon says is over, when LND has come to its end with the payments: one change with the books,
 * the budget and the provider's health. Answers `open` while a payment is, and `changed` when it must be decided anew. Any loss disables the provider: the
 * next swap would lose the same again.
 */
export async function endDelegated(
  pursuit: DelegatedEnding,
  row: DelegatedRow,
  report: DelegatedSwap,
  reason: string | null,
): Promise<'ended' | 'open' | 'changed'> {
  const { context, identity } = pursuit
  const payment = await lookUp(pursuit, report.providerId)
  const ending = judgeEnding(report, payment, {
    amountMsat: row.amount_msat,
    prepayMsat: readQuote(row.quote).prepayAtRiskSat * 1000n,
    prepayLimitMsat: row.prepay_limit_msat,
  })
  if (ending.kind === 'open') return wait(pursuit, row, report)
  if (ending.kind === 'other-node') return endElsewhere(pursuit, row, report)
  const prepay = await findPrepay(pursuit, {
    after: readStart(row.verified).after,
    amountMsat: ending.prepayMsat,
    notHash: report.providerId,
  })
  if (prepay === 'open') return wait(pursuit, row, report)
  const isClaimed = ending.kind === 'claimed'
  const prepayMsat = prepay?.amountMsat ?? 0n
  const routingMsat = ending.routingMsat + (prepay?.feeMsat ?? 0n)
  const serviceMsat = isClaimed ? ending.paidMsat - row.amount_msat + prepayMsat : 0n
  const lostMsat = isClaimed ? 0n : ending.paidMsat + prepayMsat
  const swap = bookDelegatedSwap(row.id, {
    paidMsat: ending.paidMsat,
    swappedMsat: isClaimed ? row.amount_msat : 0n,
    minerMsat: ending.minerMsat,
  })
  const facts = [
    ...(swap ? [swap] : []),
    ...(prepay ? [bookPrepay(row.id, prepay.paymentHash, prepayMsat, !isClaimed)] : []),
  ]
  const noted = await noteOutcome(
    context,
    identity,
    outcomeOf(pursuit, row, ending, reason, prepayMsat),
  )
  const now = context.clock.now()
  const writes: Write[] = [
    ...facts.flatMap((fact) => postTransaction(context, identity, fact)),
    ...returnCharge(identity, row, serviceMsat + ending.minerMsat + routingMsat + lostMsat),
    // A prepayment that is lost has gone to the provider, and nowhere else.
    ...(!isClaimed && ending.paidMsat === 0n ? returnWithdrawal(identity, row) : []),
    ...noted.writes,
  ]
  const refused = await markDelegated(pursuit, row, {
    fact: isClaimed ? 'completed' : 'failed',
    set: {
      reason: isClaimed ? null : ending.kind === 'lost' ? 'lost' : reason,
      provider_id: report.providerId,
      ...(isClaimed && { onchain_msat: row.amount_msat, claim_fee_msat: ending.minerMsat }),
      service_msat: serviceMsat,
      routing_msat: routingMsat,
      prepay_lost_msat: isClaimed ? 0n : prepayMsat,
      evidence: { ...writeWord(report), ...(prepay && { prepayHash: prepay.paymentHash }) },
      ended_at: now,
    },
    writes,
    event: isClaimed ? 'swap.claimed' : ending.kind === 'lost' ? 'swap.lost' : 'swap.failed',
    events: noted.events,
  })
  return refused ? 'changed' : 'ended'
}

type Ending = Extract<JudgedEnding, { readonly paidMsat: bigint }>

function outcomeOf(
  { context }: DelegatedEnding,
  row: DelegatedRow,
  { kind }: Ending,
  reason: string | null,
  prepayMsat: bigint,
): NotedOutcome {
  const { provider, created_at } = row
  if (kind === 'claimed') {
    const took = context.clock.now() - created_at
    return { provider, outcome: 'completed', reason: 'completed', took }
  }
  if (kind === 'lost') {
    const says = 'The amount of a swap was paid, and its coins never came.'
    return { provider, outcome: 'lied', reason: 'swap-lost', says }
  }
  if (prepayMsat > 0n) {
    const says = `A swap failed (${reason}) and its prepayment of ${prepayMsat / 1000n} sat is lost.`
    return { provider, outcome: 'lied', reason: 'prepay-lost', says }
  }
  return { provider, outcome: outcomeOnce(row, 'failed'), reason: reason ?? 'failed' }
}

/** The daemon is done, and our LND never paid: nothing of ours moved, and nothing more is given to it. */
async function endElsewhere(
  pursuit: DelegatedEnding,
  row: DelegatedRow,
  report: DelegatedSwap,
): Promise<'ended' | 'changed'> {
  const { context, identity } = pursuit
  const noted = await noteOutcome(context, identity, {
    provider: row.provider,
    outcome: 'lied',
    reason: 'other-node',
    says: 'It completed a swap that our LND never paid: its daemon works with another one.',
  })
  const refused = await markDelegated(pursuit, row, {
    fact: 'completed',
    set: {
      reason: 'other-node',
      provider_id: report.providerId,
      evidence: writeWord(report),
      ended_at: context.clock.now(),
    },
    writes: [...returnAll(identity, row), ...noted.writes],
    event: 'swap.failed',
    events: noted.events,
  })
  return refused ? 'changed' : 'ended'
}

/**
 * The amount stays reserved while a payment is in flight: LND ends it, at the latest when it times out. What the daemon
 * said is kept, so that it is not needed for that.
 */
async function wait(
  pursuit: DelegatedEnding,
  row: DelegatedRow,
  report: DelegatedSwap,
): Promise<'open'> {
  // What needs somebody keeps its reason: it is told once. What an operator supposes is no word of the daemon's.
  if (row.state === 'needs-operator' || !pursuit.leadership) return 'open'
  const evidence = writeWord(report)
  const isKnown = JSON.stringify(row.evidence) === JSON.stringify(evidence)
  if (row.reason !== 'payment-open' || !isKnown)
    await markDelegated(pursuit, row, { set: { reason: 'payment-open', evidence } })
  return 'open'
}

async function lookUp(
  { context, signal }: DelegatedEnding,
  paymentHash: string,
): Promise<PaymentUpdate | 'not-found'> {
  const ending = new AbortController()
  try {
    const following = AbortSignal.any([signal, ending.signal])
    for await (const update of context.lightning.trackPayment(paymentHash, following)) return update
    throw new PaymentNodeError('node.unavailable', 'LND did not say how a payment is.', {
      reason: 'unreachable',
      outcome: 'none',
    })
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.payment-not-found')) return 'not-found'
    throw error
  } finally {
    ending.abort()
  }
}
