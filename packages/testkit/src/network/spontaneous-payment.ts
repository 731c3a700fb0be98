import { hashPreimage } from './hash-preimage.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import type { PaymentRecord } from './payment-book.ts'
import type { Simulation } from './simulation.ts'
import { payInvoice, startPayment } from './start-payment.ts'

/** How a peer pays an invoice. */
export interface OutgoingPayment {
  /**
   * For an invoice without amount. With an amount other than the invoice's, the payment is sent by
   * hash and payment secret: this is how payers overpay.
   */
  readonly amountMsat?: bigint
  /** Default: 5 % and 10 sat. */
  readonly feeLimitMsat?: bigint
  /** Seconds; default 60. */
  readonly timeoutSeconds?: number
  readonly maximumParts?: number
}

/** A peer's payment; unlike the port, it may pay another amount than the invoice asks. */
export function sendPayment(
  simulation: Simulation,
  node: NodeState,
  paymentRequest: string,
  options: OutgoingPayment = {},
): PaymentRecord {
  const invoice = simulation.decode(paymentRequest)
  const amountMsat = options.amountMsat ?? invoice.amountMsat
  if (amountMsat === null) throw refused('pay', 'amount', 'the invoice has no amount')
  const { timeoutSeconds = 60, maximumParts = 16 } = options
  const feeLimitMsat = options.feeLimitMsat ?? amountMsat / 20n + 10_000n
  const limits = { feeLimitMsat, timeoutSeconds, maximumParts }
  if (invoice.amountMsat === null || options.amountMsat === undefined) {
    return payInvoice(simulation, node, {
      paymentRequest,
      ...(invoice.amountMsat === null ? { amountMsat } : {}),
      ...limits,
    })
  }
  const { destination, paymentSecret, minFinalCltv, routeHints } = invoice
  return startPayment(simulation, node, invoice.paymentHash, amountMsat, {
    destination,
    paymentSecret,
    minFinalCltv,
    routeHints,
    ...limits,
  })
}

/** A payment that no invoice asked for: the sender makes the preimage. */
export function sendSpontaneous(
  simulation: Simulation,
  node: NodeState,
  kind: 'keysend' | 'amp',
  destination: string,
  amountMsat: bigint,
  preimageBytes: Uint8Array = simulation.random.bytes(32),
): PaymentRecord {
  if (destination === node.publicKey) {
    throw refused('pay', 'self-payment', 'a node does not pay itself')
  }
  const preimage = Buffer.from(preimageBytes).toString('hex')
  const paymentHash = hashPreimage(preimage)
  return startPayment(simulation, node, paymentHash, amountMsat, {
    destination,
    paymentSecret: undefined,
    minFinalCltv: 80,
    routeHints: [],
    spontaneous: { kind, preimage },
    feeLimitMsat: amountMsat / 20n + 10_000n,
    timeoutSeconds: 60,
    maximumParts: 1,
  })
}
