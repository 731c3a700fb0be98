import { type LightningNode, type Network, PaymentNodeError } from '@payment-node/core'

/** Whom the books are about. */
export interface BoundNode {
  /** 33 bytes, compressed, hex. */
  readonly publicKey: string
  readonly network: Network
}

/**
 * Stands in for the Lightning node while only the books are looked at: never reaches LND, and refuses
 * everything. With `identity` it says that it is that node, without one that it is away.
 */
export function stillNode(identity?: BoundNode): LightningNode {
  return {
    contractVersion: 1,
    name: 'still',
    async getInfo() {
      if (!identity) return refuse()
      return {
        ...identity,
        alias: '',
        version: '',
        blockHeight: 0,
        isSyncedToChain: true,
        isSyncedToGraph: true,
        acceptsKeysend: false,
      }
    },
    listChannels: async () => refuse(),
    listPendingChannels: async () => refuse(),
    listClosedChannels: async () => refuse(),
    watchChannels: refuse,
    walletBalance: async () => refuse(),
    createInvoice: async () => refuse(),
    lookupInvoice: async () => refuse(),
    cancelInvoice: async () => refuse(),
    listInvoices: async () => refuse(),
    watchSettlements: refuse,
    decodeInvoice: async () => refuse(),
    pay: refuse,
    trackPayment: refuse,
    listPayments: async () => refuse(),
    highWater: async () => refuse(),
    async close() {},
  }
}

function refuse(): never {
  throw new PaymentNodeError('node.unavailable', 'Only the books are looked at.', {
    reason: 'not-started',
    outcome: 'none',
  })
}
