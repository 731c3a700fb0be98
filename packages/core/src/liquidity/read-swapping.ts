import type { Context, Identity } from '../context.ts'
import { pauseAfterFailures } from '../domain/failure-pause.ts'
import type { SwapState } from '../domain/swap.ts'
import { swaps } from '../tables/swaps.ts'

/** What is in swaps. Amounts in msat. */
export interface Swapping {
  /** Promised to swaps, and still in our channels. */
  readonly notSentMsat: bigint
  /** In all swaps whose payment is not settled yet. */
  readonly swappingMsat: bigint
  /** No new one before this moment, after some that came to nothing; milliseconds since 1970. */
  readonly swapsFrom: number
}

/** Nothing was handed to LND, or it is not certain that it was: LND shows what is in flight by itself. */
const notSent: readonly SwapState[] = ['created', 'verified']
const sent: readonly SwapState[] = ['paying', 'held', 'lockup-seen', 'lockup-confirmed']
const delegated = ['requested', 'accepted', 'running', 'needs-operator'] as const

/** Reads only what lives. */
export async function readSwapping(context: Context, { publicKey }: Identity): Promise<Swapping> {
  const sumOf = async (state: string): Promise<bigint> => {
    let sumMsat = 0n
    let after: (string | number)[] | undefined
    for (;;) {
      const rows = await context.storage.find(swaps, {
        index: 'state',
        equals: [publicKey, state],
        limit: 1000,
        ...(after && { after }),
      })
      for (const { amount_msat } of rows) sumMsat += amount_msat
      const last = rows.at(-1)
      if (!last || rows.length < 1000) return sumMsat
      after = [last.created_at, last.id]
    }
  }
  const total = async (states: readonly string[]): Promise<bigint> => {
    const sums = await Promise.all(states.map(sumOf))
    return sums.reduce((sum, one) => sum + one, 0n)
  }
  const [waitingMsat, sentMsat, daemonsMsat] = await Promise.all([
    total(notSent),
    total(sent),
    total(delegated),
  ])
  return {
    notSentMsat: waitingMsat,
    swappingMsat: waitingMsat + sentMsat + daemonsMsat,
    swapsFrom: await readPause(context, publicKey),
  }
}

/** Enough to know how many failures there were in a row. */
const recent = 10
const nothing: ReadonlySet<string> = new Set(['failed-unpaid', 'returned', 'failed', 'lost'])

async function readPause(context: Context, publicKey: string): Promise<number> {
  const rows = await context.storage.find(swaps, {
    index: 'created',
    equals: [publicKey],
    descending: true,
    limit: recent,
  })
  const tries = rows
    .filter(({ source, ended_at }) => source === 'autopilot' && ended_at !== null)
    .map(({ state, ended_at }) => ({ hasFailed: nothing.has(state), updatedAt: ended_at! }))
  return pauseAfterFailures(tries, context.clock.now())
}
