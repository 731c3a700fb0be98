import type { SwapRow } from './mark-swap.ts'
import type { SwapSight } from './sight.ts'
import { payoutOf, readVerified } from './stored-terms.ts'

/** What the confirmed transaction that spends a lockup brought us. */
export interface ReadSpending {
  readonly transactionId: string
  readonly blockHeight: number
  /** What it pays to the wallet, or the swap's destination, and to its payout; undefined: nothing, it is somebody else's. */
  readonly receivedSat: bigint | undefined
  /** The swap's payout was paid by it, exactly. */
  readonly paysPayout: boolean
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
  const isTo = (output: { readonly script: Uint8Array }, script: string): boolean =>
    Buffer.from(output.script).toString('hex') === script
  const payout = payoutOf(row)
  const partners =
    payout &&
    outputs.find(
      (output) =>
        isTo(output, Buffer.from(payout.script).toString('hex')) &&
        output.valueSat === payout.amountSat,
    )
  const ours = outputs.filter(
    (output) => output === partners || isTo(output, known.destinationScript),
  )
  // Our claims pay nobody else: whoever takes the lockup and leaves us something of it has taken it all the same.
  const isOurs = ours.length > 0 && ours.length === outputs.length
  const receivedSat = isOurs ? ours.reduce((sum, { valueSat }) => sum + valueSat, 0n) : undefined
  return { transactionId, blockHeight, receivedSat, paysPayout: isOurs && partners !== undefined }
}
