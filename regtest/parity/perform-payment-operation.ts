import type { NewPayment, PaymentUpdate } from '@payment-node/core'
import { type Actor, type ForeignInvoice, pick } from './actor.ts'
import { hashPreimage } from './hash-preimage.ts'
import type { PaymentOperation } from './operation.ts'
import { outcomeOf } from './outcome-of.ts'
import { payHeld } from './pay-held.ts'
import { paymentOf } from './payment-of.ts'
import type { Result } from './receive-payment.ts'

const unknownHash = '00'.repeat(32)
/** BOLT11's own first example: mainnet, good checksum. */
const otherNetwork =
  'lnbc1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq8rkx3yf5tcsyz3d73gafnh3cax9rn449d9p5uxz9ezhhypd0elx87sjle52x86fux2ypatgddc6k63n7erqz25le42c4u4ecky03ylcqca784w'

/** Paying, decoding and following; resolves with what the port said. */
export async function performPaymentOperation(
  actor: Actor,
  operation: PaymentOperation,
): Promise<Result> {
  const { node } = actor.world
  switch (operation.kind) {
    case 'pay':
      return payNew(actor, operation)
    case 'pay-again': {
      const invoice = pick(actor.foreign, operation.slot)
      if (!invoice) return 'nothing to do'
      const { paymentHash, isHold } = invoice
      // Of a payment that hangs already the second call says so; a first one would hang, too.
      const isHeld = isHold && (await actor.world.counterparties.peer.isHeld(paymentHash))
      if (isHold && !isHeld) return payHeld(actor, invoice, operation.feeLimitMsat)
      return pay(actor, paymentOf(invoice, operation.feeLimitMsat))
    }
    case 'pay-own': {
      const invoice = pick(actor.invoices, operation.slot)
      if (!invoice) return 'nothing to do'
      const { paymentRequest, amountMsat } = invoice
      const amount = amountMsat === null ? { amountMsat: 1_000n } : {}
      return pay(actor, { paymentRequest, ...amount, feeLimitMsat: 1_000n, timeoutSeconds: 60 })
    }
    case 'pay-malformed': {
      const paymentRequest = spoil(pick(actor.foreign, 0)?.paymentRequest, operation.how)
      return pay(actor, { paymentRequest, feeLimitMsat: 1_000n, timeoutSeconds: 60 })
    }
    case 'decode': {
      const invoice = pick(actor.foreign, operation.slot)
      return outcomeOf(node.decodeInvoice(spoil(invoice?.paymentRequest, operation.how)))
    }
    case 'track-unknown':
      return outcomeOf(readLast(node.trackPayment(unknownHash)))
    case 'list-payments': {
      const all = await outcomeOf(node.listPayments({ afterIndex: 0n, limit: 1000 }))
      const afterIndex = Array.isArray(all) ? (pick(all, operation.after)?.index ?? 0n) : 0n
      return outcomeOf(node.listPayments({ afterIndex, limit: operation.limit }))
    }
  }
}

function spoil(
  paymentRequest: string | undefined,
  how: 'as-it-is' | 'upper-case' | 'other-network' | 'changed-letter' | 'no-invoice',
): string {
  if (how === 'other-network') return otherNetwork
  if (how === 'no-invoice' || !paymentRequest) return 'lightning'
  if (how === 'upper-case') return paymentRequest.toUpperCase()
  if (how === 'as-it-is') return paymentRequest
  return `${paymentRequest.slice(0, -1)}${paymentRequest.endsWith('q') ? 'p' : 'q'}`
}

/** A new invoice of a counterparty, paid with or without one of the usual mistakes. */
async function payNew(
  actor: Actor,
  operation: Extract<PaymentOperation, { kind: 'pay' }>,
): Promise<Result> {
  const { to, amountMsat, isOpenAmount, feeLimitMsat, spoiled } = operation
  const payee = actor.world.counterparties[to]
  const preimage = actor.nextPreimage()
  const paymentHash = hashPreimage(preimage)
  const paymentRequest = await payee.createInvoice({
    preimage,
    amountMsat: isOpenAmount ? null : amountMsat,
    memo: 'two coffees',
    expirySeconds: spoiled === 'expired' ? 1 : 3600,
  })
  if (spoiled === 'canceled') await payee.cancelInvoice(paymentHash)
  if (spoiled === 'expired') await actor.world.passTime(2_000)
  const saysAmount = spoiled === 'with-amount' || (isOpenAmount && spoiled !== 'without-amount')
  const invoice: ForeignInvoice = {
    by: to,
    ...{ preimage, paymentHash, paymentRequest },
    amountMsat: saysAmount ? amountMsat : undefined,
    isHold: false,
  }
  actor.foreign.push(invoice)
  return pay(actor, paymentOf(invoice, feeLimitMsat))
}

async function pay(actor: Actor, payment: NewPayment): Promise<Result> {
  return outcomeOf(readLast(actor.world.node.pay(payment)))
}

/** The terminal update; everything before it must have been in flight. */
async function readLast(updates: AsyncIterable<PaymentUpdate>): Promise<PaymentUpdate> {
  let last: PaymentUpdate | undefined
  for await (const update of updates) {
    if (last && last.state !== 'in-flight') throw new Error('an update after the last one')
    last = update
  }
  if (!last) throw new Error('the stream ended without a word')
  return last
}
