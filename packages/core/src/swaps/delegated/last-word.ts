import type { DelegatedSwap } from '../../ports/swap-provider.ts'
import type { DelegatedRow } from './mark-delegated.ts'

const amounts = ['amountSat', 'serviceSat', 'minerSat', 'routingSat', 'prepayLostSat'] as const

/** What a daemon has said, as JSON; amounts are text. */
export function writeWord(report: DelegatedSwap): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(report, (_, value) => (typeof value === 'bigint' ? value.toString() : value)),
  )
}

/**
 * The daemon's word that a swap is over, of one that waits for LND alone: whoever has said that has nothing more to
 * say. Undefined for any other swap.
 */
export function readLastWord({ reason, evidence }: DelegatedRow): DelegatedSwap | undefined {
  if (reason !== 'payment-open' || evidence === null) return undefined
  const word = evidence as Record<string, unknown>
  if (word.state !== 'completed' && word.state !== 'failed') return undefined
  const read = Object.fromEntries(amounts.map((name) => [name, BigInt(String(word[name]))]))
  return { ...word, ...read } as unknown as DelegatedSwap
}
