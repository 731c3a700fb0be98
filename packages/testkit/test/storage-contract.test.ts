import type {
  AnyTable,
  Change,
  Key,
  NewEvent,
  Refused,
  RowOf,
  Storage,
  Write,
} from '@payment-node/core'
import { storageContract } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { memory, memoryData } from '../../storage-memory/src/index.ts'

/** Makes a storage that breaks one promise out of one that keeps them all. */
type Break = (whole: Storage) => Partial<Storage>

type Commit = Storage['commit']
const commitWith =
  (alter: (change: Change, commit: Commit) => ReturnType<Commit>): Break =>
  (whole) => ({ commit: (change) => alter(change, whole.commit) })
const withWrites = (change: Change, alter: (write: Write) => Write | undefined): Change => ({
  ...change,
  writes: change.writes.flatMap((write) => alter(write) ?? []),
})
const isWrite = ({ op }: Write): boolean => op === 'insert' || op === 'update' || op === 'delete'
const refusedWith =
  (alter: (refused: Refused) => Refused): Break =>
  (whole) => ({
    commit: async (change) => {
      const result = await whole.commit(change)
      return result.committed ? result : alter(result)
    },
  })
const readWith =
  (alter: (value: unknown) => unknown): Break =>
  (whole) => {
    const altered = <R>(row: R): R =>
      row && (Object.fromEntries(Object.entries(row).map(([k, v]) => [k, alter(v)])) as R)
    return {
      get: async (table, key) => altered(await whole.get(table, key)),
      find: async (table, query) => (await whole.find(table, query)).map(altered),
    }
  }
const findWith =
  (alter: (query: Parameters<Storage['find']>[1]) => Parameters<Storage['find']>[1]): Break =>
  (whole) => ({ find: (table, query) => whole.find(table, alter(query)) })
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await undefined
}

/** The broken promise, and a part of the name of a test that must notice. */
const defects: Record<string, [noticedBy: string, defect: Break]> = {
  'required rows are not looked at': [
    'update, delete and require refuse a row',
    commitWith((change, commit) =>
      commit(withWrites(change, (write) => (write.op === 'require' ? undefined : write))),
    ),
  ],
  'lower bounds are not kept': [
    'of 64 concurrent withdrawals',
    commitWith((change, commit) =>
      commit(
        withWrites(change, (write) => {
          if (write.op !== 'add') return write
          const { min: _, ...rest } = write
          return rest
        }),
      ),
    ),
  ],
  'a stale update is repeated inside until it passes': [
    'no update is lost',
    (whole) => {
      const commit: Commit = async (change) => {
        const result = await whole.commit(change)
        if (result.committed || result.reason !== 'stale') return result
        const renewed = change.writes.map(async (write) => {
          if (write.op !== 'update') return write
          const row = await whole.get(write.table, write.key)
          return { ...write, revision: row?.revision ?? 1 }
        })
        return commit({ ...change, writes: await Promise.all(renewed) })
      }
      return { commit }
    },
  ],
  'fences are not looked at': [
    'a fenced change passes with',
    commitWith(({ fence: _, ...change }, commit) => commit(change)),
  ],
  'writes are committed one by one': [
    'nothing of a refused change is written',
    commitWith(async (change, commit) => {
      for (const write of change.writes.filter(isWrite)) await commit({ writes: [write] })
      return commit(change)
    }),
  ],
  'events of refused changes appear': [
    'events of a refused change never appear',
    (whole) => {
      const refused: NewEvent[] = []
      return {
        commit: async (change) => {
          const result = await whole.commit(change)
          if (!result.committed) refused.push(...(change.events ?? []))
          return result
        },
        events: async (cursor, limit) => {
          const events = await whole.events(cursor, limit)
          return [...events, ...refused.map((event) => ({ ...event, cursor: 99n }))]
        },
      }
    },
  ],
  'a change is read a turn after the call': [
    'what the caller changes after the call',
    commitWith(async (change, commit) => {
      await turns(2)
      return commit(change)
    }),
  ],
  'a change of conditions only is accepted': [
    'a change without insert, update or delete',
    commitWith(async (change, commit) =>
      change.writes.some(isWrite) ? commit(change) : { committed: true },
    ),
  ],
  'NUL is dropped from text': [
    'a value that its column cannot give back',
    commitWith((change, commit) => {
      const clean = (fields: Readonly<Record<string, unknown>>) =>
        Object.fromEntries(
          Object.entries(fields).map(([name, value]) => [
            name,
            typeof value === 'string' ? value.replaceAll('\0', '') : value,
          ]),
        )
      return commit(
        withWrites(change, (write) => {
          if (write.op === 'insert') return { ...write, row: clean(write.row) }
          return write.op === 'update' ? { ...write, set: clean(write.set) } : write
        }),
      )
    }),
  ],
  'every duplicate is called key': [
    'a duplicate names the unique key',
    refusedWith((refused) => (refused.uniqueKey ? { ...refused, uniqueKey: 'key' } : refused)),
  ],
  'every refusal points at the first write': [
    'an insert of a key that is there',
    refusedWith((refused) => ({ ...refused, write: 0 })),
  ],
  'a repeated insert counts as committed': [
    'the same change a second time',
    (whole) => ({
      commit: async (change) => {
        const result = await whole.commit(change)
        return !result.committed && result.uniqueKey === 'key' ? { committed: true } : result
      },
    }),
  ],
  'bounds are reported before duplicates': [
    'the same change a second time',
    (whole) => ({
      commit: async (change) => {
        const result = await whole.commit(change)
        const add = change.writes.findIndex(({ op }) => op === 'add')
        return result.committed || add < 0
          ? result
          : { committed: false, write: add, reason: 'bound' }
      },
    }),
  ],
  'bigints pass through floats': [
    'every value of every column type',
    readWith((value) => (typeof value === 'bigint' ? BigInt(Number(value)) : value)),
  ],
  'empty bytes are read as null': [
    'every value of every column type',
    readWith((value) => (value instanceof Uint8Array && value.length === 0 ? null : value)),
  ],
  'readers share one row': [
    'what a reader does to a row',
    (whole) => {
      const shared = new Map<unknown, unknown>()
      return {
        get: async <T extends AnyTable>(table: T, key: Key) => {
          const row = await whole.get(table, key)
          if (!shared.has(key[0])) shared.set(key[0], { ...row })
          return shared.get(key[0]) as RowOf<T>
        },
      }
    },
  ],
  'revisions stand still': [
    'an update sets the named columns only',
    (whole) => ({
      get: async (table, key) => {
        const row = await whole.get(table, key)
        return row && { ...row, revision: 1 }
      },
    }),
  ],
  'text sorts by UTF-16 units': [
    'text sorts by UTF-8 bytes',
    (whole) => ({
      find: async (table, query) => {
        const sign = query.descending ? -1 : 1
        return (await whole.find(table, query)).sort((one, other) =>
          String(one.id) < String(other.id) ? -sign : sign,
        )
      },
    }),
  ],
  'after is not looked at': ['pages of every size', findWith(({ after: _, ...query }) => query)],
  'descending is not looked at': [
    'pages of every size',
    findWith(({ descending: _, ...query }) => query),
  ],
  'upTo leaves out its bound': [
    'upTo includes its bound',
    findWith((query) =>
      typeof query.upTo === 'number' ? { ...query, upTo: query.upTo - 1 } : query,
    ),
  ],
  'pages are longer than their limit': [
    'pages of every size',
    findWith((query) => ({ ...query, limit: query.limit + 1 })),
  ],
  'a claim does not move the job': [
    'concurrent claims never give the same job twice',
    (whole) => {
      const seen = new Map<string, Awaited<ReturnType<Storage['claim']>>>()
      return {
        claim: async (queue, options) => {
          const given = await whole.claim(queue, options)
          if (given.length > 0) seen.set(queue, given)
          return given.length > 0 ? given : (seen.get(queue) ?? [])
        },
      }
    },
  ],
  'claims come in the wrong order': [
    'a claim gives the due jobs',
    (whole) => ({
      claim: async (queue, options) => (await whole.claim(queue, options)).reverse(),
    }),
  ],
  'jobs are claimed before they are due': [
    'a job is due from its own millisecond on',
    (whole) => ({
      open: (schema, environment) =>
        whole.open(schema, { ...environment, clock: { now: () => 4e12 } }),
    }),
  ],
  'a renewal raises the epoch': [
    'the holder renews with the same epoch',
    (whole) => ({
      lease: async (name, options) => {
        await whole.lease(name, { ...options, for: 0 })
        return whole.lease(name, options)
      },
    }),
  ],
  'leases have no holders': [
    'while a lease is held nobody else gets it',
    (whole) => ({ lease: (name, options) => whole.lease(name, { ...options, holder: 'any' }) }),
  ],
  'leases never end': [
    'the epoch grows by a takeover',
    (whole) => ({
      lease: (name, options) =>
        whole.lease(name, { ...options, for: options.for === 0 ? 0 : 1e12 }),
    }),
  ],
  'a lease cannot be given up': [
    'for: 0 gives a lease up',
    (whole) => ({
      lease: (name, options) => whole.lease(name, { ...options, for: options.for || 1 }),
    }),
  ],
  'bodies are written anew': [
    'the very same body',
    (whole) => ({
      events: async (cursor, limit) =>
        (await whole.events(cursor, limit)).map((event) => ({
          ...event,
          body: event.body && JSON.stringify(JSON.parse(event.body)),
        })),
    }),
  ],
  'events are read with the cursor included': [
    'pages of events after a cursor',
    (whole) => ({
      events: (cursor, limit) => whole.events(cursor > 0n ? cursor - 1n : 0n, limit),
    }),
  ],
  'lastEvent is always 0': ['lastEvent is 0 at first', () => ({ lastEvent: async () => 0n })],
  'nobody is woken': [
    'a listener is woken after a commit',
    () => ({ onWake: () => () => undefined }),
  ],
  'unsubscribing does nothing': [
    'an unsubscribed listener stays asleep',
    (whole) => ({
      onWake: (wake) => {
        whole.onWake(wake)
        return () => undefined
      },
    }),
  ],
  'a snapshot reads what is new': [
    'all reads of a snapshot show one moment',
    (whole) => ({ snapshot: (work) => work(whole) }),
  ],
  'close does not wait': [
    'close waits for the commits in flight',
    commitWith(async (change, commit) => {
      await turns(9)
      return commit(change)
    }),
  ],
  'calls after close are answered': [
    'before open and after close every call is rejected',
    () => ({ get: async () => undefined }),
  ],
  'books are lost when they are closed': [
    'what was answered as committed is there',
    () => memory(),
  ],
  'a newer schema is opened': [
    'a schema that a newer release closed',
    (whole) => ({
      open: (schema, environment) => whole.open({ ...schema, minimumReader: 1 }, environment),
    }),
  ],
  'it can be open twice': [
    'an exclusive engine cannot be open twice',
    (whole) => ({ open: async (...given) => whole.open(...given).catch(() => undefined) }),
  ],
}

interface Registered {
  readonly name: string
  readonly run: () => Promise<void>
}

function contractOf(defect: Break): Registered[] {
  const registered: Registered[] = []
  storageContract(
    (name, run) => registered.push({ name, run }),
    () => {
      const data = memoryData()
      const make = (): Storage => {
        const whole = memory({ data })
        return { ...whole, ...defect(whole) }
      }
      return { storage: make(), reopen: make }
    },
  )
  return registered
}

/** A test that waits for ever has failed as well: nothing else is left to run. */
async function isNoticed({ run }: Registered): Promise<boolean> {
  const hangs = new Promise<boolean>((resolve) => {
    setTimeout(resolve, 500, true)
  })
  return Promise.race([
    run().then(
      () => false,
      () => true,
    ),
    hangs,
  ])
}

test('the contract notices every defect that a storage may have', async () => {
  const unnoticed: string[] = []
  for (const [name, [noticedBy, defect]] of Object.entries(defects)) {
    const tests = contractOf(defect).filter((one) => one.name.includes(noticedBy))
    if (tests.length !== 1) unnoticed.push(`${name}: ${tests.length} tests are called ${noticedBy}`)
    else if (!(await isNoticed(tests[0]!))) unnoticed.push(`${name}: ${noticedBy}`)
  }
  expect(unnoticed).toEqual([])
})

test('the contract has nothing against a storage without defects, in any order of its tests', async () => {
  const failures: string[] = []
  for (const { name, run } of contractOf(() => ({})).reverse()) {
    await run().catch((error: unknown) => failures.push(`${name}: ${String(error)}`))
  }
  expect(failures).toEqual([])
})

test('the tests that open a storage again are left out for engines that keep nothing', async () => {
  const names: string[] = []
  const create = () => ({ storage: memory(), reopen: () => memory() })
  storageContract((name) => names.push(name), create, { isDurable: false })
  expect(names.filter((name) => name.includes('again') && name.includes('opened'))).toEqual([])
  expect(names.length).toBeGreaterThan(70)
  expect(new Set(names).size).toBe(names.length)
})
