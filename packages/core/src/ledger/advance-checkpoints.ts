import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import { type UnguardedAccount, unguardedAccounts } from '../domain/ledger.ts'
import type { Key, Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { accountCheckpoints, postings, uncountedPostings } from '../tables/ledger.ts'
import { insert, type RowOf, remove, update } from '../tables/table.ts'

type Checkpoint = RowOf<typeof accountCheckpoints>

/** Postings that one change counts, where nothing else is asked for. */
const usualStep = 500
/** A transaction has fewer legs. */
const mostLines = 100

/**
 * Counts what was booked since into the accounts' checkpoints, so that reading a balance does not read all
 * of its postings. Each change takes some notes of uncounted postings away and adds just their sum, provided
 * that nobody else did either meanwhile: a posting is counted once, whenever and in whatever order it was
 * committed, and a crash leaves it where it was.
 */
export async function advanceCheckpoints(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
  step = usualStep,
): Promise<void> {
  for (const account of unguardedAccounts) {
    let isBehind = true
    while (isBehind && !signal.aborted) {
      const checkpoint = await context.storage.get(accountCheckpoints, [
        identity.publicKey,
        account,
      ])
      const planned = checkpoint?.is_complete
        ? await countNew(context, checkpoint, step)
        : await countOld(context, identity, account, checkpoint, step)
      isBehind = planned.isBehind
      if (planned.writes.length === 0) continue
      // Refused: another leader was there; the next look finds where it got to.
      const change = { writes: planned.writes, fence: leadership.fence }
      if (await record(context, change, async () => true)) isBehind = false
    }
  }
}

interface Planned {
  readonly writes: readonly Write[]
  /** There is more to count. */
  readonly isBehind: boolean
}

async function countNew(context: Context, checkpoint: Checkpoint, step: number): Promise<Planned> {
  const { node, account, amount_msat } = checkpoint
  const rows = await context.storage.find(uncountedPostings, {
    index: 'key',
    equals: [node, account],
    limit: step,
  })
  if (rows.length === 0) return { writes: [], isBehind: false }
  return {
    writes: [
      update(accountCheckpoints, checkpoint, { amount_msat: amount_msat + sum(rows) }),
      ...rows.map((row) => remove(uncountedPostings, row)),
    ],
    isBehind: rows.length === step,
  }
}

/**
 * Books of older releases: the account's postings in the order of their ids, without those that are noted as
 * uncounted. Whatever is booked meanwhile is noted, and no note is taken away before the end, so that
 * it does not matter whether this has passed its place.
 */
async function countOld(
  context: Context,
  identity: Identity,
  account: UnguardedAccount,
  checkpoint: Checkpoint | undefined,
  step: number,
): Promise<Planned> {
  const equals = [identity.publicKey, account]
  const after: Key = checkpoint
    ? [checkpoint.counted_transaction, checkpoint.counted_line]
    : ['', 0]
  const { rows, noted } = await context.storage.snapshot(async (read) => {
    const rows = await read.find(postings, { index: 'account', equals, after, limit: step })
    const upTo = rows.at(-1)?.transaction
    const noted = await read.find(uncountedPostings, {
      index: 'key',
      equals,
      after,
      ...(upTo !== undefined && { upTo }),
      limit: step + mostLines,
    })
    return { rows, noted: new Set(noted.map(({ transaction }) => transaction)) }
  })
  const last = rows.at(-1)
  const set = {
    amount_msat:
      (checkpoint?.amount_msat ?? 0n) + sum(rows.filter((row) => !noted.has(row.transaction))),
    is_complete: rows.length < step,
    counted_transaction: last?.transaction ?? checkpoint?.counted_transaction ?? '',
    counted_line: last?.line ?? checkpoint?.counted_line ?? 0,
  }
  return {
    writes: [
      checkpoint
        ? update(accountCheckpoints, checkpoint, set)
        : insert(accountCheckpoints, { ...rowBase(identity), account, ...set }),
    ],
    // Complete: what was noted meanwhile comes next.
    isBehind: true,
  }
}

function sum(rows: readonly { readonly amount_msat: bigint }[]): bigint {
  return rows.reduce((total, { amount_msat }) => total + amount_msat, 0n)
}
