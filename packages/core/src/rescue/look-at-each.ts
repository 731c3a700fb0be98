import type { SwapTerms, UnreadableSwap } from '../ports/swap-provider.ts'
import { fewAtATime } from './few-at-a-time.ts'
import { type Found, lookAtSwap, type Search, unreadable } from './look-at-swap.ts'

type Told = SwapTerms | UnreadableSwap

/** Swaps that are looked at at once: LND scans blocks for each. */
const together = 4

/**
 * Looks at them all, the latest timeout first. One that fails is told as `unreadable` and harms no other. Where all of
 * them fail it is LND, and not a swap: rejects with the first failure.
 */
export async function lookAtEach(search: Search, told: readonly Told[]): Promise<Found[]> {
  const failures: unknown[] = []
  const latestFirst = told.toSorted((a, b) => timeoutOf(b) - timeoutOf(a))
  const found = await fewAtATime(latestFirst, together, async (terms) => {
    try {
      return await lookAtSwap(search, terms)
    } catch (error) {
      failures.push(error)
      const says = error instanceof Error ? error.message : String(error)
      return unreadable(terms, `It could not be looked at; repeat the rescue for it. ${says}`)
    }
  })
  if (failures.length > 0 && failures.length === found.length) throw failures[0]
  return found
}

function timeoutOf(told: Told): number {
  return 'unreadable' in told ? 0 : told.timeoutHeight
}
