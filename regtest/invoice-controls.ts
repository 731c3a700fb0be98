import type { NodeConnection } from './node-controls.ts'

/** What AddInvoice returns. */
export interface AddedInvoice {
  /** The payment hash, 32 bytes. */
  readonly r_hash: Buffer
  /** BOLT11. */
  readonly payment_request: string
  readonly add_index: string
}

/** An invoice as LND looks it up, the part tests need. */
export interface LndInvoice {
  readonly r_hash: Buffer
  readonly r_preimage: Buffer
  readonly payment_request: string
  /** OPEN, SETTLED, CANCELED or ACCEPTED. */
  readonly state: string
  /** Decimal strings, in msat. */
  readonly value_msat: string
  readonly amt_paid_msat: string
  readonly add_index: string
  readonly settle_index: string
  readonly is_keysend: boolean
  readonly htlcs: readonly { state: string; amt_msat: string }[]
}

/** Invoices of a node. */
export interface InvoiceControls {
  /** `AddInvoice` with any fields, such as `{ value_msat: '1000', r_preimage: bytes }`. */
  addInvoice(fields: object): Promise<AddedInvoice>
  /** `AddHoldInvoice` for a payment hash, 32 bytes, whose preimage is kept elsewhere. */
  addHoldInvoice(hash: Buffer, fields?: object): Promise<AddedInvoice>
  /** Takes the held payment. */
  settleHold(preimage: Buffer): Promise<void>
  /** Cancels a held or open invoice. */
  cancelHold(paymentHash: Buffer): Promise<void>
  /** `LookupInvoice`. */
  lookupInvoice(paymentHash: Buffer): Promise<LndInvoice>
  /** Waits until an invoice has a state, such as ACCEPTED for a held payment. */
  waitUntilInvoice(paymentHash: Buffer, state: string): Promise<LndInvoice>
}

export function createInvoiceControls({ rpc, waitFor }: NodeConnection): InvoiceControls {
  const lookupInvoice = (paymentHash: Buffer): Promise<LndInvoice> =>
    rpc<LndInvoice>('lnrpc.Lightning', 'LookupInvoice', { r_hash: paymentHash })
  return {
    addInvoice: (fields) => rpc<AddedInvoice>('lnrpc.Lightning', 'AddInvoice', fields),
    addHoldInvoice: async (hash, fields = {}) => ({
      ...(await rpc<AddedInvoice>('invoicesrpc.Invoices', 'AddHoldInvoice', { hash, ...fields })),
      r_hash: hash,
    }),
    settleHold: async (preimage) => {
      await rpc('invoicesrpc.Invoices', 'SettleInvoice', { preimage })
    },
    cancelHold: async (paymentHash) => {
      await rpc('invoicesrpc.Invoices', 'CancelInvoice', { payment_hash: paymentHash })
    },
    lookupInvoice,
    waitUntilInvoice: (paymentHash, state) =>
      waitFor(`invoice ${paymentHash.toString('hex')} ${state}`, async () => {
        const invoice = await lookupInvoice(paymentHash)
        return invoice.state === state && invoice
      }),
  }
}
