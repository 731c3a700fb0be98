import { type Identity, rowBase } from '../context.ts'
import type { differences } from '../tables/comparison.ts'
import type { invoices } from '../tables/invoices.ts'
import type { Fields, RowOf } from '../tables/table.ts'
import type { DifferenceKind } from './difference-view.ts'
import { type NodePayment, type PaymentFindings, paymentDifference } from './explain-payments.ts'
import {
  forgottenInvoice,
  olderChannel,
  type SightedChannel,
  unlistedChannel,
} from './sight-node.ts'

type DifferenceFields = Fields<typeof differences>

/** What was found; the rest of its row is the same for all. */
export type NewDifference = Pick<DifferenceFields, 'id' | 'books'> & {
  readonly kind: DifferenceKind
} & Partial<
    Pick<
      DifferenceFields,
      | 'payment_state'
      | 'payment_hash'
      | 'amount_msat'
      | 'fee_msat'
      | 'channel_point'
      | 'shown'
      | 'occurred_at'
    >
  >

/** The row of a new difference, `open`. */
export function differenceRow(
  identity: Identity,
  difference: NewDifference,
  now: number,
): DifferenceFields {
  return {
    ...rowBase(identity),
    payment_state: null,
    payment_hash: null,
    amount_msat: null,
    fee_msat: null,
    channel_point: null,
    shown: null,
    occurred_at: now,
    ...difference,
    state: 'open',
    found_at: now,
    ended_at: null,
  }
}

export function aheadCounter(outside: number, books: number): NewDifference {
  return {
    id: `counter/${outside}`,
    kind: 'counter-ahead',
    shown: outside,
    books: `have counted ${books} intents to pay, the counter outside has ${outside}`,
  }
}

export function unknownPayment(payment: NodePayment): NewDifference {
  return {
    id: paymentDifference(payment),
    kind: 'unknown-payment',
    payment_state: payment.state,
    payment_hash: payment.paymentHash,
    amount_msat: payment.amountMsat,
    fee_msat: payment.feeMsat,
    shown: Number(payment.index),
    occurred_at: payment.createdAt,
    books: 'know no payout with this payment hash',
  }
}

export function payoutBehind({ rows, payment }: PaymentFindings['behind'][number]): NewDifference {
  return {
    id: `payout/${rows.payout.id}`,
    kind: 'payout-behind',
    payment_state: payment.state,
    payment_hash: payment.paymentHash,
    amount_msat: payment.amountMsat,
    fee_msat: payment.feeMsat,
    shown: Number(payment.index),
    occurred_at: payment.createdAt,
    books: `hold payout ${rows.payout.id} of ${rows.payout.partner} for unsent`,
  }
}

export function channelOlder(
  channel: Pick<SightedChannel, 'channelPoint' | 'knownUpdates' | 'shownUpdates'>,
): NewDifference {
  return {
    id: olderChannel(channel),
    kind: 'channel-older',
    channel_point: channel.channelPoint,
    shown: channel.shownUpdates,
    books: `have seen its update ${channel.knownUpdates}, LND shows ${channel.shownUpdates}`,
  }
}

export function channelUnlisted(channel: SightedChannel): NewDifference {
  return {
    id: unlistedChannel(channel),
    kind: 'channel-unlisted',
    channel_point: channel.channelPoint,
    books: `have seen it open, with update ${channel.knownUpdates}`,
  }
}

export function missingPayments(known: number, shown: number): NewDifference {
  return {
    id: `payments/${known}/${shown}`,
    kind: 'payments-missing',
    shown,
    books: `have seen payment ${known} of LND, whose last one is ${shown}`,
  }
}

export function invoiceForgotten(row: RowOf<typeof invoices>): NewDifference {
  return {
    id: forgottenInvoice(row),
    kind: 'invoice-forgotten',
    payment_hash: row.payment_hash,
    amount_msat: row.paid_msat,
    books: `have seen invoice ${row.id} of ${row.partner} settled`,
  }
}

/** What the proof of the books found; `at` names it. */
export function missingValue(
  kind: 'value-missing' | 'insolvent',
  missingMsat: bigint,
  at: number,
  says: string,
): NewDifference {
  return { id: `proof/${kind}/${at}`, kind, amount_msat: missingMsat, books: says }
}
