import type { BoltzLightning, HoldState } from '@payment-node/testkit/boltz-server'
import type { RegtestNode } from '../node-controls.ts'

const holdStates: Readonly<Record<string, HoldState>> = {
  OPEN: 'open',
  ACCEPTED: 'held',
  SETTLED: 'settled',
  CANCELED: 'canceled',
}

/** A real LND as the server's Lightning node: hold invoices of `invoicesrpc`. */
export function lndLightning(node: RegtestNode): BoltzLightning {
  const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')
  return {
    publicKey: node.publicKey,
    async addHoldInvoice(terms) {
      const { payment_request } = await node.addHoldInvoice(bytes(terms.paymentHash), {
        memo: terms.memo,
        expiry: String(terms.expirySeconds),
        cltv_expiry: String(terms.minFinalCltv),
        ...(terms.amountMsat !== null && { value_msat: String(terms.amountMsat) }),
      })
      return payment_request
    },
    async holdState(paymentHash) {
      return holdStates[(await node.lookupInvoice(bytes(paymentHash))).state]!
    },
    // SettleInvoice of what is settled is an error of LND.
    async settle(preimage) {
      await node.settleHold(bytes(preimage)).catch((error: unknown) => {
        if (!/already settled/.test(String(error))) throw error
      })
    },
    cancel: (paymentHash) => node.cancelHold(bytes(paymentHash)),
    watch(paymentHash, changed) {
      const stream = node.stream('invoicesrpc.Invoices', 'SubscribeSingleInvoice', {
        r_hash: bytes(paymentHash),
      })
      stream.on('data', changed)
      stream.on('error', () => {})
      return () => stream.cancel()
    },
  }
}
