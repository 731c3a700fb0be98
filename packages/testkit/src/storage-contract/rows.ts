import { type Fields, insert, type RowOf, type Storage, type Write } from '@payment-node/core'
import { accounts, items, type samples } from './test-tables.ts'

/** An item that differs from others in its id, and by default in its label. */
export function item(id: string, fields: Partial<Fields<typeof items>> = {}): Write {
  return insert(items, { id, shelf: 'top', label: id, rank: 1, note: null, ...fields })
}

export function account(owner: string, balance: bigint, number = 1): Write {
  return insert(accounts, { owner, number, balance, uses: 0, credit: null })
}

export function sample(
  id: bigint,
  fields: Partial<Fields<typeof samples>> = {},
): Fields<typeof samples> {
  return {
    id,
    select: 'text',
    amount: 1n,
    count: 1,
    at: 1,
    is_open: true,
    data: {},
    bytes: Uint8Array.of(1),
    text_or_null: null,
    amount_or_null: null,
    count_or_null: null,
    at_or_null: null,
    is_open_or_null: null,
    data_or_null: null,
    bytes_or_null: null,
    ...fields,
  }
}

export async function itemOf(storage: Storage, id: string): Promise<RowOf<typeof items>> {
  const row = await storage.get(items, [id])
  if (!row) throw new Error(`the item ${id} is missing`)
  return row
}

export async function balanceOf(storage: Storage, owner: string): Promise<bigint> {
  const row = await storage.get(accounts, [owner, 1])
  if (!row) throw new Error(`the account ${owner} is missing`)
  return row.balance
}

/** Adds to an account's balance; with an item of its own, since a change needs an insert. */
export function spend(
  id: string,
  owner: string,
  by: bigint,
  bounds: { min?: bigint; max?: bigint } = {},
): Write[] {
  return [
    item(id),
    { op: 'add', table: accounts, key: [owner, 1], column: 'balance', by, ...bounds },
  ]
}
