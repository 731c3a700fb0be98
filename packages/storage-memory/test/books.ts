import {
  insert,
  PaymentNodeError,
  type Schema,
  type Storage,
  table,
  type Write,
} from '@payment-node/core'

export const notes = table({
  name: 'notes',
  columns: { id: { type: 'text' }, rank: { type: 'integer' } },
  key: ['id'],
  index: { rank: ['rank'] },
})

export const schema: Schema = {
  version: 1,
  minimumReader: 1,
  tables: [notes],
  steps: [{ version: 1, create: notes }],
}

export const environment = { clock: { now: () => 1_800_000_000_000 } }

export const note = (id: string, rank = 1): Write => insert(notes, { id, rank })

export async function idsIn(storage: Storage): Promise<string[]> {
  return (await storage.find(notes, { index: 'key', equals: [], limit: 99 })).map(({ id }) => id)
}

/** The outcome with which a call ended: its answer, or what a failed storage says of the change. */
export async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call
  } catch (error) {
    return PaymentNodeError.is(error, 'storage.unavailable') ? error.details.outcome : error
  }
}
