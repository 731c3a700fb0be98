import {
  type DelegatedCheck,
  type DelegatedFailure,
  type DelegatedSwap,
  type DelegatedSwapProvider,
  type NewDelegatedSwap,
  PaymentNodeError,
} from '@payment-node/core'
import type { Shop } from '../../shop.ts'

/** A swap of the daemon, with the invoices of its server. */
export interface DaemonSwap {
  report: DelegatedSwap
  readonly request: NewDelegatedSwap
  readonly prepayHash: string
}

export type DaemonFault =
  /** The swap is started, the answer lost. */
  | 'lost-reply'
  /** It cannot be said whether it is started, and it is not. */
  | 'cut-off'
  /** For certain nothing is started. */
  | 'unreachable'
  /** It is gone when the swap shall start: for certain nothing is. */
  | 'gone-at-start'
  /** Its stream says nothing. */
  | 'silent-stream'
  | 'refuses'
  | 'silent-list'
  | 'forgets'
  | 'other-network'
  | 'autoloop'
  /** It pays with another LND. */
  | 'other-node'

/** A daemon that pays with the shop's LND, as another program does, to the payee as its swap server. */
export interface Daemon {
  readonly provider: DelegatedSwapProvider
  readonly swaps: DaemonSwap[]
  readonly faults: Set<DaemonFault>
  readonly prices: { serviceSat: bigint; prepaySat: bigint; urgentSat: bigint }
  /** Called at each call's begin and end. */
  strike: (point: string) => void
  set(swap: DaemonSwap, to: Partial<DelegatedSwap>): void
  /** The server takes what is held: the swap's payment, the prepayment, or both. */
  take(swap: DaemonSwap, what: readonly ('main' | 'prepay')[]): void
  giveBack(swap: DaemonSwap, what: readonly ('main' | 'prepay')[]): void
  /** The coins come to LND's wallet. */
  sweep(swap: DaemonSwap, minerSat?: bigint): void
  fail(swap: DaemonSwap, failure: DelegatedFailure): void
}

export const minerSat = 700n

/** `shop`: asked for when it is first needed. */
export function createDaemon(shop: () => Shop): Daemon {
  const swaps: DaemonSwap[] = []
  const faults = new Set<DaemonFault>()
  const prices = { serviceSat: 3000n, prepaySat: 1000n, urgentSat: 0n }
  const failed = (outcome: 'none' | 'unknown'): PaymentNodeError<'swap.provider-failed'> =>
    new PaymentNodeError('swap.provider-failed', 'Injected.', {
      provider: 'loop',
      reason: 'unreachable',
      outcome,
    })
  let changed = Promise.withResolvers<void>()
  const tell = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }

  const begin = (request: NewDelegatedSwap): DelegatedSwap => {
    const { payee, lnd } = shop()
    const mainSat = request.amountSat + prices.serviceSat - prices.prepaySat
    const main = payee.createHoldInvoice({ amountMsat: mainSat * 1000n })
    const prepay = payee.createHoldInvoice({ amountMsat: prices.prepaySat * 1000n })
    const report: DelegatedSwap = {
      label: request.label,
      providerId: main.paymentHash,
      state: 'accepted',
      amountSat: request.amountSat,
      serviceSat: 0n,
      minerSat: 0n,
      routingSat: 0n,
      prepayLostSat: 0n,
    }
    swaps.push({ report, request, prepayHash: prepay.paymentHash })
    if (!faults.has('other-node')) {
      void lnd.pay(main.paymentRequest)
      void lnd.pay(prepay.paymentRequest)
    }
    tell()
    return report
  }

  const provider: DelegatedSwapProvider = {
    contractVersion: 1,
    custody: 'delegated',
    name: 'loop',
    async check(): Promise<DelegatedCheck> {
      daemon.strike('check before')
      if (faults.has('unreachable')) throw failed('none')
      daemon.strike('check after')
      return {
        network: faults.has('other-network') ? 'testnet' : 'regtest',
        version: '0.34.0',
        warnings: faults.has('autoloop') ? ['autoloop'] : [],
      }
    },
    async limits() {
      return { minimumSat: 250_000n, maximumSat: 10_000_000n }
    },
    async quote(amountSat, _signal, deadline) {
      const { clock } = shop()
      const isUrgent = deadline !== undefined && deadline <= clock.now()
      return {
        amountSat,
        serviceSat: prices.serviceSat + (isUrgent ? prices.urgentSat : 0n),
        lockupSat: 0n,
        claimSat: minerSat,
        prepayAtRiskSat: prices.prepaySat,
        expiresAt: clock.now() + 60_000,
      }
    },
    async start(request) {
      daemon.strike('start before')
      const known = swaps.find(({ report }) => report.label === request.label)
      if (known) return known.report
      if (faults.has('cut-off')) throw failed('unknown')
      if (faults.has('gone-at-start')) throw failed('none')
      if (faults.has('refuses')) {
        throw new PaymentNodeError('swap.refused', 'Injected.', {
          provider: 'loop',
          reason: 'quote-stale',
          outcome: 'none',
        })
      }
      const report = begin(request)
      daemon.strike('start after')
      if (faults.has('lost-reply')) throw failed('unknown')
      return report
    },
    async list(_signal, label) {
      if (faults.has('silent-list')) throw failed('none')
      if (faults.has('forgets')) return []
      const all = swaps.map(({ report }) => report)
      return label === undefined ? all : all.filter((report) => report.label === label)
    },
    async *watch(signal) {
      const ended = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      while (!signal.aborted) {
        await Promise.race([changed.promise, ended])
        if (!signal.aborted && !faults.has('silent-stream'))
          yield* swaps.map(({ report }) => report)
      }
    },
  }

  const hashesOf = (swap: DaemonSwap, what: readonly ('main' | 'prepay')[]): string[] =>
    what.map((one) => (one === 'main' ? swap.report.providerId : swap.prepayHash))

  const daemon: Daemon = {
    provider,
    swaps,
    faults,
    prices,
    strike: () => undefined,
    set(swap, to) {
      swap.report = { ...swap.report, ...to }
      tell()
    },
    take(swap, what) {
      for (const hash of hashesOf(swap, what)) shop().payee.settleHold(hash)
    },
    giveBack(swap, what) {
      for (const hash of hashesOf(swap, what)) shop().payee.cancelHold(hash)
    },
    sweep(swap, paidSat = minerSat) {
      shop().lnd.fund(swap.report.amountSat - paidSat)
    },
    fail(swap, failure) {
      daemon.set(swap, { state: failure === 'temporary' ? 'needs-operator' : 'failed', failure })
    },
  }
  return daemon
}
