import type { Context, Identity } from '../context.ts'
import { pauseAfterFailures } from '../domain/failure-pause.ts'
import type { SwapState } from '../domain/swap.ts'
import { readHealth } from '../swaps/provider-health.ts'
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
export async function readSwapping(context: Context, identity: Identity): Promise<Swapping> {
  const { publicKey } = identity
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
    swapsFrom: await readPause(context, identity),
  }
}

/** Enough to know how many failures there were in a row. */
const recent = 10
const nothing: ReadonlySet<string> = new Set(['failed-unpaid', 'returned', 'failed', 'lost'])

/**
 * Only failures of providers that would be asked again: one in quarantine is left out by that, and waiting for it
 * would hold up the others.
 */
async function readPause(context: Context, identity: Identity): Promise<number> {
  const { publicKey } = identity
  const rows = await context.storage.find(swaps, {
    index: 'created',
    equals: [publicKey],
    descending: true,
    limit: recent,
  })
  const own = rows.filter(({ source, ended_at }) => source === 'autopilot' && ended_at !== null)
  const failed = own.filter(({ state }) => nothing.has(state)).map(({ provider }) => provider)
  const leftOut = new Set<string>()
  for (const provider of new Set(failed)) {
    const { quarantinedUntil, disabledReason } = await readHealth(context, identity, provider)
    const isQuarantined = (quarantinedUntil ?? 0) > context.clock.now()
    if (isQuarantined || disabledReason !== null) leftOut.add(provider)
  }
  const tries = own
    .map(({ state, provider, ended_at }) => ({
      isLeftOut: nothing.has(state) && leftOut.has(provider),
      hasFailed: nothing.has(state),
      updatedAt: ended_at!,
    }))
    .filter(({ isLeftOut }) => !isLeftOut)
  return pauseAfterFailures(tries, context.clock.now())
}
