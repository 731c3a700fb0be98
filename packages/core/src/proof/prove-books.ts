import { type Context, requireReady } from '../context.ts'
import { judgeProof } from '../domain/proof.ts'
import { type Proof, proofView } from './proof-view.ts'
import { takeProofSnapshot } from './take-snapshot.ts'

/** Looks until one of them proves, and milliseconds between them. */
const looks = 3
const pause = 2000

/**
 * Does LND have what the books say (money rule 16)? Reads LND's own balances and histories, books nothing.
 * While money moves, a single look may see a difference that is none: it is repeated a few times. The
 * leading process does the same all the time, books a surplus and halts outgoing money when value is missing.
 * Throws `node.unavailable`, `node.macaroon-rejected` where this macaroon may not read the balances.
 */
export async function proveBooks(context: Context): Promise<Proof> {
  const identity = requireReady(context)
  for (let look = 1; ; look++) {
    const snapshot = await takeProofSnapshot(context, identity)
    const judged = judgeProof(snapshot)
    if (judged.verdict === 'proved' || look === looks) {
      return proofView(snapshot, judged, context.clock.now())
    }
    await context.clock.sleep(pause)
  }
}
