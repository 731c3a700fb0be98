import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { type GroupCommit, groupCommit } from '../src/group-commit.ts'
import { sqlite } from '../src/index.ts'
import { type Statements, statementsOf } from '../src/statements.ts'
import { environment, idsIn, note, outcomeOf, schema } from './books.ts'
import { freshFile } from './fresh-file.ts'

interface Opened {
  readonly database: DatabaseSync
  readonly statements: Statements
  readonly group: GroupCommit
  /** What was executed, by its first word. */
  readonly executed: string[]
  committed: number
}

function open(): Opened {
  const database = new DatabaseSync(freshFile())
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT')
  database.exec('CREATE TABLE storage_schema (lost_commits INTEGER)')
  database.exec('INSERT INTO storage_schema VALUES (0)')
  const plain = statementsOf(database)
  const executed: string[] = []
  const statements: Statements = {
    ...plain,
    run(sql, values) {
      executed.push(sql.split(' ')[0]!)
      return plain.run(sql, values)
    },
  }
  const opened: Opened = {
    database,
    statements,
    executed,
    committed: 0,
    group: groupCommit({
      file: 'the file',
      database,
      statements,
      checkLock: () => undefined,
      onCommitted: () => {
        opened.committed++
      },
    }),
  }
  return opened
}

function keep(
  { group, statements }: Opened,
  id: number,
  text = 'x',
  isKept = true,
): Promise<string> {
  return group.run(() => {
    statements.run('INSERT INTO kept (id, text) VALUES (?, ?)', [BigInt(id), text])
    return { answer: `answer ${id}`, isKept }
  })
}

const idsOf = ({ database }: Opened): unknown[] =>
  database
    .prepare('SELECT id FROM kept ORDER BY id')
    .all()
    .map(({ id }) => id)

test('callers of one turn share one transaction, and each gets its own answer', async () => {
  const opened = open()
  const answers = await Promise.all([1, 2, 3].map((id) => keep(opened, id)))
  expect(answers).toEqual(['answer 1', 'answer 2', 'answer 3'])
  expect(opened.executed.filter((word) => word === 'BEGIN' || word === 'COMMIT')).toEqual([
    'BEGIN',
    'COMMIT',
  ])
  expect(opened.committed).toBe(1)
  expect(idsOf(opened)).toEqual([1, 2, 3])
})

test('what one caller takes back or gets wrong does not touch its neighbours', async () => {
  const opened = open()
  const thrown = new Error('thrown by the work')
  const answers = await Promise.all([
    keep(opened, 1),
    keep(opened, 2, 'taken back', false),
    outcomeOf(keep(opened, 1, 'a second time')),
    outcomeOf(
      opened.group.run(() => {
        opened.statements.run('INSERT INTO kept (id, text) VALUES (3, ?)', ['half'])
        throw thrown
      }),
    ),
    keep(opened, 4),
  ])
  expect(answers).toEqual(['answer 1', 'answer 2', 'none', thrown, 'answer 4'])
  expect(idsOf(opened)).toEqual([1, 4])
})

test('a group in which nothing was kept wakes nobody', async () => {
  const opened = open()
  await keep(opened, 1, 'x', false)
  expect(opened.committed).toBe(0)
})

test('a full database fails for certain what does not fit, and goes on with what does', async () => {
  const opened = open()
  await keep(opened, 1)
  opened.database.exec('PRAGMA max_page_count = 12')
  const large = 'x'.repeat(30_000)
  const outcomes = await Promise.all([
    outcomeOf(keep(opened, 2, 'small')),
    outcomeOf(keep(opened, 3, large)),
    outcomeOf(keep(opened, 4, large)),
    outcomeOf(keep(opened, 5, 'small')),
  ])
  expect(outcomes).toContain('none')
  const expected = outcomes.flatMap((outcome, at) => (outcome === 'none' ? [] : [at + 2]))
  expect(idsOf(opened)).toEqual([1, ...expected])
  expect(await keep(opened, 6)).toBe('answer 6')
})

test('a transaction that cannot begin or commit fails for all of its callers', async () => {
  const opened = open()
  const other = new DatabaseSync(opened.database.location()!)
  other.exec('BEGIN IMMEDIATE')
  const outcomes = Promise.all([1, 2].map((id) => outcomeOf(keep(opened, id))))
  expect(await outcomes).toEqual(['none', 'none'])
  other.exec('ROLLBACK')
  other.close()
  expect(await keep(opened, 1)).toBe('answer 1')
})

test('a commit that fails in an unclear way is overwritten, and so has not happened for certain', async () => {
  const opened = open()
  opened.database.exec('PRAGMA foreign_keys = ON')
  opened.database.exec(
    'CREATE TABLE child (kept INTEGER REFERENCES kept (id) DEFERRABLE INITIALLY DEFERRED)',
  )
  // Only COMMIT notices that the row it refers to is missing.
  const failing = opened.group.run(() => {
    opened.statements.run('INSERT INTO child (kept) VALUES (99)')
    return { answer: 'never', isKept: true }
  })
  expect(await Promise.all([outcomeOf(keep(opened, 1)), outcomeOf(failing)])).toEqual([
    'none',
    'none',
  ])
  expect(idsOf(opened)).toEqual([])
  expect(opened.database.prepare('SELECT * FROM storage_schema').get()).toEqual({ lost_commits: 1 })
  opened.database.exec('DROP TABLE storage_schema')
  const again = opened.group.run(() => {
    opened.statements.run('INSERT INTO child (kept) VALUES (99)')
    return { answer: 'never', isKept: true }
  })
  expect(await outcomeOf(again)).toBe('unknown')
  expect(await keep(opened, 2)).toBe('answer 2')
})

test('more callers than one group takes are all answered, in the order in which they came', async () => {
  const opened = open()
  const order: string[] = []
  await Promise.all(
    Array.from({ length: 1_300 }, (_, id) => keep(opened, id).then((answer) => order.push(answer))),
  )
  expect(order).toEqual(Array.from({ length: 1_300 }, (_, id) => `answer ${id}`))
  expect(opened.executed.filter((word) => word === 'COMMIT').length).toBe(3)
})

test('a storm of commits and reads lets the event loop turn', async () => {
  const storage = sqlite({ file: freshFile() })
  await storage.open(schema, environment)
  let turns = 0
  const turning = setInterval(() => {
    turns++
  }, 0)
  await Promise.all(
    Array.from({ length: 64 }, async (_, caller) => {
      for (let at = 0; at < 20; at++) {
        await storage.commit({ writes: [note(`${caller}-${at}`, at)] })
        await storage.find(schema.tables[0]!, { index: 'rank', equals: [at], limit: 5 })
      }
    }),
  )
  const during = turns
  expect(during).toBeGreaterThan(0)
  let isOver = false
  setTimeout(() => {
    isOver = true
  }, 0)
  // Without a turn of the event loop this would never end.
  while (!isOver) await storage.lastEvent()
  clearInterval(turning)
  expect((await idsIn(storage)).length).toBe(64 * 20)
  await storage.close()
})
