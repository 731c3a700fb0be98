import type { ClosedChannel, NodeInvoice, PaymentUpdate } from '@payment-node/core'
import { type Failed, failureOf } from './outcome-of.ts'
import type { World } from './world.ts'

/** How a stream is: still open, or ended. */
type StreamState = 'open' | 'ended' | Failed

/** What the streams of the node under test have brought since they were opened. */
export interface StreamRecord {
  /** Opens both subscriptions; settlements after the last one that was seen. Resolves when they are open. */
  subscribe(): Promise<void>
  /** Follows a payment until its stream ends. */
  followPayment(paymentHash: string, updates: AsyncIterable<PaymentUpdate>): void
  /** What the stream of a followed payment said last; undefined before it says anything. */
  paymentState(paymentHash: string): PaymentUpdate['state'] | Failed | undefined
  /** Forgets that a hint came: the next change of the lists needs another one. */
  forgetHints(): void
  /** `lists`: which channels are in which list now; undefined when nobody knows. */
  show(lists?: string): StreamsShown
  /** Ends the subscriptions. */
  stop(): Promise<void>
}

/** The record as it is compared. */
export interface StreamsShown {
  readonly settlements: StreamState
  /** By payment hash; showing one twice is allowed. */
  readonly settled: Readonly<Record<string, NodeInvoice>>
  readonly hints: StreamState
  /** A list of channels changed, and nothing came that says: read the lists. */
  readonly lacksHint: boolean
  readonly closed: readonly ClosedChannel[]
  /** Of each payment that is followed: the last update, or how its stream ended. */
  readonly payments: Readonly<Record<string, PaymentUpdate['state'] | Failed>>
}

export function createStreamRecord(world: World): StreamRecord {
  let ending = new AbortController()
  let reading: Promise<unknown> = Promise.resolve()
  let settlements: StreamState = 'ended'
  let hints: StreamState = 'ended'
  let hasHint = false
  /** The lists when the last operation began, or at the first look after subscribing. */
  let listsBefore: string | undefined
  let listsNow: string | undefined
  let lastSettleIndex = 0n
  const settled: Record<string, NodeInvoice> = {}
  const closed = new Map<string, ClosedChannel>()
  const payments: Record<string, PaymentUpdate['state'] | Failed> = {}

  async function readSettlements(signal: AbortSignal): Promise<void> {
    try {
      const after = { afterSettleIndex: lastSettleIndex }
      for await (const batch of world.node.watchSettlements(after, signal)) {
        settlements = 'open'
        for (const invoice of batch) {
          settled[invoice.paymentHash] = invoice
          if (invoice.settleIndex > lastSettleIndex) lastSettleIndex = invoice.settleIndex
        }
      }
      settlements = 'ended'
    } catch (error) {
      settlements = failureOf(error)
    }
  }

  async function readHints(signal: AbortSignal): Promise<void> {
    try {
      for await (const hint of world.node.watchChannels(signal)) {
        hints = 'open'
        if (hint.kind !== 'subscribed') hasHint = true
        if (hint.kind === 'closed') closed.set(hint.channel.channelPoint, hint.channel)
      }
      hints = 'ended'
    } catch (error) {
      hints = failureOf(error)
    }
  }

  const stop = async (): Promise<void> => {
    ending.abort()
    await reading
  }

  return {
    async subscribe() {
      await stop()
      listsBefore = undefined
      listsNow = undefined
      ending = new AbortController()
      reading = Promise.all([readSettlements(ending.signal), readHints(ending.signal)])
      await world.waitFor('both streams to be open', async () => {
        return settlements === 'open' && hints === 'open'
      })
    },
    followPayment(paymentHash, updates) {
      const follow = async (): Promise<void> => {
        for await (const update of updates) payments[paymentHash] = update.state
      }
      follow().catch((error: unknown) => {
        payments[paymentHash] = failureOf(error)
      })
    },
    paymentState: (paymentHash) => payments[paymentHash],
    forgetHints() {
      hasHint = false
      listsBefore = listsNow
    },
    show(lists) {
      listsNow = lists
      listsBefore ??= lists
      return {
        settlements,
        settled: { ...settled },
        hints,
        lacksHint: lists !== undefined && lists !== listsBefore && !hasHint,
        closed: [...closed.values()],
        payments: { ...payments },
      }
    },
    stop,
  }
}
