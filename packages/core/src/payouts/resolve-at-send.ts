import type { Context, Identity, Leadership } from '../context.ts'
import { type ReadDestination, readDestination } from '../destinations/read-destination.ts'
import { resolveLnurlPay } from '../destinations/resolve-lnurl-pay.ts'
import { type PayoutReason, payoutReasonOf } from '../domain/payout-reason.ts'
import { PaymentNodeError } from '../errors.ts'
import type { Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { whenCompared } from '../safety/compared.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import { safety } from '../tables/node.ts'
import { attempts, payouts, usedHashes } from '../tables/payouts.ts'
import { insert, type RowOf, requireUnchanged, update } from '../tables/table.ts'
import { endPayout, hasEnded } from './end-payout.ts'
import { findAttempt } from './get-payout.ts'
import { isMaybePaid, maybePaidReason } from './maybe-paid.ts'
import { newAttempt } from './new-attempt.ts'
import { isOutboundShort, outboundPause } from './outbound-short.ts'
import type { PayResult } from './pay-payout.ts'
import { type PayableDestination, useInvoice } from './resolve-invoice.ts'

/** Milliseconds between two tries to reach a payee's server: growing, since it is half of the time it took so far. */
const shortestPause = 1000
const longestPause = 300_000

/** Milliseconds between two looks at a payout that waits for an operator's word. */
const maybePaidPause = 5000

/**
 * Asks the payee's server for an invoice and stores it as the payout's attempt, in one change, before
 * anything is sent (incident O10): while that attempt lives, nobody asks again. Until then nothing can have
 * been sent, so that a crash just asks again, and a failure is certain.
 */
export async function resolveAtSend(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  id: string,
  signal: AbortSignal,
): Promise<PayResult> {
  // An old copy of the books may hold for unsent what was paid: it is compared with LND first.
  if (!(await whenCompared(context, leadership, signal)) || context.live.state !== 'ready')
    return { ended: false, after: 1000 }
  const payout = await context.storage.get(payouts, [id])
  if (!payout || hasEnded(payout.state)) return { ended: true }
  if (await findAttempt(context, id)) return { ended: false, after: 0 }
  const wait = async (reason: PayoutReason, after: number): Promise<PayResult> => {
    await noteReason(context, leadership, payout, reason)
    return { ended: false, after }
  }
  const fail = async (reason: PayoutReason, evidence: unknown): Promise<PayResult> => {
    const basis = { payout, attempt: undefined }
    const ending = { state: 'failed', reason, evidence } as const
    const ended = await endPayout(context, identity, basis, ending, leadership.fence)
    // Else somebody else was faster, and may have sent it.
    return ended ? { ended: true } : { ended: false, after: shortestPause }
  }
  const isOverdue = payout.deadline !== null && payout.deadline <= context.clock.now()

  const guard = await readSafety(context, identity)
  if (isMaybePaid(payout, guard)) return wait(maybePaidReason, maybePaidPause)
  if (guard.is_halted) return wait('halted', 1000)
  // Before the invoice is asked for, so that it does not grow old while there is nothing to pay it with.
  if (await isOutboundShort(context, payout)) {
    return isOverdue ? fail('outbound-short', null) : wait('outbound-short', outboundPause)
  }
  try {
    const invoice = await askForInvoice(context, identity, payout, signal)
    return await storeAttempt(context, identity, leadership, { payout, guard }, invoice)
  } catch (error) {
    if (signal.aborted) return { ended: false, after: shortestPause }
    const says = error instanceof Error ? error.message : String(error)
    if (PaymentNodeError.is(error, 'payout.destination-unreachable')) {
      if (isOverdue) return fail('destination-unreachable', { says })
      const waited = Math.max(0, context.clock.now() - payout.created_at)
      const pause = Math.min(longestPause, Math.max(shortestPause, Math.floor(waited / 2)))
      return wait('destination-unreachable', pause)
    }
    // The server lies, or cannot be paid: its own reason, and nothing was sent.
    if (PaymentNodeError.is(error, 'payout.destination-invalid'))
      return fail(payoutReasonOf(error.details.reason), { says })
    if (PaymentNodeError.is(error, 'payout.destination-unsupported'))
      return fail(payoutReasonOf(error.details.kind), { says })
    if (PaymentNodeError.is(error, 'payout.hash-used')) return fail('hash-used', { says })
    throw error
  }
}

async function askForInvoice(
  context: Context,
  identity: Identity,
  payout: RowOf<typeof payouts>,
  signal: AbortSignal,
): Promise<PayableDestination> {
  const destination = readDestination(payout.destination, identity.network)
  if (!isAsked(destination)) throw new TypeError(`${payout.id} has nobody to ask for an invoice`)
  const answer = await resolveLnurlPay(context, destination, payout.amount_msat, signal)
  // It was decoded, and checked, for exactly this amount.
  return useInvoice(context, identity, answer.paymentRequest, answer.decoded, payout.amount_msat)
}

function isAsked(
  destination: ReadDestination,
): destination is Extract<ReadDestination, { readonly url: string }> {
  return destination.kind === 'lightning-address' || destination.kind === 'lnurl'
}

/** One change: attempt, hash, and the payout's own row, which no two can change from the same state; the kill switch stays as it was. */
async function storeAttempt(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  { payout, guard }: { payout: RowOf<typeof payouts>; guard: RowOf<typeof safety> },
  invoice: PayableDestination,
): Promise<PayResult> {
  const attempt = newAttempt(context, identity, payout.id, 1, invoice)
  const { node, network, payment_hash } = attempt
  const writes: Write[] = [
    update(payouts, payout, { payment_hash, reason: null, updated_at: attempt.created_at }),
    insert(attempts, attempt),
    insert(usedHashes, { node, network, payment_hash, payout: payout.id }),
    requireUnchanged(safety, guard),
  ]
  const isApplied = async (): Promise<boolean> =>
    (await findAttempt(context, payout.id))?.payment_hash === payment_hash
  const refused = await record(context, { writes, fence: leadership.fence }, isApplied)
  // Refused: somebody was faster, with this payout or with this hash, or has halted; it is looked at anew.
  return { ended: false, after: refused ? shortestPause : 0 }
}

async function noteReason(
  context: Context,
  leadership: Leadership,
  payout: RowOf<typeof payouts>,
  reason: PayoutReason,
): Promise<void> {
  if (payout.reason === reason) return
  const writes = [update(payouts, payout, { reason, updated_at: context.clock.now() })]
  await record(context, { writes, fence: leadership.fence }, async () => true)
}
