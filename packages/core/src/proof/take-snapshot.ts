import type { Context, Identity } from '../context.ts'
import { type BooksTotal, judgeProof, type ProofSnapshot } from '../domain/proof.ts'
import { readBalances } from '../ledger/read-balances.ts'
import { livingSwaps, payingSwapStates } from '../swaps/living-swaps.ts'
import { payouts } from '../tables/payouts.ts'
import { feesUnderWay } from '../transactions/fees-under-way.ts'
import { readAssets } from './read-assets.ts'
import { mostPerClose, readUnbooked } from './read-unbooked.ts'

/**
 * Books, LND, and the books again: LND goes on meanwhile. Payouts that were under way before or
 * after count as possibly paid. `catchUp` books what other programs have paid, before and after LND is read.
 */
export async function takeProofSnapshot(
  context: Context,
  identity: Identity,
  signal?: AbortSignal,
  catchUp: () => Promise<void> = async () => undefined,
): Promise<ProofSnapshot> {
  const inFlight = new Map<string, bigint>()
  await addInFlight(context, identity, inFlight)
  const before = await readTotal(context)
  const blockHeight = context.live.info?.blockHeight ?? 0
  const { assets, forceClosing } = await readAssets(context.lightning, blockHeight, signal)
  await catchUp()
  const after = await readTotal(context)
  await addInFlight(context, identity, inFlight)
  // What on-chain transactions cost the operator is booked when they are final.
  const feesMsat = await feesUnderWay(context, identity)
  const inFlightMsat = [...inFlight.values()].reduce((sum, worst) => sum + worst, feesMsat)
  const snapshot = {
    assets,
    before,
    after,
    inFlightMsat,
    unbookedMsat: 0n,
    // The commitment and the claims so far are paid; what they cost is booked when the last one is final.
    slackMsat: BigInt(forceClosing) * mostPerClose,
    roundingMsat: 0n,
  }
  // The wallet's transactions are read only where they are needed to explain a difference.
  if (judgeProof(snapshot).verdict === 'proved') return snapshot
  const unbooked = await readUnbooked(context, identity, signal)
  return { ...snapshot, ...unbooked, slackMsat: snapshot.slackMsat + unbooked.slackMsat }
}

async function readTotal(context: Context): Promise<BooksTotal> {
  const { owed, operator } = await readBalances(context)
  return { owedMsat: owed.msat, operatorMsat: operator.msat }
}

/** Payouts and swaps that LND may have paid, with their worst cost. */
async function addInFlight(
  context: Context,
  identity: Identity,
  found: Map<string, bigint>,
): Promise<void> {
  const { publicKey } = identity
  // Until a claim is final, nothing of a swap is booked: its payment may be gone and its coins not there yet.
  for (const row of await livingSwaps(context, identity, payingSwapStates)) {
    found.set(row.id, row.amount_msat + row.routing_limit_msat)
  }
  let after: (string | number)[] | undefined
  for (;;) {
    const rows = await context.storage.find(payouts, {
      index: 'state',
      equals: [publicKey, 'sending'],
      limit: 1000,
      ...(after && { after }),
    })
    for (const row of rows) found.set(row.id, row.amount_msat + row.fee_limit_msat)
    const last = rows.at(-1)
    if (!last || rows.length < 1000) return
    after = [last.created_at, last.id]
  }
}
