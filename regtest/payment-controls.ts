import { createHash, randomBytes } from 'node:crypto'
import type { NodeConnection } from './node-controls.ts'

/** LND's last word on a payment, the part tests need. */
export interface LndPayment {
  /** SUCCEEDED or FAILED. */
  readonly status: string
  /** FAILURE_REASON_NONE, FAILURE_REASON_NO_ROUTE, … */
  readonly failure_reason: string
  /** Hex. */
  readonly payment_hash: string
  readonly payment_preimage: string
  /** Decimal strings, in msat. */
  readonly value_msat: string
  readonly fee_msat: string
}

/** Payments of a node. */
export interface PaymentControls {
  /**
   * Pays a BOLT11 invoice and resolves with LND's last word. The amount only where the invoice has
   * none. The fee limit defaults to 1000 sat.
   */
  pay(
    paymentRequest: string,
    amountMsat?: bigint | number,
    feeLimitMsat?: bigint | number,
  ): Promise<LndPayment>
  /** Pays a public key without an invoice; the receiver must run with `--accept-keysend`. */
  keysend(
    destinationPublicKey: string,
    amountMsat: bigint | number,
    feeLimitMsat?: bigint | number,
  ): Promise<LndPayment>
}

const keysendRecord = 5482373484
const defaultFeeLimitMsat = 1_000_000

export function createPaymentControls({ stream }: NodeConnection): PaymentControls {
  const send = async (request: object): Promise<LndPayment> => {
    const updates = stream<LndPayment>('routerrpc.Router', 'SendPaymentV2', {
      timeout_seconds: 60,
      no_inflight_updates: true,
      ...request,
    })
    updates.on('error', () => {})
    for await (const payment of updates) {
      if (payment.status === 'SUCCEEDED' || payment.status === 'FAILED') return payment
    }
    throw new Error('LND ended the payment stream without a last word')
  }
  return {
    pay: (paymentRequest, amountMsat, feeLimitMsat = defaultFeeLimitMsat) =>
      send({
        payment_request: paymentRequest,
        fee_limit_msat: String(feeLimitMsat),
        ...(amountMsat === undefined ? {} : { amt_msat: String(amountMsat) }),
      }),
    keysend: (destinationPublicKey, amountMsat, feeLimitMsat = defaultFeeLimitMsat) => {
      const preimage = randomBytes(32)
      return send({
        dest: Buffer.from(destinationPublicKey, 'hex'),
        amt_msat: String(amountMsat),
        payment_hash: createHash('sha256').update(preimage).digest(),
        dest_custom_records: { [keysendRecord]: preimage },
        dest_features: ['TLV_ONION_OPT'],
        fee_limit_msat: String(feeLimitMsat),
      })
    },
  }
}
