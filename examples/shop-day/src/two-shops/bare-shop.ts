import type { SimulatedNode } from '@payment-node/testkit'
import type { Market } from './build-market.ts'

/** The same LND without the library: its operator does by hand what has to be done, and nobody swaps. */
export interface BareShop {
  /** The channels that the other shop opens, at the same time, as far as there are coins. */
  openLike(hub: string, capacitySat: bigint): void
  /** A customer's invoice; throws while LND is away. */
  sell(amountSat: number): Promise<string>
  /** Pays an invoice of a partner. Whether it succeeded. */
  payOut(paymentRequest: string): Promise<boolean>
}

export function openBareShop({ lnd, hubs }: Market): BareShop {
  const alias = (name: string): SimulatedNode | undefined => hubs.find((hub) => hub.alias === name)
  return {
    openLike(name, capacitySat) {
      const hub = alias(name)
      if (!hub || lnd.lifecycle !== 'running') return
      try {
        lnd.openChannel(hub, { capacitySat })
      } catch {
        // No coins are left: swaps would have brought some.
      }
    },
    async sell(amountSat) {
      const { paymentRequest } = lnd.createInvoice({ amountMsat: BigInt(amountSat) * 1000n })
      return paymentRequest
    },
    async payOut(paymentRequest) {
      if (lnd.lifecycle !== 'running') return false
      const { state } = await lnd.pay(paymentRequest)
      return state === 'succeeded'
    },
  }
}
