import type { Context, Identity, Leadership } from '../context.ts'
import { readDestination } from '../destinations/read-destination.ts'
import { type PayResult, payPayout } from '../payouts/pay-payout.ts'
import { resolveAtSend } from '../payouts/resolve-at-send.ts'
import { LostLeadership } from '../record.ts'
import { jobs, queueOf } from '../tables/jobs.ts'
import { payouts } from '../tables/payouts.ts'
import { createBell } from './bell.ts'
import { createLookupSlots } from './lookup-slots.ts'

/** Milliseconds. */
const poll = 1000
const leaseFor = 30_000

/**
 * Follows every payout that has not ended. Claims are wake-ups: what is running is not started twice,
 * and what somebody else claimed before it died is found at the start.
 */
export async function sendPayouts(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const queue = queueOf(identity.publicKey, 'payout')
  const bell = createBell(context.clock)
  // Where no other process can ask for a payout, `wakePayouts` says it; a look at every commit costs a claim.
  const unsubscribe = context.storage.isExclusive
    ? () => undefined
    : context.storage.onWake(bell.ring)
  context.live.wakePayouts = bell.ring
  const running = new Map<string, Promise<void>>()
  /** By the monotonic clock: not before then. */
  const notBefore = new Map<string, number>()
  const maximum = context.settings.maximumConcurrentPayouts
  /** Being handed to LND. What LND holds already takes no place: a payee may hold it for weeks. */
  const starting = new Set<string>()
  const slots = createLookupSlots()
  // What fails here ends the following, too: a payment may be held for weeks, and the others must not wait.
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])

  const start = (payout: string): void => {
    if (running.has(payout)) return
    starting.add(payout)
    const run = follow(payout).finally(() => {
      running.delete(payout)
      starting.delete(payout)
      bell.ring()
    })
    running.set(payout, run)
  }
  const ask = async (payout: string): Promise<PayResult> => {
    const row = await context.storage.get(payouts, [payout])
    if (!row) return { ended: true }
    const destination = readDestination(row.destination, identity.network)
    const host = 'url' in destination ? new URL(destination.url).host : ''
    const leave = slots.take(row.partner, host)
    if (!leave) return { ended: false, after: poll }
    try {
      return await resolveAtSend(context, identity, leadership, payout, ended)
    } finally {
      leave()
    }
  }
  const follow = async (payout: string): Promise<void> => {
    try {
      const free = (): void => {
        if (starting.delete(payout)) bell.ring()
      }
      let result = await payPayout(context, identity, leadership, payout, ended, free)
      if (!result.ended && result.isUnresolved) {
        free()
        result = await ask(payout)
      }
      if (result.ended) notBefore.delete(payout)
      else notBefore.set(payout, context.clock.monotonic() + result.after)
    } catch (error) {
      notBefore.set(payout, context.clock.monotonic() + poll)
      if (error instanceof LostLeadership || ended.aborted) return
      context.logger.error('a payout could not be taken further, it will be tried again', {
        payout,
        error: error instanceof Error ? error.message : String(error),
      })
    }
  }

  try {
    for (const payout of await unfinished(context, queue)) notBefore.set(payout, 0)
    while (!signal.aborted) {
      let free = maximum - starting.size
      while (free > 0 && !signal.aborted) {
        const claimed = await context.storage.claim(queue, { limit: free, leaseFor })
        for (const job of claimed) if (!notBefore.has(job.subject)) start(job.subject)
        // What is followed already comes again and again: behind it there may be something new.
        free = claimed.length < free ? 0 : maximum - starting.size
      }
      const now = context.clock.monotonic()
      for (const [payout, at] of notBefore) {
        if (starting.size < maximum && at <= now && !running.has(payout)) start(payout)
      }
      await bell.wait(poll, signal)
    }
  } finally {
    unsubscribe()
    context.live.wakePayouts = () => undefined
    ending.abort()
    await Promise.all(running.values())
  }
}

/** Also those that a process claimed before it died. */
async function unfinished(context: Context, queue: string): Promise<string[]> {
  const subjects: string[] = []
  let after: (string | number)[] | undefined
  for (;;) {
    const page = await context.storage.find(jobs, {
      index: 'due',
      equals: [queue],
      limit: 1000,
      ...(after && { after }),
    })
    subjects.push(...page.map((job) => job.subject))
    const last = page.at(-1)
    if (!last || page.length < 1000) return subjects
    after = [last.due_at, last.id]
  }
}
