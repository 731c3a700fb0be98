import type { Account } from '../domain/ledger.ts'
import type { Storage } from '../ports/storage.ts'
import { postings } from '../tables/ledger.ts'

const page = 1000

/** What has flowed into an account, in msat: for accounts that keep no balance row. Reads every posting of it. */
export async function sumAccount(
  read: Pick<Storage, 'find'>,
  node: string,
  account: Account,
): Promise<bigint> {
  let sum = 0n
  let after: (string | number)[] | undefined
  for (;;) {
    const rows = await read.find(postings, {
      index: 'account',
      equals: [node, account],
      limit: page,
      ...(after && { after }),
    })
    for (const row of rows) sum += row.amount_msat
    if (rows.length < page) return sum
    const last = rows.at(-1)!
    after = [last.transaction, last.line]
  }
}
