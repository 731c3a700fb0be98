import type { AnyEvent } from '@payment-node/core'
import type { Plain, Shop } from './processes/open-shop.ts'

/** What a line of the timeline is about. */
export type LineKind =
  | 'shop'
  | 'keeper'
  | 'paid'
  | 'unpaid'
  | 'payout'
  | 'swap'
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
  /** What became of each channel and opening, as the shop was told. */
  readonly channels: ChannelNews[]
  /** When our process was killed, and when it ran again. */
  readonly kills: { readonly from: number; to: number }[]
  /** When LND could not be used. */
  readonly outages: { readonly from: number; to: number }[]
}

/** Something that happened to a channel, or to an opening that did not become one. */
export interface ChannelNews {
  readonly at: number
  readonly state: 'opening' | 'active' | 'inactive' | 'closing' | 'closed' | 'failed'
  /** Public key. */
  readonly peer: string
  /** Its funding outpoint; the id of the opening that failed. */
  readonly subject: string
  /** Null: the books have it. */
  readonly capacityMsat: bigint | null
  /** Opened by the shop's own LND. */
  readonly isOurs: boolean
  /** Why it was not opened, or was closed, machine-readable. */
  readonly reason: string | null
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
  const record: DayRecord = {
    lines: [],
    samples: [],
    payments: [],
    channels: [],
    kills: [],
    outages: [],
  }
  shop.onEvent((event) => {
    const payment = paymentOf(event)
    if (payment) record.payments.push(payment)
    const news = channelNewsOf(event)
    if (news) record.channels.push(news)
  })
  return record
}

function channelNewsOf(event: Plain<AnyEvent>): ChannelNews | undefined {
  const at = event.occurredAt
  if (event.type === 'channel.open-failed') {
    const { id: subject, peer, reason } = event.data.opening
    return { at, state: 'failed', peer, subject, capacityMsat: null, isOurs: true, reason }
  }
  switch (event.type) {
    case 'channel.opening':
    case 'channel.active':
    case 'channel.inactive':
    case 'channel.closing':
    case 'channel.closed': {
      const { state, peer, channelPoint, capacity, isInitiator, attribution } = event.data.channel
      return {
        at,
        state,
        peer,
        subject: channelPoint,
        capacityMsat: capacity.msat,
        isOurs: isInitiator,
        reason: attribution?.cause ?? null,
      }
    }
    default:
      return undefined
  }
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
