import {
  insert,
  type NewEvent,
  PaymentNodeError,
  type Schema,
  type Storage,
  table,
  type Write,
} from '@payment-node/core'

export const notes = table({
  name: 'notes',
  columns: {
    id: { type: 'text' },
    rank: { type: 'integer' },
    text: { type: 'text', nullable: true },
  },
  key: ['id'],
  unique: { rank_text: ['rank', 'id'] },
  index: { rank: ['rank'] },
})

/** One row counts what was committed, so that a half-applied change would show. */
export const counters = table({
  name: 'counters',
  columns: { name: { type: 'text' }, count: { type: 'msat' } },
  key: ['name'],
})

const tables = [notes, counters]
export const schema: Schema = {
  version: 1,
  minimumReader: 1,
  tables,
  steps: tables.map((create) => ({ version: 1, create })),
}

export const environment = { clock: { now: () => 1_800_000_000_000 } }

export const note = (id: string, rank = 1, text: string | null = null): Write =>
  insert(notes, { id, rank, text })

export const event = (subject: string): NewEvent => ({
  id: subject,
  type: 'note.kept',
  version: 1,
  node: '02ab',
  subject,
  occurredAt: 1,
  body: JSON.stringify({ subject }),
})

export async function idsIn(storage: Storage): Promise<string[]> {
  const rows = await storage.find(notes, { index: 'key', equals: [], limit: 1_000_000 })
  return rows.map(({ id }) => id)
}

/** The outcome with which a call ended: its answer, or what a failed storage says of the change. */
export async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call
  } catch (error) {
    return PaymentNodeError.is(error, 'storage.unavailable') ? error.details.outcome : error
  }
}
