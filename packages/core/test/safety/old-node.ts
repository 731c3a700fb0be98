import type { LightningNode, NodeChannel, PaymentNodeOptions } from '@payment-node/core'
import { openShop, type Shop } from '../shop.ts'

/** What this LND shows differently from what it really has. */
export interface Disguise {
  channel?: (channel: NodeChannel) => NodeChannel | undefined
  /** The newest payment index that it shows. */
  paymentIndex?: bigint
  /** It has forgotten its payments up to this index, and counts from 1 again. */
  forgottenUpTo?: bigint
  forgets?: (paymentHash: string) => boolean
  answer?: Partial<LightningNode>
}

/** A connection to the shop's LND as it would be after its database was replaced by an old copy. */
function disguised(lightning: LightningNode, disguise: Disguise): LightningNode {
  return {
    ...lightning,
    async listChannels(signal) {
      const channels = await lightning.listChannels(signal)
      const change = disguise.channel ?? ((channel) => channel)
      return channels.flatMap((channel) => change(channel) ?? [])
    },
    async highWater(signal) {
      const highWater = await lightning.highWater(signal)
      const newest = highWater.paymentIndex - (disguise.forgottenUpTo ?? 0n)
      return { ...highWater, paymentIndex: disguise.paymentIndex ?? newest }
    },
    async listPayments({ afterIndex, limit }, signal) {
      const forgotten = disguise.forgottenUpTo ?? 0n
      const page = { afterIndex: afterIndex + forgotten, limit }
      const payments = await lightning.listPayments(page, signal)
      return payments
        .map((payment) => ({ ...payment, index: payment.index - forgotten }))
        .filter(({ index }) => index <= (disguise.paymentIndex ?? index))
    },
    async lookupInvoice(paymentHash, signal) {
      const invoice = await lightning.lookupInvoice(paymentHash, signal)
      return disguise.forgets?.(paymentHash) ? { ...invoice, state: 'open', paidMsat: 0n } : invoice
    },
    ...disguise.answer,
  }
}

export interface DisguisedShop {
  readonly shop: Shop
  readonly disguise: Disguise
  /** Another process on the same books and the same disguised LND. */
  open(options?: Partial<PaymentNodeOptions>): ReturnType<Shop['open']>
}

export function openDisguised(): DisguisedShop {
  const shop = openShop()
  const disguise: Disguise = {}
  return {
    shop,
    disguise,
    open: (options = {}) =>
      shop.open({ lightning: disguised(shop.lnd.connect(), disguise), ...options }),
  }
}
