import assert from 'node:assert/strict'
import {
  type Change,
  type ErrorCode,
  type NewEvent,
  PaymentNodeError,
  type Refused,
  type Schema,
  type Storage,
  type Write,
} from '@payment-node/core'
import { testSchema } from './test-tables.ts'

/** The runner's own `test` or `it`. */
export type RegisterTest = (name: string, run: () => Promise<void>) => unknown

/** One storage of its own for one test. */
export interface StorageUnderTest {
  /** Empty, not opened yet. */
  readonly storage: Storage
  /** Another one over the same data, not opened yet. */
  reopen(): Storage
  /** Removes what the test left. Called after all of them were closed. */
  remove?(): Promise<void> | void
}

/** Time as the storage sees it, in milliseconds since 1970. */
export interface ContractClock {
  /** The moment that the storage would write down now. */
  now(): number
  /** Comes back when the storage's clock has gone on by at least this many milliseconds. */
  pass(milliseconds: number): Promise<void> | void
}

/** What the engine under test can do. */
export interface StorageContractOptions {
  /** False leaves out the tests that open a storage again. Default true. */
  readonly isDurable?: boolean
  /** For engines with a clock of their own. Default: a clock that stands until the test moves it. */
  readonly clock?: () => ContractClock
}

/** An opened storage in the hands of a test. */
export interface Opened {
  storage: Storage
  readonly clock: ContractClock
  /** Closes the storage and opens another one over the same data, in place of `storage`. */
  reopen(schema?: Schema): Promise<void>
  /** Closes the storage and opens an empty one in its place. */
  fresh(schema?: Schema): Promise<void>
  /** Another storage over the same data, not opened. */
  another(): Storage
}

/** Registers one promise of the port. */
export type Promised = (name: string, run: (opened: Opened) => Promise<void>) => void

export function promiser(
  test: RegisterTest,
  create: () => Promise<StorageUnderTest> | StorageUnderTest,
  options: StorageContractOptions,
  schema: Schema = testSchema,
): Promised {
  return (name, run) => {
    test(name, async () => {
      const clock = (options.clock ?? standingClock)()
      const made = [await create()]
      const replaceBy = async (storage: Storage, reopened: Schema): Promise<void> => {
        await opened.storage.close()
        opened.storage = storage
        await storage.open(reopened, { clock })
      }
      const opened: Opened = {
        storage: made[0]!.storage,
        clock,
        reopen: (reopened = schema) => replaceBy(made.at(-1)!.reopen(), reopened),
        fresh: async (reopened = schema) => {
          made.push(await create())
          await replaceBy(made.at(-1)!.storage, reopened)
        },
        another: () => made.at(-1)!.reopen(),
      }
      try {
        await opened.storage.open(schema, { clock })
        await run(opened)
      } finally {
        await opened.storage.close()
        for (const one of made) await one.remove?.()
      }
    })
  }
}

function standingClock(): ContractClock {
  let now = 1_800_000_000_000
  return {
    now: () => now,
    pass: (milliseconds) => {
      now += milliseconds
    },
  }
}

/** Commits, and fails the test when that is refused. */
export async function accept(storage: Storage, change: Change | readonly Write[]): Promise<void> {
  assert.deepEqual(await storage.commit(asChange(change)), { committed: true })
}

/** Commits, and fails the test unless that is refused in exactly this way. */
export async function refuse(
  storage: Storage,
  change: Change | readonly Write[],
  expected: Omit<Refused, 'committed'>,
): Promise<void> {
  assert.deepEqual(await storage.commit(asChange(change)), { committed: false, ...expected })
}

/** Fails the test unless the call rejects with this code. */
export async function rejects(
  call: Promise<unknown>,
  code: ErrorCode,
  what = '',
): Promise<PaymentNodeError> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  assert.ok('error' in outcome, `${what} was accepted`)
  assert.ok(
    PaymentNodeError.is(outcome.error, code),
    `${what} threw ${String(outcome.error)} instead of ${code}`,
  )
  return outcome.error
}

/** Runs `check` on each case, and fails once with every case that failed. */
export async function each<C>(
  cases: Iterable<C>,
  name: (one: C) => string,
  check: (one: C) => Promise<void> | void,
): Promise<void> {
  const failures: string[] = []
  for (const one of cases) {
    try {
      await check(one)
    } catch (error) {
      failures.push(`${name(one)}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  assert.deepEqual(failures, [])
}

function asChange(change: Change | readonly Write[]): Change {
  return 'writes' in change ? change : { writes: change }
}

export function event(subject: string, body: string, id = `${subject}-${body}`): NewEvent {
  return { id, type: 'item.kept', version: 1, node: '02ab', subject, occurredAt: 1, body }
}
