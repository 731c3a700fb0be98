import type { AnyEvent } from '@payment-node/core'
import type { Plain, Shop } from './processes/open-shop.ts'

/** What a line of the timeline is about. */
export type LineKind =
  | 'shop'
  | 'paid'
  | 'unpaid'
  | 'payout'
  | 'wait'
  | 'refused'
  | 'trouble'
  | 'back'
  | 'killed'

/** Everything that the report shows, in the order in which it happened. Times: milliseconds since 1970. */
export interface DayRecord {
  readonly lines: { readonly at: number; readonly kind: LineKind; readonly text: string }[]
  readonly samples: Sample[]
  readonly payments: Payment[]
  /** When our process was killed, and when it ran again. */
  readonly kills: { readonly from: number; to: number }[]
  /** When LND could not be used. */
  readonly outages: { readonly from: number; to: number }[]
}

export interface Sample {
  readonly at: number
  /** null: nobody can say. */
  readonly receivableMsat: bigint | null
  readonly sendableMsat: bigint | null
  readonly owedMsat: Readonly<Record<string, bigint>>
}

export interface Payment {
  readonly at: number
  readonly direction: 'in' | 'out'
  readonly outcome: 'succeeded' | 'failed'
  readonly partner: string
  readonly amountMsat: bigint
}

/** An empty record that notes every payment the shop hears of. */
export function createDayRecord(shop: Shop): DayRecord {
  const record: DayRecord = { lines: [], samples: [], payments: [], kills: [], outages: [] }
  shop.onEvent((event) => {
    const payment = paymentOf(event)
    if (payment) record.payments.push(payment)
  })
  return record
}

function paymentOf(event: Plain<AnyEvent>): Payment | undefined {
  if (event.type === 'invoice.settled') {
    const { partner, paid, endedAt } = event.data.invoice
    // The time of the payment, which may be long before we learned of it.
    const at = endedAt ?? event.occurredAt
    return { at, direction: 'in', outcome: 'succeeded', partner, amountMsat: paid!.msat }
  }
  if (event.type !== 'payout.succeeded' && event.type !== 'payout.failed') return undefined
  const { partner, amount } = event.data.payout
  const outcome = event.type === 'payout.failed' ? 'failed' : 'succeeded'
  return { at: event.occurredAt, direction: 'out', outcome, partner, amountMsat: amount.msat }
}

/** Notes what the shop sees at this moment. */
export async function takeSample(record: DayRecord, shop: Shop, at: number): Promise<Sample> {
  const { status, channels, balances } = await shop.look()
  const isReady = status.state === 'ready'
  const sum = (side: 'receivable' | 'sendable'): bigint | null =>
    isReady ? channels.reduce((total, channel) => total + channel[side].msat, 0n) : null
  const sample: Sample = {
    at,
    receivableMsat: sum('receivable'),
    sendableMsat: sum('sendable'),
    owedMsat: Object.fromEntries(
      balances.partners.map((one) => [one.partner, one.available.msat + one.reserved.msat]),
    ),
  }
  record.samples.push(sample)
  return sample
}
