import { jobs, type Schema, table } from '@payment-node/core'

/** Hot rows: what `add` is for. The key has two columns of different types. */
export const accounts = table({
  name: 'accounts',
  columns: {
    owner: { type: 'text' },
    number: { type: 'integer' },
    balance: { type: 'msat' },
    uses: { type: 'integer' },
    credit: { type: 'msat', nullable: true },
  },
  key: ['owner', 'number'],
})

/** Unique values and orders. */
export const items = table({
  name: 'items',
  columns: {
    id: { type: 'text' },
    shelf: { type: 'text' },
    label: { type: 'text' },
    rank: { type: 'integer' },
    note: { type: 'text', nullable: true },
  },
  key: ['id'],
  unique: { shelf_label: ['shelf', 'label'], label_rank: ['label', 'rank'] },
  index: { rank: ['shelf', 'rank'], label: ['label'] },
})

/** One column of each type, required and nullable; a name that SQL keeps for itself. */
export const samples = table({
  name: 'samples',
  columns: {
    id: { type: 'msat' },
    select: { type: 'text' },
    amount: { type: 'msat' },
    count: { type: 'integer' },
    at: { type: 'time' },
    is_open: { type: 'boolean' },
    data: { type: 'json' },
    bytes: { type: 'bytes' },
    text_or_null: { type: 'text', nullable: true },
    amount_or_null: { type: 'msat', nullable: true },
    count_or_null: { type: 'integer', nullable: true },
    at_or_null: { type: 'time', nullable: true },
    is_open_or_null: { type: 'boolean', nullable: true },
    data_or_null: { type: 'json', nullable: true },
    bytes_or_null: { type: 'bytes', nullable: true },
  },
  key: ['id'],
  index: { at: ['at'], count: ['count'] },
})

const tables = [accounts, items, samples, jobs]

export const testSchema: Schema = {
  version: 1,
  minimumReader: 1,
  tables,
  steps: tables.map((create) => ({ version: 1, create })),
}
