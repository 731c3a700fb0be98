import type { UnguardedAccount } from '../domain/ledger.ts'
import type { Key, Storage } from '../ports/storage.ts'
import { accountCheckpoints, postings, uncountedPostings } from '../tables/ledger.ts'

const page = 1000

type Read = Pick<Storage, 'get' | 'find'>

/**
 * What has flowed into an account that keeps no balance row, in msat: its checkpoint and what is not counted
 * there yet. `read` must be a snapshot, since the leader moves postings from one to the other. Books that
 * no leader of this release has counted yet are read whole.
 */
export async function sumAccount(
  read: Read,
  node: string,
  account: UnguardedAccount,
): Promise<bigint> {
  const checkpoint = await read.get(accountCheckpoints, [node, account])
  if (checkpoint?.is_complete !== true) return sumRows(read, postings, 'account', [node, account])
  const uncounted = await sumRows(read, uncountedPostings, 'key', [node, account])
  return checkpoint.amount_msat + uncounted
}

async function sumRows(
  read: Read,
  table: typeof postings | typeof uncountedPostings,
  index: string,
  equals: Key,
): Promise<bigint> {
  let sum = 0n
  let after: Key | undefined
  for (;;) {
    const rows = await read.find(table, { index, equals, limit: page, ...(after && { after }) })
    for (const row of rows) sum += row.amount_msat
    if (rows.length < page) return sum
    const last = rows.at(-1)!
    after = [last.transaction, last.line]
  }
}
