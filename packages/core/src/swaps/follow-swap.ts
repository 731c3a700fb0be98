import { type Observation, observePayment } from '../payouts/observe-payment.ts'
import type { NewPayment, PaymentUpdate } from '../ports/lightning-node.ts'
import type { Pursuit } from '../transactions/mark-transaction.ts'
import { isForbidden } from '../workers/repeat-patiently.ts'
import type { SwapRow } from './mark-swap.ts'
import type { SwapSight } from './sight.ts'
import { readVerified } from './stored-terms.ts'

/** Milliseconds before a watch that broke off is opened again. */
const reopenAfter = 2000
/** Milliseconds without a refusal after which a watch counts as open: LND says nothing before there is something. */
const openAfter = 500

/** What is watched for one swap: each stream once, until it ends or the swap does. */
export interface SwapFollower {
  readonly sight: SwapSight
  readonly isPaymentFollowed: boolean
  /** Hands a payment to LND and follows it. */
  pay(payment: NewPayment, paymentHash: string): void
  /** Asks LND about the payment and follows it. */
  track(paymentHash: string): void
  /** Waits for the lockup, once its script is known. */
  watchLockup(row: SwapRow): void
  /** Waits for whatever spends the lockup. */
  watchSpending(row: SwapRow): void
  stop(): void
}

/** `changed` is called whenever there is something new in sight. */
export function createSwapFollower(
  { context, signal }: Pursuit,
  sight: SwapSight,
  changed: () => void,
): SwapFollower {
  const { lightning, clock, logger } = context
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  let isPaymentFollowed = false
  let isLockupWatched = false
  let spendingWatched: string | undefined

  const observe = (updates: AsyncIterable<PaymentUpdate>): Promise<Observation> =>
    observePayment(context, updates, 0, async (update) => {
      sight.payment = { evidence: { kind: 'in-flight' }, update }
      changed()
    })

  const followPayment = (follow: () => Promise<Observation>): void => {
    if (isPaymentFollowed) return
    isPaymentFollowed = true
    void follow()
      .catch((error: unknown): Observation => {
        logger.warn('the payment of a swap could not be followed', { error: textOf(error) })
        return { evidence: { kind: 'silence' } }
      })
      .then((seen) => {
        isPaymentFollowed = false
        if (ended.aborted) return
        sight.payment = seen
        changed()
      })
  }

  /** Opens a watch again and again until the swap ends; what it told is forgotten when it breaks off. */
  const keepWatching = async (watch: () => Promise<void>, forget: () => void): Promise<void> => {
    while (!ended.aborted) {
      try {
        await watch()
      } catch (error) {
        if (ended.aborted) return
        logger.debug('a watch on the chain broke off', { error: textOf(error) })
      }
      forget()
      await clock.sleep(reopenAfter, ended)
    }
  }

  return {
    sight,
    get isPaymentFollowed() {
      return isPaymentFollowed
    },
    pay(payment, paymentHash) {
      followPayment(async () => {
        const seen = await observe(lightning.pay(payment, ended))
        if (seen.evidence.kind !== 'refused') return seen
        // LND may refuse the call and have the payment all the same (its own store failed half-way).
        const tracked = await observe(lightning.trackPayment(paymentHash, ended))
        if (tracked.evidence.kind === 'not-found') return seen
        if (tracked.evidence.kind !== 'failed') return tracked
        const isExpired = seen.evidence.isExpired ?? false
        return { ...tracked, evidence: { ...tracked.evidence, isExpired } }
      })
    },
    track(paymentHash) {
      followPayment(async () => {
        const seen = await observe(lightning.trackPayment(paymentHash, ended))
        // That LND refused to say is no word about the payment.
        return seen.evidence.kind === 'refused' ? { ...seen, evidence: { kind: 'silence' } } : seen
      })
    },

    watchLockup(row) {
      const { chain } = lightning
      const known = readVerified(row)
      if (isLockupWatched || !known || !chain) return
      isLockupWatched = true
      const watched = {
        script: known.script,
        confirmations: context.settings.swapping.confirmations,
        fromHeight: Math.max(1, row.since_height),
      }
      const note = (state: SwapSight['watch']): void => {
        if (sight.watch === state || ended.aborted) return
        sight.watch = state
        if (state === 'open') sight.watchedFrom = context.live.info?.blockHeight
        changed()
      }
      const watch = async (): Promise<void> => {
        const over = new AbortController()
        void clock.sleep(openAfter, AbortSignal.any([ended, over.signal])).then(() => {
          if (!over.signal.aborted) note('open')
        })
        try {
          await listen()
          note('opening')
        } catch (error) {
          note(isForbidden(error) ? 'forbidden' : 'opening')
          throw error
        } finally {
          over.abort()
        }
      }
      const listen = async (): Promise<void> => {
        for await (const seen of chain.watchConfirmation(watched, ended)) {
          if (seen.kind === 'reorganized') {
            if (sight.lockup) sight.lockup = 'gone'
          } else sight.lockup = shown(seen)
          changed()
        }
      }
      void keepWatching(watch, () => {
        sight.lockup = undefined
      })
    },

    watchSpending(row) {
      const { chain } = lightning
      const known = readVerified(row)
      const outpoint = row.lockup_outpoint
      if (!known || !chain || outpoint === null || spendingWatched === outpoint) return
      spendingWatched = outpoint
      sight.spending = undefined
      const watched = {
        outpoint,
        script: known.script,
        fromHeight: Math.max(1, row.since_height),
      }
      const note = (spending: SwapSight['spending']): void => {
        // The lockup may be another one since.
        if (spendingWatched === outpoint) sight.spending = spending
      }
      const watch = async (): Promise<void> => {
        for await (const seen of chain.watchSpend(watched, ended)) {
          note(seen.kind === 'spent' ? shown(seen) : undefined)
          changed()
        }
      }
      void keepWatching(watch, () => note(undefined))
    },

    stop: () => ending.abort(),
  }
}

function shown(seen: {
  readonly transactionId: string
  readonly rawTransaction: Uint8Array
  readonly blockHeight: number
}) {
  const { transactionId, blockHeight } = seen
  return {
    transactionId,
    blockHeight,
    rawTransaction: Buffer.from(seen.rawTransaction).toString('hex'),
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
