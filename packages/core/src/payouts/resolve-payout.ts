import { type Context, type Identity, identityOf } from '../context.ts'
import { type AmountInput, readAmount } from '../domain/amount.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import { sha256Hex } from '../keys.ts'
import type { PaymentUpdate } from '../ports/lightning-node.ts'
import { readBoolean, readId, readObject, readOneOf, readText } from '../read-input.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import type { payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import { endPayout, hasEnded } from './end-payout.ts'
import { findAttempt, findPayout } from './get-payout.ts'
import { inSwap, isInSwap } from './in-swap.ts'
import { isMaybePaid } from './maybe-paid.ts'
import { isEarlier } from './observe-payment.ts'
import type { Payout } from './payout-view.ts'
import { resolveOnchainPayout } from './resolve-onchain-payout.ts'

/** Why an operator decides what LND does not say. Stored with the payout. */
export interface ResolveEvidence {
  /** Who decides. */
  readonly by: string
  /** How it is known: what the payee said, what a block explorer shows. */
  readonly note: string
  /** With `succeeded`: hex, checked against the payment hash. */
  readonly preimage?: string
  /** With `succeeded`: what routing cost. Default: the whole fee limit. */
  readonly fee?: AmountInput
  /**
   * Off chain: insist although LND shows the payment in flight or says nothing: it may be paid after all. On chain:
   * needed where nobody can prove that a coin is gone; what may confirm, or LND is silent about, is not failed by it.
   */
  readonly insist?: boolean
}

/**
 * An operator's verdict on a payout that LND does not end (money rule 4): after lost LND data, or a
 * payment stuck in flight. LND is asked first, and a verdict against its terminal word is refused.
 * A payout resolved as failed returns the money to the partner; its payment hash stays blocked, and
 * this release does not look again whether LND pays it after all.
 *
 * A payout that waits as `maybe-paid` is ended by the verdict alone: nothing in LND tells. `succeeded`: amount and
 * fee (of the evidence, else the whole limit) go from the partner to the operator, whose money newer books paid it with.
 *
 * A payout in a signed or published transaction: `failed` gives the transaction up for good; its other payouts
 * then wait for a verdict of their own. Refused, whoever insists, unless an input of it has been in no block for
 * `transactions.confirmations` blocks. Should it confirm all the same, what was given back is taken from the partner
 * again, as a debt where its balance does not cover it (`transaction.revived`).
 *
 * Throws `payout.not-found`, `payout.not-unknown` (not handed to LND yet, or ended),
 * `payout.verdict-refused`, `payout.in-swap`, `input.invalid`.
 */
export async function resolvePayout(
  context: Context,
  id: string,
  verdict: 'succeeded' | 'failed',
  evidence: ResolveEvidence,
): Promise<Payout> {
  readId(id, 'id')
  readOneOf(verdict, 'verdict', ['succeeded', 'failed'])
  readObject(evidence, 'evidence', ['by', 'note', 'preimage', 'fee', 'insist'])
  const by = readText(evidence.by, 'evidence.by', { maximum: 255 })
  const note = readText(evidence.note, 'evidence.note', { maximum: 2000 })
  const insists = readBoolean(evidence.insist, 'evidence.insist', false)
  if (verdict === 'failed') refuseProofOfSuccess(evidence)
  const identity = identityOf(context)
  const payout = await findPayout(context, id)
  const attempt = await findAttempt(context, id)
  // Its claim may pay it: the swap's end decides first.
  if (isInSwap(payout)) throw inSwap(payout)
  if (!attempt && isMaybePaid(payout, await readSafety(context, identity)))
    return resolveMaybePaid(context, identity, payout, verdict, { ...evidence, by, note })
  if (payout.transaction !== null) {
    if (evidence.preimage !== undefined)
      throw invalid('evidence.preimage', 'no-hash', 'there is no payment hash to check it against')
    const feeMsat =
      evidence.fee === undefined ? undefined : readFee(evidence.fee, payout.fee_limit_msat)
    const given = { verdict, by, note, insists, feeMsat }
    const ended = await resolveOnchainPayout(context, identity, payout, given)
    if (ended) return ended
  }
  if (attempt?.state !== 'sent' && attempt?.state !== 'unknown')
    throw notUnknown(id, attempt?.state ?? payout.state)

  const preimage =
    evidence.preimage === undefined ? null : readPreimage(evidence.preimage, payout.payment_hash)
  const feeMsat =
    evidence.fee === undefined
      ? payout.fee_limit_msat
      : readFee(evidence.fee, payout.fee_limit_msat)
  const said = await askNode(context, payout.payment_hash, attempt.prior_index)
  const nodeSays = typeof said === 'string' ? said : said.state
  refuseContradiction(id, verdict, nodeSays, insists || preimage !== null, attempt.sends)

  const stored = { by, note, nodeSays }
  const ended = await endPayout(
    context,
    identity,
    { payout, attempt },
    verdict === 'failed'
      ? {
          state: 'failed',
          reason: 'resolved-by-operator',
          evidence: stored,
          keepHash: true,
        }
      : {
          state: 'succeeded',
          // LND's own figures, where it has them.
          feeMsat: typeof said === 'object' && said.state === 'succeeded' ? said.feeMsat : feeMsat,
          preimage: (typeof said === 'object' ? said.preimage : undefined) ?? preimage,
          evidence: stored,
        },
  )
  if (!ended) throw await moved(context, id, verdict)
  context.logger.warn('payout resolved by operator', { payout: id, verdict, by, nodeSays })
  return ended
}

/**
 * Newer books than these may have paid it, and LND cannot be asked: it has no hash. What they paid is booked as
 * the operator's when the difference is accepted, so that the partner's part goes to the operator.
 */
async function resolveMaybePaid(
  context: Context,
  identity: Identity,
  payout: RowOf<typeof payouts>,
  verdict: 'succeeded' | 'failed',
  { by, note, fee, preimage }: ResolveEvidence,
): Promise<Payout> {
  if (preimage !== undefined)
    throw invalid('evidence.preimage', 'no-hash', 'there is no payment hash to check it against')
  const limitMsat = payout.fee_limit_msat
  const stored = { by, note }
  const ended = await endPayout(
    context,
    identity,
    { payout, attempt: undefined },
    verdict === 'failed'
      ? { state: 'failed', reason: 'resolved-by-operator', evidence: stored, isMaybePaid: true }
      : {
          state: 'succeeded',
          feeMsat: fee === undefined ? limitMsat : readFee(fee, limitMsat),
          preimage: null,
          evidence: stored,
          isMaybePaid: true,
        },
  )
  if (!ended) throw await moved(context, payout.id, verdict)
  context.logger.warn('payout resolved by operator', { payout: payout.id, verdict, by })
  return ended
}

type NodeSays = PaymentUpdate['state'] | 'not-found' | 'silent'

async function askNode(
  context: Context,
  paymentHash: string,
  priorIndex: number,
): Promise<PaymentUpdate | 'not-found' | 'silent'> {
  const following = new AbortController()
  try {
    for await (const update of context.lightning.trackPayment(paymentHash, following.signal)) {
      return update.state === 'failed' && isEarlier(update, priorIndex) ? 'not-found' : update
    }
    return 'silent'
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.payment-not-found')) return 'not-found'
    if (PaymentNodeError.is(error)) return 'silent'
    throw error
  } finally {
    following.abort()
  }
}

/** Against LND's terminal word never; without any, only with a proof or when the operator insists. */
function refuseContradiction(
  payout: string,
  verdict: 'succeeded' | 'failed',
  nodeSays: NodeSays,
  isSure: boolean,
  sends: number,
): void {
  const isOpposite = nodeSays === (verdict === 'failed' ? 'succeeded' : 'failed')
  // After several send calls, one of them may still start what LND shows as failed.
  const isConfirmed = nodeSays === verdict && (verdict === 'succeeded' || sends <= 1)
  if (isConfirmed || (isSure && !isOpposite)) return
  const reason = `node-says-${nodeSays}`
  throw new PaymentNodeError(
    'payout.verdict-refused',
    `LND does not confirm that it ${verdict} (it says ${nodeSays}); nothing was changed.`,
    { payout, verdict, reason },
    {
      advice: isOpposite
        ? `The payout will be booked as ${nodeSays} by itself.`
        : 'Wait, restart LND, or insist with insist: true: it may still be paid.',
    },
  )
}

/** What LND showed belongs to an attempt that has moved on since. */
async function moved(context: Context, payout: string, verdict: string): Promise<PaymentNodeError> {
  const { state } = await findPayout(context, payout)
  if (hasEnded(state)) return notUnknown(payout, state)
  return new PaymentNodeError(
    'payout.verdict-refused',
    `The payout moved on while LND was asked; nothing was changed.`,
    { payout, verdict, reason: 'moved-meanwhile' },
    { advice: 'Look at it again.', isRetryable: true },
  )
}

function refuseProofOfSuccess(evidence: ResolveEvidence): void {
  for (const field of ['preimage', 'fee'] as const) {
    if (evidence[field] === undefined) continue
    throw invalid(`evidence.${field}`, 'only-with-succeeded', 'contradicts the verdict failed')
  }
}

function readPreimage(value: unknown, paymentHash: string): string {
  const text = readText(value, 'evidence.preimage', {
    maximum: 64,
    pattern: /^[0-9a-f]{64}$/,
    says: 'expected 64 lower-case hex characters',
  })
  if (sha256Hex(Buffer.from(text, 'hex')) === paymentHash) return text
  throw invalid('evidence.preimage', 'wrong-preimage', 'does not hash to the payment hash')
}

function readFee(value: unknown, limitMsat: bigint): bigint {
  const { msat } = readAmount(value, 'evidence.fee')
  if (msat < 0n) throw invalid('evidence.fee', 'negative', 'must not be negative')
  if (msat > limitMsat)
    throw invalid(
      'evidence.fee',
      'above-limit',
      `LND never pays more than the limit of ${limitMsat} msat`,
    )
  return msat
}

function notUnknown(payout: string, state: string): PaymentNodeError<'payout.not-unknown'> {
  return new PaymentNodeError(
    'payout.not-unknown',
    `Payout ${payout} is ${state}: there is nothing to resolve.`,
    { payout, state },
    {
      advice:
        "Only a payout that was handed to LND, or is 'maybe-paid', and has not ended can be resolved.",
    },
  )
}
