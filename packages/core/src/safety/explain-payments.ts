import type { Context, Identity } from '../context.ts'
import { foreignPaymentId } from '../domain/ledger.ts'
import { lastAttempt } from '../payouts/get-payout.ts'
import type { PayoutRows } from '../payouts/mark-attempt.ts'
import type { PaymentUpdate } from '../ports/lightning-node.ts'
import { isDaemonPayment } from '../swaps/delegated/is-daemon-payment.ts'
import { ledgerTransactions } from '../tables/ledger.ts'
import { payouts, usedHashes } from '../tables/payouts.ts'
import { swaps } from '../tables/swaps.ts'

/** A payment of LND that moved money, or may still. */
export type NodePayment = Omit<PaymentUpdate, 'htlcs'>

/** What LND's history has that the books do not explain. */
export interface PaymentFindings {
  /** Of no payout, and not booked. */
  readonly unknown: readonly NodePayment[]
  /** Made by a daemon for a swap of the books, and not booked: the operator's, as those of other programs. */
  readonly daemons: readonly NodePayment[]
  /** Of payouts that the books hold for unsent. */
  readonly behind: readonly { readonly rows: PayoutRows; readonly payment: NodePayment }[]
  /** Index of the newest payment that was looked at. */
  readonly through: bigint
}

const page = 1000

/** Looks at every payment of LND with an index above `after`. What failed moved no money and needs no explanation. */
export async function explainPayments(
  context: Context,
  identity: Identity,
  after: bigint,
  signal: AbortSignal,
): Promise<PaymentFindings> {
  const unknown: NodePayment[] = []
  const daemons: NodePayment[] = []
  const behind: { rows: PayoutRows; payment: NodePayment }[] = []
  let through = after
  while (!signal.aborted) {
    const listed = await context.lightning.listPayments(
      { afterIndex: through, limit: page },
      signal,
    )
    for (const { htlcs: _, ...payment } of listed) {
      const found = await explain(context, identity, payment)
      if (found === 'unknown') {
        if (await isDaemonPayment(context, identity, payment)) daemons.push(payment)
        else unknown.push(payment)
      } else if (found) behind.push({ rows: found, payment })
      if (payment.index > through) through = payment.index
    }
    if (listed.length < page) break
  }
  return { unknown, daemons, behind, through }
}

/** Undefined when there is an explanation; the rows of the payout that the books hold for unsent. */
async function explain(
  context: Context,
  identity: Identity,
  payment: NodePayment,
): Promise<'unknown' | PayoutRows | undefined> {
  const { storage } = context
  const { publicKey } = identity
  const used = await storage.get(usedHashes, [publicKey, payment.paymentHash])
  const payout = used && (await storage.get(payouts, [used.payout]))
  if (payout?.state === 'reserved') {
    const attempt = await lastAttempt(context, payout.id)
    const isOurs = payment.index > BigInt(attempt.prior_index)
    return attempt.state === 'recorded' && isOurs ? { payout, attempt } : undefined
  }
  // An operator may have resolved it as failed, and LND has paid it after all.
  if (payout && payout.state !== 'failed') return undefined
  if (payment.state === 'failed') return undefined
  if (await isOfSwap(context, identity, payment)) return undefined
  const id = foreignPaymentId(payment.paymentHash)
  return (await storage.get(ledgerTransactions, [publicKey, id])) ? undefined : 'unknown'
}

/** Its swap follows it to its end and books it, also one whose terms these books have and hold for unpaid. */
async function isOfSwap(
  { storage }: Context,
  { publicKey }: Identity,
  { paymentHash }: NodePayment,
): Promise<boolean> {
  const equals = [publicKey, paymentHash]
  const [swap] = await storage.find(swaps, { index: 'hash', equals, limit: 1 })
  // These books pay nothing before there are terms. Later they are missing in damaged books only.
  if (!swap || (swap.state === 'created' && swap.terms === null)) return false
  return swap.state !== 'failed-unpaid' && swap.state !== 'returned'
}

/** The index belongs to it: another program may try a failed payment again. */
export function paymentDifference({
  paymentHash,
  index,
}: Pick<NodePayment, 'paymentHash' | 'index'>): string {
  return `payment/${paymentHash}/${index}`
}
