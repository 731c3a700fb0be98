/** How a swap of a daemon can go wrong, and how a daemon can answer what is not so. */
export const daemonWays = {
  'start-lost': 'starts the swap, and its answer is lost',
  'start-cut-off': 'starts nothing, and nobody can say so',
  'start-slow': 'starts the swap a while after the call has failed',
  'start-refused': 'says that it does not start it',
  'list-doubled': 'names every swap twice',
  'list-reversed': 'names its swaps in another order',
  'list-gone-back': 'says of a swap that runs that it has only begun',
  'list-other-amount': 'says another amount of a swap',
  'stream-silent': 'says nothing in its stream of changes',
  unroutable: 'finds no way for the payment; the prepayment comes back',
  'unroutable-prepaid': 'finds no way for the payment, and the prepayment is kept',
  'prepay-kept': 'loses its prepayment: the server locks nothing up',
  'prepay-kept-open': 'says that it failed while its payment is still held',
  'amount-kept': 'reveals, and sweeps nothing in time',
  'swept-in-words': 'says that it has swept, and no coins ever come',
  'swept-dearly': 'sweeps for as much as it may',
  'costs-lied': 'says other costs than there were',
  stalled: 'cannot go on by itself, until it is started again',
  'other-node': 'works with another LND',
} as const

/** One of them. */
export type DaemonWay = keyof typeof daemonWays

/** Ways that one swap takes, chosen when it is started. */
export const swapWays: ReadonlySet<DaemonWay> = new Set([
  'unroutable',
  'unroutable-prepaid',
  'prepay-kept',
  'prepay-kept-open',
  'amount-kept',
  'swept-in-words',
  'swept-dearly',
  'costs-lied',
  'stalled',
  'other-node',
])

/** Which ways come next; they may be changed at any time. */
export interface DaemonManners {
  /** On from now on, until it has struck so often. */
  add(way: DaemonWay, times: number, struck: () => void): void
  /** Whether it is on; it counts as having happened. For the daemon. */
  strike(way: DaemonWay): boolean
  /** Honest again. */
  clear(): void
}

/** Honest at first. */
export function createDaemonManners(): DaemonManners {
  const on = new Map<DaemonWay, { left: number; readonly struck: () => void }>()
  return {
    add: (way, times, struck) => void on.set(way, { left: times, struck }),
    strike(way) {
      const found = on.get(way)
      if (!found) return false
      found.left--
      if (found.left <= 0) on.delete(way)
      found.struck()
      return true
    },
    clear: () => on.clear(),
  }
}
