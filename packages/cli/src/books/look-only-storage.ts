import {
  PaymentNodeError,
  type Schema,
  type Storage,
  type StorageEnvironment,
} from '@payment-node/core'

/** Why a storage was left alone: opening it would have changed it. */
export class LeftAlone extends Error {
  override readonly name = 'LeftAlone'
  readonly reason: 'empty' | 'older-schema' | 'not-asked'
  /** Versions of the tables, with `older-schema`. */
  readonly found: number
  readonly known: number

  constructor(reason: LeftAlone['reason'], found: number, known: number) {
    super(`the storage was not opened: ${reason}`)
    this.reason = reason
    this.found = found
    this.known = known
  }
}

/**
 * The host's storage for looking at the books: opens only what needs no migration, and refuses
 * everything that writes. `open` throws {@link LeftAlone} for a storage that is empty or has older tables.
 */
export function lookOnly(storage: Storage): Storage {
  let isOpen = false
  return {
    contractVersion: 1,
    name: storage.name,
    isExclusive: storage.isExclusive,
    async open(schema, environment) {
      const found = storage.openToRead
        ? await storage.openToRead(schema, environment)
        : await storedVersion(storage, environment)
      if (found === 0) throw new LeftAlone('empty', found, schema.version)
      if (found < schema.version) throw new LeftAlone('older-schema', found, schema.version)
      if (!storage.openToRead) await storage.open(schema, environment)
      isOpen = true
    },
    async close() {
      // The host's own code may have it open in this process: what we did not open is not ours to close.
      if (!isOpen) return
      isOpen = false
      await storage.close()
    },
    get: (table, key) => storage.get(table, key),
    find: (table, query) => storage.find(table, query),
    snapshot: (work) => storage.snapshot(work),
    commit: async () => refuse(),
    claim: async () => refuse(),
    lease: async () => refuse(),
    events: (cursor, limit) => storage.events(cursor, limit),
    lastEvent: () => storage.lastEvent(),
    onWake: (wake) => storage.onWake(wake),
  }
}

/** A schema that every stored one is newer than. */
const noSchema: Schema = { version: 0, minimumReader: 0, tables: [], steps: [] }

/** The version of the stored tables, 0 when there are none; learnt from the refusal to open them. */
async function storedVersion(storage: Storage, environment: StorageEnvironment): Promise<number> {
  try {
    await storage.open(noSchema, environment)
  } catch (error) {
    if (PaymentNodeError.is(error, 'storage.newer-schema')) return error.details.found
    throw error
  }
  await storage.close()
  return 0
}

function refuse(): never {
  throw new PaymentNodeError(
    'storage.unavailable',
    'This command only looks at the books.',
    { outcome: 'none' },
    { isRetryable: false },
  )
}
