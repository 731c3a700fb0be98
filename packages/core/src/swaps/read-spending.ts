import type { SwapRow } from './mark-swap.ts'
import type { SwapSight } from './sight.ts'
import { readVerified } from './stored-terms.ts'

/** What the confirmed transaction that spends a lockup brought us. */
export interface ReadSpending {
  readonly transactionId: string
  readonly blockHeight: number
  /** What it pays to the swap's destination; undefined: nothing, it is somebody else's. */
  readonly receivedSat: bigint | undefined
}

/**
 * Whose it is, is read from where it pays to: a claim that books which were lost since have made is ours all the same.
 */
export async function readSpending(
  row: SwapRow,
  { spending }: SwapSight,
): Promise<ReadSpending | undefined> {
  const known = readVerified(row)
  if (!spending || !known) return undefined
  const { readTransaction } = await import('./kit/read-transaction.ts')
  const { transactionId, blockHeight, rawTransaction } = spending
  const outputs = readTransaction(rawTransaction)?.outputs ?? []
  const ours = outputs.filter(
    ({ script }) => Buffer.from(script).toString('hex') === known.destinationScript,
  )
  const receivedSat =
    ours.length === 0 ? undefined : ours.reduce((sum, { valueSat }) => sum + valueSat, 0n)
  return { transactionId, blockHeight, receivedSat }
}
