import type { Context, Identity, Leadership } from '../context.ts'
import { hasEnded, type SwapState } from '../domain/swap.ts'
import type { SwapReport } from '../ports/swap-provider.ts'
import { LostLeadership } from '../record.ts'
import { whenCompared } from '../safety/compared.ts'
import { followReports } from '../swaps/follow-reports.ts'
import { createSwapFollower, type SwapFollower } from '../swaps/follow-swap.ts'
import { livingSwaps } from '../swaps/living-swaps.ts'
import { pursueSwap } from '../swaps/pursue-swap.ts'
import { newSight } from '../swaps/sight.ts'
import { providerOf } from '../swaps/swap-pursuit.ts'
import { tellTrouble } from '../swaps/tell-trouble.ts'
import { swaps } from '../tables/swaps.ts'
import type { Pursuit } from '../transactions/mark-transaction.ts'
import { createBell } from './bell.ts'

/** Milliseconds between looks. */
const poll = 5000
/** Milliseconds after which also a swap is looked at that waits for a stream to tell something. */
const longPoll = 60_000
/** Swaps that are asked for at once: a provider that is asked for a hundred refuses most of them. */
const mostCreations = 4
/** Nothing but a block, LND or the provider takes these further, and all three are heard of. */
const passive: ReadonlySet<string> = new Set(['held', 'lockup-seen'])

/** A swap that is followed: one step at a time, and once more for what came in sight meanwhile. */
interface Followed {
  readonly follower: SwapFollower
  /** The provider's own id, as last read. */
  providerId: string | null
  /** Height and monotonic time of the last look. */
  looked: { readonly height: number; readonly at: number }
  isRunning: boolean
  isRung: boolean
}

/** Follows every swap that has not come to its end; one that waits for its provider holds up no other. */
export async function pursueSwaps(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const bell = createBell(context.clock)
  const followed = new Map<string, Followed>()
  const running = new Set<Promise<void>>()
  /** Being asked for. */
  const creating = new Set<string>()
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  const pursuit: Pursuit = { context, identity, leadership, signal: ended }
  const unsubscribe = context.storage.isExclusive
    ? () => undefined
    : context.storage.onWake(bell.ring)
  context.live.wakeSwaps = bell.ring

  const step = (id: string, isLook: boolean): void => {
    const one = followed.get(id)
    if (!one || ended.aborted) return
    if (one.isRunning) {
      one.isRung = true
      return
    }
    one.isRunning = true
    const run = pursue(id, one, isLook).finally(() => {
      running.delete(run)
      one.isRunning = false
      if (one.isRung) {
        one.isRung = false
        step(id, false)
      }
    })
    running.add(run)
  }
  const pursue = async (id: string, one: Followed, isLook: boolean): Promise<void> => {
    try {
      const swap = {
        ...pursuit,
        follower: one.follower,
        providerOf: (row: Parameters<typeof providerOf>[1]) => providerOf(pursuit, row),
      }
      const isOver = await pursueSwap(swap, id, isLook)
      if (creating.has(id)) await leaveCreation(id)
      if (!isOver) return
      one.follower.stop()
      followed.delete(id)
    } catch (error) {
      if (error instanceof LostLeadership || ended.aborted) return
      const says = 'a swap could not be taken further, it will be tried again'
      tellTrouble(context, id, error, says)
    }
  }
  /** Once it was asked for, the next one's turn has come. */
  const leaveCreation = async (id: string): Promise<void> => {
    const row = await context.storage.get(swaps, [id])
    if (row?.state === 'created') return
    creating.delete(id)
    bell.ring()
  }
  const follow = (id: string): Followed => {
    const follower = createSwapFollower(pursuit, newSight(), () => step(id, false))
    return {
      follower,
      providerId: null,
      looked: { height: 0, at: 0 },
      isRunning: false,
      isRung: false,
    }
  }

  const reports = followReports(pursuit, (providerId, report) => {
    for (const [id, one] of followed) {
      const { sight } = one.follower
      if (one.providerId !== providerId || saysTheSame(sight.report, report)) continue
      sight.report = report
      step(id, false)
    }
  })
  try {
    while (!signal.aborted) {
      // Without it only what is revealed is looked after, and all of it at once when it is there.
      const areCompared = await whenCompared(context, leadership, signal)
      if (signal.aborted) return
      if (!areCompared && context.live.state !== 'ready') continue
      const living = await livingSwaps(context, identity)
      for (const row of living) {
        if (hasEnded(row.state as SwapState)) continue
        if (!areCompared && row.revealed_at === null) continue
        const one = followed.get(row.id) ?? follow(row.id)
        one.providerId = row.provider_id
        followed.set(row.id, one)
        if (!isDue(context, row.state, one)) continue
        if (row.state === 'created' && !creating.has(row.id)) {
          if (creating.size >= mostCreations) continue
          creating.add(row.id)
        }
        one.looked = { height: heightOf(context), at: context.clock.monotonic() }
        step(row.id, true)
      }
      reports.follow(living)
      if (areCompared) await bell.wait(poll, signal)
    }
  } finally {
    unsubscribe()
    context.live.wakeSwaps = () => undefined
    ending.abort()
    reports.stop()
    for (const { follower } of followed.values()) follower.stop()
    await Promise.all(running)
  }
}

/** A thousand swaps that wait are not worth reading every few seconds. */
function isDue(context: Context, state: string, { follower, looked }: Followed): boolean {
  if (!passive.has(state) || !follower.isPaymentFollowed) return true
  const isLongAgo = context.clock.monotonic() - looked.at >= longPoll
  return isLongAgo || looked.height !== heightOf(context)
}

function heightOf({ live }: Context): number {
  return live.info?.blockHeight ?? 0
}

function saysTheSame(before: SwapReport | undefined, now: SwapReport): boolean {
  return before?.status === now.status && before.lockupTransaction === now.lockupTransaction
}
