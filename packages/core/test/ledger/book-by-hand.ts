import type { Context, Identity } from '../../src/context.ts'
import type { LedgerTransaction } from '../../src/domain/ledger.ts'
import { bookTransaction } from '../../src/ledger/book-transaction.ts'
import { balances } from '../../src/tables/ledger.ts'
import { remove } from '../../src/tables/table.ts'
import type { Shop } from '../shop.ts'

/** Books facts for which there is no verb here, each in a change of its own; answers how many were refused. */
export async function bookByHand(
  shop: Shop,
  ...transactions: LedgerTransaction[]
): Promise<number> {
  const { clock, run, process } = shop
  const { storage } = process
  const context = { clock, storage } as unknown as Context
  let refused = 0
  for (const transaction of transactions) {
    const writes = await run(bookTransaction(context, identityOf(shop), transaction))
    if (!(await run(storage.commit({ writes }))).committed) refused++
  }
  return refused
}

/** Takes away what a partner of older books does not have yet. */
export async function makeOlder(shop: Shop, partner: string): Promise<void> {
  const { run, process } = shop
  const { publicKey } = identityOf(shop)
  for (const kind of ['pending', 'debt']) {
    const row = await run(process.storage.get(balances, [publicKey, `${kind}/${partner}`]))
    await run(process.storage.commit({ writes: [remove(balances, row!)] }))
  }
}

export function identityOf({ lnd }: Shop): Identity {
  return { publicKey: lnd.publicKey, network: 'regtest' }
}
