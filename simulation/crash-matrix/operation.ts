import type { PaymentNodeOptions } from '@payment-node/core'
import { ask, type World } from '@payment-node/testkit'

/** One thing that the library does, from a host's request or a fact to its end. */
export interface Operation {
  readonly name: string
  readonly says: string
  /** Options of the payment node that it needs. */
  readonly node?: Partial<PaymentNodeOptions>
  /** What the world must have before any process runs. */
  furnish?(world: World): void
  /** What must be there before; no process is struck meanwhile. */
  prepare?(world: World): Promise<void>
  /** Does it, with the patience of a host, until it has come to its end. */
  run(world: World): Promise<void>
  /** What is waited for when it is over, before it is looked at; no process is struck any more. */
  settle?(world: World): Promise<void>
  /** What must be true afterwards, besides all invariants; text says what is wrong. */
  check(world: World): string | undefined
}

/** Asks, and fails the run when the answer is a refusal. */
export async function must<T>(
  world: World,
  says: string,
  request: Parameters<typeof ask<T>>[2],
): Promise<T> {
  const answer = await ask<T>(world, says, request)
  if ('value' in answer) return answer.value
  throw new Error(`${says}: ${answer.refused}`)
}

/** Looks every 100 ms of virtual time. */
export async function eventually(world: World, condition: () => boolean): Promise<void> {
  while (!condition() && !world.violation) await world.clock.sleep(100)
}

/** The rows of a table that fit. */
export function rows(
  world: World,
  table: string,
  fits: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>>[] {
  return [...world.books.table(table).values()].filter((row) =>
    Object.entries(fits).every(([column, value]) => row[column] === value),
  )
}

/** Exactly one row of the table, in this state. */
export const one =
  (table: string, state: string, fits: Readonly<Record<string, unknown>> = {}) =>
  (world: World): string | undefined => {
    const found = rows(world, table, fits).map((row) => row.state)
    return found.length === 1 && found[0] === state
      ? undefined
      : `${table}: ${found.join(', ') || 'nothing'} instead of one ${state}`
  }
