import type { PaymentUpdate } from '../../ports/lightning-node.ts'
import type { DelegatedSwap } from '../../ports/swap-provider.ts'

/** LND's word about the payment of a swap: the hash is the daemon's id for it. */
export type SwapPaymentSeen = Pick<PaymentUpdate, 'state' | 'amountMsat' | 'feeMsat'> | 'not-found'

/** How a swap ended, by LND's word about the money. */
export type JudgedEnding =
  /** The payment has not come to its end. */
  | { readonly kind: 'open' }
  /** The daemon says that it is done, and our LND never paid: it works with another one. */
  | { readonly kind: 'other-node' }
  | {
      readonly kind: 'claimed' | 'returned' | 'lost'
      /** The swap's main payment, in msat; 0n where it came back. */
      readonly paidMsat: bigint
      readonly routingMsat: bigint
      /** Of the sweep; the daemon's word, as far as it can be true. */
      readonly minerMsat: bigint
      /** What the prepayment should have been, to be looked for in LND's history. */
      readonly prepayMsat: bigint
    }

/**
 * The daemon names the end; LND says what was paid. `prepayMsat`: as quoted; `prepayLimitMsat`: what the daemon
 * was allowed.
 */
export function judgeEnding(
  report: Pick<DelegatedSwap, 'state' | 'serviceSat' | 'minerSat'>,
  payment: SwapPaymentSeen,
  swap: {
    readonly amountMsat: bigint
    readonly prepayMsat: bigint
    readonly prepayLimitMsat: bigint
  },
): JudgedEnding {
  if (payment !== 'not-found' && payment.state === 'in-flight') return { kind: 'open' }
  const isPaid = payment !== 'not-found' && payment.state === 'succeeded'
  const paidMsat = isPaid ? payment.amountMsat : 0n
  const routingMsat = isPaid ? payment.feeMsat : 0n
  const quoted = { paidMsat, routingMsat, minerMsat: 0n, prepayMsat: swap.prepayMsat }
  if (report.state !== 'completed') {
    // What was paid for nothing is the principal, whatever the daemon calls it.
    return { kind: isPaid ? 'lost' : 'returned', ...quoted }
  }
  if (payment === 'not-found') return { kind: 'other-node' }
  const minerMsat = report.minerSat * 1000n
  const saidMsat = report.serviceSat * 1000n - (paidMsat - swap.amountMsat)
  const isPossible = isPaid && saidMsat > 0n && saidMsat <= swap.prepayLimitMsat
  return {
    kind: 'claimed',
    paidMsat,
    routingMsat,
    minerMsat: minerMsat <= swap.amountMsat ? minerMsat : 0n,
    prepayMsat: isPossible ? saidMsat : swap.prepayMsat,
  }
}
