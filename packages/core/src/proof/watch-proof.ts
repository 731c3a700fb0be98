import type { Context, Identity, Leadership } from '../context.ts'
import { isQuiet, judgeProof, type ProofJudgement, type ProofSnapshot } from '../domain/proof.ts'
import { bookUnexplained } from '../domain/proof-bookings.ts'
import { newEvent } from '../events/new-event.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import { record } from '../record.ts'
import { haltForDifferences } from '../safety/halt-for-differences.ts'
import { missingValue } from '../safety/new-difference.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import { ledgerTransactions, proofs } from '../tables/ledger.ts'
import { insert } from '../tables/table.ts'
import { readAcknowledgedLack } from './acknowledged-lack.ts'
import { beginProof } from './begin-proof.ts'
import { type Proof, proofView } from './proof-view.ts'
import { takeProofSnapshot } from './take-snapshot.ts'

/** Looks in a row that must agree before anything follows from them: what a single one sees may be on its way. */
const looksNeeded = 5

/** What the looks so far agree on. */
export interface ProofWatch {
  verdict: ProofJudgement['verdict']
  looks: number
  /** The least that any of them found, in msat. */
  leastMsat: bigint
}

export function createProofWatch(): ProofWatch {
  return { verdict: 'proved', looks: 0, leastMsat: 0n }
}

/**
 * One look of the continuous proof (money rule 16). A surplus that stays is booked as the operator's;
 * missing value that stays halts outgoing money until the operator acknowledges it with a reason.
 */
export async function lookAtProof(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  watch: ProofWatch,
  catchUp: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  // What was found before waits for the operator.
  if ((await readSafety(context, identity)).cause !== null) return forget(watch)
  const snapshot = await takeProofSnapshot(context, identity, signal, catchUp)
  if (!(await beginProof(context, identity, leadership, snapshot))) return
  const judged = await withoutAcknowledged(context, identity, judgeProof(snapshot))
  const proof = proofView(snapshot, judged, context.clock.now())
  context.live.proof = proof
  if (!agrees(watch, snapshot, judged)) return
  forget(watch)
  const found = { ...judged, differenceMsat: watch.leastMsat }
  if (judged.verdict === 'surplus') await bookSurplus(context, identity, leadership, proof, found)
  else await haltForProof(context, identity, leadership, proof, found)
}

function forget(watch: ProofWatch): void {
  watch.looks = 0
}

/** Whether enough looks in a row have found the same. */
function agrees(watch: ProofWatch, snapshot: ProofSnapshot, judged: ProofJudgement): boolean {
  const { verdict, differenceMsat } = judged
  const counts = verdict !== 'proved' && (verdict !== 'surplus' || isQuiet(snapshot))
  if (!counts || verdict !== watch.verdict || watch.looks === 0) {
    watch.verdict = verdict
    watch.looks = counts ? 1 : 0
    watch.leastMsat = differenceMsat
  } else {
    watch.looks++
    if (differenceMsat < watch.leastMsat) watch.leastMsat = differenceMsat
  }
  return watch.looks >= looksNeeded
}

/** What the operator knows to be lacking is not raised again; more than that is. */
async function withoutAcknowledged(
  context: Context,
  identity: Identity,
  judged: ProofJudgement,
): Promise<ProofJudgement> {
  if (judged.verdict !== 'insolvent') return judged
  if (judged.lackingMsat > (await readAcknowledgedLack(context, identity))) return judged
  const missingMsat = judged.expected.low - judged.assets.high
  return missingMsat > 0n
    ? { ...judged, verdict: 'short', differenceMsat: missingMsat }
    : { ...judged, verdict: 'proved', differenceMsat: 0n }
}

async function bookSurplus(
  context: Context,
  identity: Identity,
  { fence }: Leadership,
  proof: Proof,
  { differenceMsat }: ProofJudgement,
): Promise<void> {
  const fact = bookUnexplained(String(proof.at), differenceMsat, proof.says)
  const change = {
    writes: [
      ...postTransaction(context, identity, fact),
      insert(proofs, proofRow(identity, proof)),
    ],
    events: [newEvent(context, identity, 'books.surplus', 'node', { proof })],
    fence,
  }
  await record(context, change, async () => {
    return (
      (await context.storage.get(ledgerTransactions, [identity.publicKey, fact.id])) !== undefined
    )
  })
}

async function haltForProof(
  context: Context,
  identity: Identity,
  { fence }: Leadership,
  proof: Proof,
  { verdict, differenceMsat, expected, assets }: ProofJudgement,
): Promise<void> {
  const { at, says } = proof
  const rows = []
  // Insolvency is missing value, too, unless the operator was indebted before.
  const missingMsat = verdict === 'short' ? differenceMsat : expected.low - assets.high
  if (missingMsat > 0n) rows.push(missingValue('value-missing', missingMsat, at, says))
  if (verdict === 'insolvent') rows.push(missingValue('insolvent', differenceMsat, at, says))
  const reasons = verdict === 'insolvent' ? (['insolvent'] as const) : (['value-missing'] as const)
  await haltForDifferences(context, identity, { cause: 'books-short', reasons, rows }, fence)
}

function proofRow(
  { publicKey, network }: { publicKey: string; network: string },
  proof: Proof,
): { node: string; network: string; at: number; result: string; details: unknown } {
  return {
    node: publicKey,
    network,
    at: proof.at,
    result: proof.verdict,
    details: JSON.parse(JSON.stringify(proof)),
  }
}
