import { PaymentNodeError } from '@payment-node/core'
import { inSat } from '../clock-face.ts'
import { refusal } from '../refusal.ts'
import type { Day } from '../simulated-day.ts'

/** Invoices that expire, are canceled, are paid after all, or are refused. */
export async function invoicesEnd(day: Day): Promise<void> {
  const { shop } = day
  await day.passUntil('10:10')
  const forgotten = await day.sell('bakery', 50_000, '15m')
  await day.passUntil('10:27')
  await shop.heard('invoice.expired', ({ invoice }) => invoice.id === forgotten.id)
  await day.tell('unpaid', 'bakery 50,000 sat expired after 15 minutes')

  await day.passUntil('10:40')
  const unwanted = await day.sell('bikes', 90_000)
  await shop.cancelInvoice(unwanted.id)
  await day.tell('unpaid', 'bikes 90,000 sat canceled: in LND first, so nobody can pay it any more')

  await day.passUntil('10:45')
  await payLate(day)
  await day.passUntil('11:15', 6)
  const huge = await refusal(day.sell('bikes', 9_000_000), 'invoice.above-receivable')
  const most = inSat(huge.details.receivable.msat)
  await day.tell('refused', `an invoice of 9,000,000 sat: the node can receive ${most} now`)
}

/**
 * It takes two faults: clocks that run behind, so that LND would still take the payment, and an LND
 * that denies knowing the invoice when the library wants to cancel it.
 */
async function payLate(day: Day): Promise<void> {
  const { lnd, customers } = day.world
  const behind = -600_000
  for (const node of [lnd, customers.ben]) node.setClockSkew(behind)
  const invoice = await day.sell('farm', 12_000, '15m')
  const { paymentHash } = invoice
  const remember = lnd.faults.add(({ call, moment, parameters }) =>
    call === 'lookupInvoice' && moment === 'before-reply' && parameters[0] === paymentHash
      ? { error: new PaymentNodeError('node.invoice-not-found', 'injected', { paymentHash }) }
      : undefined,
  )
  await day.passUntil('10:52')
  await day.shop.heard('invoice.expired', (expired) => expired.invoice.id === invoice.id)
  remember()
  await day.tell(
    'trouble',
    "injected: LND's clock is 10 minutes behind, and it denied an invoice: expired",
  )
  await day.collect('ben', invoice)
  const { invoice: settled } = await day.shop.heard(
    'invoice.settled',
    (late) => late.invoice.id === invoice.id,
  )
  const mark = settled.isLate ? 'late' : 'in time'
  await day.tell('paid', `farm 12,000 sat by Ben for that invoice: credited, and marked as ${mark}`)
  for (const node of [lnd, customers.ben]) node.setClockSkew(0)
}
