import type { Context, Identity } from '../context.ts'
import { pauseAfterFailures } from '../domain/failure-pause.ts'
import type { SwapState } from '../domain/swap.ts'
import type { NodeChannel } from '../ports/lightning-node.ts'
import { isHeldLong } from '../swaps/overdue.ts'
import { readHealth } from '../swaps/provider-health.ts'
import { swaps } from '../tables/swaps.ts'

/** What is in swaps. Amounts in msat. */
export interface Swapping {
  /** Promised to swaps, and not settled: it is still in our channels, or in HTLCs that LND shows. */
  readonly promised: readonly Promised[]
  /** No new one before this moment, after some that came to nothing; milliseconds since 1970. */
  readonly swapsFrom: number
}

/** A payment that a swap will make, or has made. */
interface Promised {
  /** Empty: a daemon has not said it yet. */
  readonly paymentHash: string
  readonly amountMsat: bigint
  /** Held for longer than a lockup takes: nobody knows when, and whether, it becomes inbound. */
  readonly isOverdue: boolean
}

/** Before the preimage is revealed nobody can settle the payment. */
const unsettled: readonly SwapState[] = [
  'created',
  'verified',
  'paying',
  'held',
  'lockup-seen',
  'lockup-confirmed',
]
/** The same of a daemon's; the preimage of one that runs is revealed, and one that is stuck may never be paid. */
const unsettledDelegated = ['requested', 'accepted'] as const

/** Nothing more is promised to it; what LND has in flight for it comes back, or is taken, in a day. */
const stuck = 'needs-operator'

/** Reads only what lives. */
export async function readSwapping(context: Context, identity: Identity): Promise<Swapping> {
  const { publicKey } = identity
  const rowsOf = async (state: string): Promise<readonly Promised[]> => {
    const found: Promised[] = []
    let after: (string | number)[] | undefined
    for (;;) {
      const rows = await context.storage.find(swaps, {
        index: 'state',
        equals: [publicKey, state],
        limit: 1000,
        ...(after && { after }),
      })
      for (const row of rows) {
        const { custody, provider_id, payment_hash, amount_msat } = row
        const paymentHash = custody === 'delegated' ? (provider_id ?? '') : payment_hash
        const isStuck = row.state === stuck
        const isOverdue = isStuck
          ? isHeldLong(context, row)
          : row.overdue_at !== null && row.state !== 'lockup-confirmed'
        found.push({ paymentHash, amountMsat: isStuck ? 0n : amount_msat, isOverdue })
      }
      const last = rows.at(-1)
      if (!last || rows.length < 1000) return found
      after = [last.created_at, last.id]
    }
  }
  const all = async (states: readonly string[]): Promise<readonly Promised[]> =>
    (await Promise.all(states.map(rowsOf))).flat()
  const promised = await all([...unsettled, ...unsettledDelegated, stuck])
  return { promised, swapsFrom: await readPause(context, identity) }
}

/**
 * What swaps will still send, in msat: what LND does not show in an HTLC of theirs. A payment that is written down may
 * not have reached LND, and a list of channels may be older than it.
 */
export function notSent(promised: readonly Promised[], list: readonly NodeChannel[]): bigint {
  const shown = new Map<string, bigint>()
  for (const { pendingHtlcs } of list) {
    for (const { direction, paymentHash, amountMsat } of pendingHtlcs) {
      if (direction !== 'outgoing') continue
      shown.set(paymentHash, (shown.get(paymentHash) ?? 0n) + amountMsat)
    }
  }
  let sumMsat = 0n
  for (const { paymentHash, amountMsat } of promised) {
    const shownMsat = shown.get(paymentHash) ?? 0n
    if (shownMsat < amountMsat) sumMsat += amountMsat - shownMsat
  }
  return sumMsat
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
