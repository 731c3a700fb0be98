import {
  type DelegatedSwap,
  type DelegatedSwapProvider,
  type NewDelegatedSwap,
  PaymentNodeError,
  type PaymentNodeOptions,
} from '@payment-node/core'
import type { World } from '@payment-node/testkit'
import { askOutside } from './ask-outside.ts'

/** What it asks, in sat. */
export const daemonPrices = { service: 3000n, prepay: 1000n, miner: 700n } as const

/** A swap of the daemon, with what it pays its server. */
interface DaemonSwap {
  report: DelegatedSwap
  /** Hashes of its two payments. */
  readonly main: string
  readonly prepay: string
}

/** A daemon that pays with the shop's LND, as another program does; its swap server is the node `hub`. */
export interface LoopDaemon {
  readonly swaps: readonly DaemonSwap[]
  readonly options: Partial<PaymentNodeOptions>
  open(world: World): void
  /** Its server has both payments. */
  arePaymentsHeld(): boolean
  /** The server takes both payments, the coins are swept to LND's wallet. */
  complete(): void
  /** The server keeps the prepayment, and the rest comes back. */
  fail(): void
}

/** `isCutOff`: it starts nothing, and nobody can say so. */
export function lateDaemon({ isCutOff = false } = {}): LoopDaemon {
  let world: World
  let swaps: DaemonSwap[] = []
  let changed = Promise.withResolvers<void>()

  const set = (swap: DaemonSwap, to: Partial<DelegatedSwap>): void => {
    swap.report = { ...swap.report, ...to }
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const asks = <T>(name: string, answer: () => T): Promise<T> =>
    askOutside(world, world.places[0]!.process!, name, async () => answer())

  const begin = ({ label, amountSat }: NewDelegatedSwap): DelegatedSwap => {
    const known = swaps.find(({ report }) => report.label === label)
    if (known) return known.report
    if (isCutOff) {
      const details = { provider: 'loop', reason: 'broken-off', outcome: 'unknown' } as const
      throw new PaymentNodeError('swap.provider-failed', 'The daemon is cut off.', details)
    }
    const { hub } = world.peers
    const { service, prepay: prepaySat } = daemonPrices
    const invoice = (sat: bigint) => hub.createHoldInvoice({ amountMsat: sat * 1000n })
    const [main, prepay] = [invoice(amountSat + service - prepaySat), invoice(prepaySat)]
    const report: DelegatedSwap = {
      label,
      providerId: main.paymentHash,
      state: 'accepted',
      amountSat,
      serviceSat: 0n,
      minerSat: 0n,
      routingSat: 0n,
      prepayLostSat: 0n,
    }
    const swap = { report, main: main.paymentHash, prepay: prepay.paymentHash }
    swaps.push(swap)
    for (const { paymentRequest } of [main, prepay]) void world.shop.pay(paymentRequest)
    set(swap, {})
    return report
  }

  const provider: DelegatedSwapProvider = {
    contractVersion: 1,
    custody: 'delegated',
    name: 'loop',
    check: () =>
      asks('loop.check', () => ({ network: 'regtest', version: '0.34.0', warnings: [] })),
    limits: () => asks('loop.terms', () => ({ minimumSat: 250_000n, maximumSat: 10_000_000n })),
    quote: (amountSat) =>
      asks('loop.quote', () => ({
        amountSat,
        serviceSat: daemonPrices.service,
        lockupSat: 0n,
        claimSat: daemonPrices.miner,
        prepayAtRiskSat: daemonPrices.prepay,
        expiresAt: world.clock.now() + 60_000,
      })),
    start: (request) => asks('loop.start', () => begin(request)),
    list: (_, label) =>
      asks('loop.list', () =>
        swaps
          .map(({ report }) => report)
          .filter((one) => label === undefined || one.label === label),
      ),
    async *watch(signal) {
      const process = world.places[0]!.process!
      const ended = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      while (!signal.aborted) {
        await Promise.race([changed.promise, ended])
        if (!process.isAlive) await new Promise(() => undefined)
        if (!signal.aborted) yield* swaps.map(({ report }) => report)
      }
    },
  }

  return {
    get swaps() {
      return swaps
    },
    options: { swaps: [provider] },
    open(made) {
      world = made
      swaps = []
    },
    arePaymentsHeld: () =>
      swaps.every(({ main, prepay }) =>
        [main, prepay].every((hash) => world.peers.hub.findInvoice(hash)?.state === 'accepted'),
      ),
    complete() {
      const [swap] = swaps
      if (!swap) return
      set(swap, { state: 'running' })
      world.peers.hub.settleHold(swap.main)
      world.peers.hub.settleHold(swap.prepay)
      world.shop.fund(swap.report.amountSat - daemonPrices.miner)
      const costs = { serviceSat: daemonPrices.service, minerSat: daemonPrices.miner }
      set(swap, { state: 'completed', ...costs })
    },
    fail() {
      const [swap] = swaps
      if (!swap) return
      world.peers.hub.settleHold(swap.prepay)
      world.peers.hub.cancelHold(swap.main)
      set(swap, { state: 'failed', failure: 'timeout' })
    },
  }
}
