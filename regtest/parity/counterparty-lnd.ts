import type { PaymentFailure } from '@payment-node/core'
import type { RegtestNode } from '../node-controls.ts'
import type { LndPayment } from '../payment-controls.ts'
import { hashPreimage } from './hash-preimage.ts'
import type { CounterpartyInvoice, CounterpartyPayment, WorldCounterparty } from './world.ts'

/** A real LND as the other end of payments. */
export function counterpartyLnd(node: RegtestNode): WorldCounterparty {
  return {
    async createInvoice(invoice) {
      const fields = { ...termsOf(invoice), r_preimage: Buffer.from(invoice.preimage) }
      return (await node.addInvoice(fields)).payment_request
    },
    async createHoldInvoice(invoice) {
      const hash = Buffer.from(hashPreimage(invoice.preimage), 'hex')
      return (await node.addHoldInvoice(hash, termsOf(invoice))).payment_request
    },
    isHeld: async (paymentHash) =>
      (await node.lookupInvoice(Buffer.from(paymentHash, 'hex'))).state === 'ACCEPTED',
    settleHold: (preimage) => node.settleHold(Buffer.from(preimage)),
    cancelInvoice: (paymentHash) => node.cancelHold(Buffer.from(paymentHash, 'hex')),
    pay: (paymentRequest, amountMsat) => pay(node, paymentRequest, amountMsat),
    payInOnePart: (paymentRequest) => send(node, { payment_request: paymentRequest, max_parts: 1 }),
    keysend: async (publicKey, amountMsat) => ended(await node.keysend(publicKey, amountMsat)),
  }
}

function termsOf({ amountMsat, memo, expirySeconds }: CounterpartyInvoice): object {
  return {
    ...(amountMsat === null ? {} : { value_msat: amountMsat.toString() }),
    memo,
    expiry: String(expirySeconds),
  }
}

interface Decoded {
  readonly num_msat: string
  readonly destination: string
  readonly payment_hash: string
  readonly payment_addr: Buffer
  readonly cltv_expiry: string
}

/** LND refuses another amount for an invoice that names one, so such a payer pays by hash and secret. */
async function pay(
  node: RegtestNode,
  paymentRequest: string,
  amountMsat: bigint | undefined,
): Promise<CounterpartyPayment> {
  const decoded = await node.rpc<Decoded>('lnrpc.Lightning', 'DecodePayReq', {
    pay_req: paymentRequest,
  })
  if (amountMsat === undefined || decoded.num_msat === '0') {
    return ended(await node.pay(paymentRequest, amountMsat))
  }
  return send(node, {
    dest: Buffer.from(decoded.destination, 'hex'),
    payment_hash: Buffer.from(decoded.payment_hash, 'hex'),
    payment_addr: decoded.payment_addr,
    final_cltv_delta: Number(decoded.cltv_expiry),
    amt_msat: amountMsat.toString(),
  })
}

async function send(node: RegtestNode, request: object): Promise<CounterpartyPayment> {
  const updates = node.stream<LndPayment>('routerrpc.Router', 'SendPaymentV2', {
    fee_limit_msat: '1000000',
    timeout_seconds: 60,
    no_inflight_updates: true,
    ...request,
  })
  for await (const payment of updates) {
    if (payment.status === 'SUCCEEDED' || payment.status === 'FAILED') return ended(payment)
  }
  throw new Error('LND ended the payment stream without a last word')
}

const failures: Readonly<Record<string, PaymentFailure>> = {
  FAILURE_REASON_TIMEOUT: 'timeout',
  FAILURE_REASON_NO_ROUTE: 'no-route',
  FAILURE_REASON_ERROR: 'error',
  FAILURE_REASON_INCORRECT_PAYMENT_DETAILS: 'incorrect-details',
  FAILURE_REASON_INSUFFICIENT_BALANCE: 'insufficient-balance',
  FAILURE_REASON_CANCELED: 'canceled',
}

function ended({ status, failure_reason }: LndPayment): CounterpartyPayment {
  if (status === 'SUCCEEDED') return { state: 'succeeded' }
  const failure = failures[failure_reason]
  return failure ? { state: 'failed', failure } : { state: 'failed' }
}
