import { invalid, type NewPayment, PaymentNodeError } from '@payment-node/core'
import type { ReadInvoice } from './decode-bolt11.ts'
import { maximumCltvBlocks } from './find-route.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import { filePayment, type PaymentRecord } from './payment-book.ts'
import { type PaymentTarget, paddingBlocks, routePayment } from './route-payment.ts'
import { inBackground, type Simulation } from './simulation.ts'

/** LND's `max_parts` when the caller does not say. */
const defaultParts = 16

/** SendPaymentV2 for an invoice: refuses before anything is stored, or stores and starts. */
export function payInvoice(
  simulation: Simulation,
  node: NodeState,
  payment: NewPayment,
): PaymentRecord {
  if ((payment.maximumCltv ?? 0) > maximumCltvBlocks) {
    throw refused('pay', 'cltv-limit', `the limit is above the node's own, ${maximumCltvBlocks}`)
  }
  const invoice = readForPaying(simulation, payment.paymentRequest)
  const now = simulation.clock.now() + node.clockSkew
  if (now >= invoice.createdAt + invoice.expirySeconds * 1000) {
    throw refused('pay', 'expired', 'the invoice has expired')
  }
  if (invoice.amountMsat !== null && payment.amountMsat !== undefined) {
    throw refused('pay', 'amount', 'the invoice has an amount of its own')
  }
  const amountMsat = invoice.amountMsat ?? payment.amountMsat
  if (amountMsat === undefined) {
    throw refused('pay', 'amount', 'the invoice has no amount, so the payer must say one')
  }
  if (invoice.paymentSecret === undefined) {
    throw refused('pay', 'payment-secret', 'the invoice has no payment secret')
  }
  const { maximumCltv } = payment
  if (maximumCltv !== undefined && maximumCltv <= invoice.minFinalCltv + paddingBlocks) {
    throw refused('pay', 'cltv-limit', 'the payee alone wants more blocks than the limit')
  }
  if (invoice.destination === node.publicKey) {
    throw refused('pay', 'self-payment', 'a node does not pay itself')
  }
  return startPayment(simulation, node, invoice.paymentHash, amountMsat, {
    destination: invoice.destination,
    paymentSecret: invoice.paymentSecret,
    minFinalCltv: invoice.minFinalCltv,
    routeHints: invoice.routeHints,
    feeLimitMsat: payment.feeLimitMsat,
    timeoutSeconds: payment.timeoutSeconds,
    maximumParts: payment.maximumParts ?? defaultParts,
    outgoingChannels: (payment.outgoingChannels ?? []).map(BigInt),
    maximumCltvBlocks: payment.maximumCltv,
  })
}

/** Refuses what no node may be asked: a negative fee limit above all. */
export function checkPayment(payment: NewPayment): void {
  const { amountMsat, feeLimitMsat, timeoutSeconds, maximumParts = defaultParts } = payment
  if (feeLimitMsat < 0n) throw invalid('feeLimitMsat', 'negative', 'must be 0n or more')
  if (amountMsat !== undefined && amountMsat <= 0n) {
    throw invalid('amountMsat', 'not-positive', 'must be more than zero')
  }
  const { maximumCltv = 1, outgoingChannels = [] } = payment
  if (!outgoingChannels.every((id) => /^[1-9]\d{0,19}$/.test(id))) {
    throw invalid('outgoingChannels', 'malformed', 'must be short channel ids: decimal text')
  }
  for (const [field, value] of Object.entries({ timeoutSeconds, maximumParts, maximumCltv })) {
    if (!Number.isInteger(value) || value < 1) {
      throw invalid(field, 'out-of-range', 'must be a whole number above zero')
    }
  }
}

function readForPaying(simulation: Simulation, paymentRequest: string): ReadInvoice {
  try {
    return simulation.decode(paymentRequest)
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.invoice-malformed')) throw error
    const reason = error.details.reason === 'wrong-network' ? 'wrong-network' : 'malformed'
    throw refused('pay', reason, error.message)
  }
}

/** Stores the payment under its hash and lets it run. A hash that lives or was paid is refused. */
export function startPayment(
  simulation: Simulation,
  node: NodeState,
  paymentHash: string,
  amountMsat: bigint,
  target: PaymentTarget,
): PaymentRecord {
  const earlier = node.payments.byHash.get(paymentHash)
  if (earlier && !(earlier.isFinal && earlier.preimage === undefined)) {
    // LND takes an index before it looks.
    node.payments.nextIndex()
    const state = earlier.isFinal ? 'paid' : 'in-flight'
    throw new PaymentNodeError('node.payment-exists', `The payment hash is ${state} already`, {
      paymentHash,
      state,
    })
  }
  const createdAt = simulation.clock.now() + node.clockSkew
  const record = filePayment(node.payments, { paymentHash, amountMsat, createdAt })
  inBackground(beginRouting(simulation, node, record, target))
  return record
}

/** Path finding takes a moment, in which the payment is stored and nothing is on the wire. */
async function beginRouting(
  simulation: Simulation,
  node: NodeState,
  record: PaymentRecord,
  target: PaymentTarget,
): Promise<void> {
  const { run } = node
  await simulation.clock.sleep(simulation.timing.callMilliseconds)
  if (node.run === run) await routePayment(simulation, node, record, target)
}
