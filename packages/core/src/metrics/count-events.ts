import { type Amount, parseAmount } from '../domain/amount.ts'
import type { Meter } from '../ports/meter.ts'
import type { NewEvent } from '../ports/storage.ts'

/** What is read of an event's body: the views that hosts get. */
interface Body {
  readonly data: {
    readonly invoice?: {
      readonly paid: string | null
      readonly createdAt: number
      readonly endedAt: number | null
    }
    readonly payout?: {
      readonly amount: string
      readonly fee: string | null
      readonly createdAt: number
      readonly updatedAt: number
    }
  }
}

/** Counts events by type, and the amounts and times of what they end. Called when they are durable. */
export function countEvents(events: readonly NewEvent[], meter: Meter): void {
  for (const { type, body } of events) {
    meter.count('payment_node.events', 1, { 'payment_node.event.type': type })
    if (type === 'invoice.settled') countSettled(JSON.parse(body) as Body, meter)
    else if (type === 'payout.succeeded' || type === 'payout.failed') {
      countPayout(JSON.parse(body) as Body, type.slice('payout.'.length), meter)
    }
  }
}

function countSettled({ data: { invoice } }: Body, meter: Meter): void {
  if (!invoice?.paid) return
  meter.count('payment_node.invoice.received', inSatoshi(parseAmount(invoice.paid)))
  const took = (invoice.endedAt ?? invoice.createdAt) - invoice.createdAt
  meter.record('payment_node.invoice.duration', Math.max(0, took) / 1000)
}

function countPayout({ data: { payout } }: Body, state: string, meter: Meter): void {
  if (!payout) return
  const took = Math.max(0, payout.updatedAt - payout.createdAt) / 1000
  meter.record('payment_node.payout.duration', took, { 'payment_node.payout.state': state })
  if (state !== 'succeeded') return
  meter.count('payment_node.payout.sent', inSatoshi(parseAmount(payout.amount)))
  if (payout.fee) meter.count('payment_node.payout.fee', inSatoshi(parseAmount(payout.fee)))
}

/** A fraction for what is no whole satoshi; the books are in msat, this is for charts. */
function inSatoshi({ msat }: Amount): number {
  return Number(msat) / 1000
}
