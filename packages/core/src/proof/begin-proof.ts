import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import { isQuiet, judgeProof, type ProofSnapshot } from '../domain/proof.ts'
import { bookUnexplained } from '../domain/proof-bookings.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import { record } from '../record.ts'
import { cursors } from '../tables/node.ts'
import { insert } from '../tables/table.ts'

/** Name of the cursor: from this height on the books claim to have everything. */
export const proofBegun = 'proof-begin'

/**
 * Books that are older than the proof did not know deposits, withdrawals and other programs' receipts: at the first
 * quiet look the difference is booked as the operator's, as an opening balance is. True when the proof has begun.
 */
export async function beginProof(
  context: Context,
  identity: Identity,
  { fence }: Leadership,
  snapshot: ProofSnapshot,
): Promise<boolean> {
  const key = [identity.publicKey, proofBegun]
  if (await context.storage.get(cursors, key)) return true
  if (!isQuiet(snapshot)) return false
  const { verdict, differenceMsat } = judgeProof(snapshot)
  // What partners are owed is nothing that may be booked away.
  if (verdict === 'insolvent') return true
  const foundMsat = verdict === 'short' ? -differenceMsat : differenceMsat
  const position = context.live.info?.blockHeight ?? 0
  const writes = [
    insert(cursors, { ...rowBase(identity), name: proofBegun, position }),
    ...(foundMsat === 0n
      ? []
      : postTransaction(
          context,
          identity,
          bookUnexplained('begin', foundMsat, 'what the books did not know before the proof began'),
        )),
  ]
  await record(context, { writes, fence }, async () => {
    return (await context.storage.get(cursors, key)) !== undefined
  })
  return false
}
