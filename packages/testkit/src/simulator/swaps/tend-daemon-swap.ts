import type { DelegatedFailure, DelegatedSwap, NewDelegatedSwap } from '@payment-node/core'
import type { PeerInvoiceCreated, SimulatedNode } from '../../network/simulated-node.ts'
import type { DaemonPlace } from './daemon-place.ts'
import type { DaemonWay } from './daemon-ways.ts'

/** A swap as its daemon and its server have it. */
export interface DaemonSwap {
  readonly request: NewDelegatedSwap
  readonly isForeign: boolean
  way: DaemonWay | undefined
  readonly main: PeerInvoiceCreated
  readonly prepay: PeerInvoiceCreated
  readonly address: string
  readonly sweeps: Set<string>
  /** Prepayment included. */
  readonly serviceSat: bigint
  readonly minerSat: bigint
  stage: 'paying' | 'locked' | 'withheld' | 'revealed' | 'swept' | 'over'
  /** The daemon still has it. */
  isKnown: boolean
  /** Its payments are with LND. */
  isPaid: boolean
  /** Height of the lockup. */
  lockedAt: number
  /** Monotonic milliseconds at which its stage began. */
  changedAt: number
  report: DelegatedSwap
}

/** Milliseconds in which the server wants to be paid. */
const paidWithin = 240_000
/** Milliseconds that a server holds a payment for which it does nothing. */
const withheldFor = 40_000
/** Blocks until a lockup is trusted, and until a sweep is final. */
const lockupBlocks = 2
const sweepBlocks = 2

/** What daemon and server do with a swap now. A daemon that does not run, or has forgotten it, does nothing. */
export function tendSwap(
  place: DaemonPlace,
  server: SimulatedNode,
  swap: DaemonSwap,
  isRunning: boolean,
): void {
  const hands = handsOf(place, server, swap, isRunning)
  if (hands.acts && !swap.isPaid && swap.stage === 'paying') pay(place.lnd, swap)
  tenders[swap.stage](place, swap, hands)
}

/** What both can do. */
interface Hands {
  /** The daemon runs, and knows the swap. */
  readonly acts: boolean
  /** Milliseconds since its stage began. */
  readonly waited: number
  /** What the daemon says from now on. */
  set(to: Partial<DelegatedSwap>): void
  go(stage: DaemonSwap['stage']): void
  end(failure: DelegatedFailure): void
  held(invoice: PeerInvoiceCreated): boolean
  take(invoice: PeerInvoiceCreated): void
  giveBack(invoice: PeerInvoiceCreated): void
}

function handsOf(
  { network }: DaemonPlace,
  server: SimulatedNode,
  swap: DaemonSwap,
  isRunning: boolean,
): Hands {
  const acts = isRunning && swap.isKnown
  const stateOf = ({ paymentHash }: PeerInvoiceCreated) => server.findInvoice(paymentHash)?.state
  const hands: Hands = {
    acts,
    waited: network.clock.monotonic() - swap.changedAt,
    set(to) {
      if (acts) swap.report = { ...swap.report, ...to }
    },
    go(stage) {
      swap.stage = stage
      swap.changedAt = network.clock.monotonic()
    },
    end(failure) {
      hands.go('over')
      hands.set({ state: 'failed', failure })
    },
    held: (invoice) => stateOf(invoice) === 'accepted',
    take(invoice) {
      if (hands.held(invoice)) server.settleHold(invoice.paymentHash)
    },
    giveBack(invoice) {
      const state = stateOf(invoice)
      if (state === 'accepted' || state === 'open') server.cancelHold(invoice.paymentHash)
    },
  }
  return hands
}

type Tender = (place: DaemonPlace, swap: DaemonSwap, hands: Hands) => void

const tenders: Readonly<Record<DaemonSwap['stage'], Tender>> = {
  paying({ network, lnd }, swap, { waited, held, take, giveBack, go, end }) {
    const { main, prepay, way } = swap
    const isLate = waited > paidWithin
    const isWayless = way === 'unroutable' || way === 'unroutable-prepaid'
    swap.lockedAt = network.blockHeight
    if (way === 'other-node') go('locked')
    else if (isWayless && !held(prepay) && !isLate) return
    else if (isWayless || isLate || lnd.findPayment(main.paymentHash)?.state === 'failed') {
      if (way === 'unroutable-prepaid') take(prepay)
      else giveBack(prepay)
      giveBack(main)
      end('off-chain')
    } else if (held(main) && held(prepay)) {
      take(prepay)
      go(way === 'prepay-kept' || way === 'prepay-kept-open' ? 'withheld' : 'locked')
    }
  },
  withheld(_place, swap, { waited, set, giveBack, end }) {
    const isOpen = swap.way === 'prepay-kept-open'
    if (waited < withheldFor) return
    if (isOpen) set({ state: 'failed', failure: 'timeout' })
    if (isOpen && waited < 3 * withheldFor) return
    giveBack(swap.main)
    end('timeout')
  },
  locked({ network }, swap, { acts, waited, held, set, giveBack, go, end }) {
    const { main, way, isKnown } = swap
    const isLost = way !== 'other-node' && !held(main)
    if (isLost || (!isKnown && waited > paidWithin)) {
      giveBack(main)
      end('timeout')
    } else if (way === 'stalled') set({ state: 'needs-operator', failure: 'temporary' })
    else if (acts && network.blockHeight >= swap.lockedAt + lockupBlocks) {
      go('revealed')
      set({ state: 'running' })
    }
  },
  revealed(_place, swap, { acts, take, go, end }) {
    // The server has the preimage, whether or not the daemon is there.
    take(swap.main)
    if (swap.way === 'amount-kept') end('sweep-timeout')
    else if (acts) go('swept')
  },
  swept({ network }, swap, { acts, set, go }) {
    const { request, address, sweeps, minerSat, way } = swap
    const isWord = way === 'swept-in-words'
    const coin = network.outputsTo(address).find(({ transactionId: id }) => sweeps.has(id))
    if (!isWord && !coin && acts)
      sweeps.add(network.payOnChain(address, request.amountSat - minerSat))
    if (!acts || (!isWord && (coin?.confirmations ?? 0) < sweepBlocks)) return
    go('over')
    const isLie = way === 'costs-lied'
    set({
      state: 'completed',
      serviceSat: isLie ? 0n : swap.serviceSat,
      minerSat: isLie ? 10n * request.maximumMinerSat : minerSat,
    })
  },
  over(_place, swap, { set }) {
    const { state } = swap.report
    // What it could not say while it was away.
    if (state !== 'completed' && state !== 'failed') set({ state: 'failed', failure: 'timeout' })
  },
}

/** Both payments at once, as loopd makes them. LND may be away: then later. */
function pay(lnd: SimulatedNode, swap: DaemonSwap): void {
  const { main, prepay, request, way } = swap
  if (way === 'other-node') {
    swap.isPaid = true
    return
  }
  if (lnd.lifecycle !== 'running') return
  swap.isPaid = true
  const prepayShare = request.maximumRoutingSat / 4n
  const send = (invoice: PeerInvoiceCreated, limitSat: bigint): void => {
    lnd.pay(invoice.paymentRequest, { feeLimitMsat: limitSat * 1000n }).catch(() => undefined)
  }
  if (way !== 'unroutable' && way !== 'unroutable-prepaid')
    send(main, request.maximumRoutingSat - prepayShare)
  send(prepay, prepayShare)
}
