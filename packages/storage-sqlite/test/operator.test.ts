import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { environment, event, idsIn, note, outcomeOf, schema } from './books.ts'
import { freshFile } from './fresh-file.ts'

/** Reads with SQL in a process of its own, as an operator's shell does. */
function queryOutside(file: string, sql: string): unknown {
  const program = `
    const { DatabaseSync } = require('node:sqlite')
    const database = new DatabaseSync(process.argv[1], { readOnly: true })
    console.log(JSON.stringify(database.prepare(process.argv[2]).all()))`
  const output = execFileSync(process.execPath, ['-e', program, file, sql], { encoding: 'utf8' })
  return JSON.parse(output)
}

test('an operator reads the tables with SQL while the storage writes', async () => {
  const file = freshFile()
  const storage = sqlite({ file })
  await storage.open(schema, environment)
  await storage.commit({ writes: [note('a', 7, 'text')], events: [event('note/a')] })
  expect(queryOutside(file, 'SELECT * FROM notes')).toEqual([
    { id: 'a', rank: 7, text: 'text', revision: 1 },
  ])
  expect(queryOutside(file, 'SELECT cursor, subject, body FROM storage_events')).toEqual([
    { cursor: 1, subject: 'note/a', body: '{"subject":"note/a"}' },
  ])
  await storage.commit({ writes: [note('b')] })
  expect(queryOutside(file, 'SELECT count(*) AS notes FROM notes')).toEqual([{ notes: 2 }])
  await storage.close()
})

test('an open reader of another connection holds up neither commits nor close', async () => {
  const file = freshFile()
  const storage = sqlite({ file })
  await storage.open(schema, environment)
  const reader = new DatabaseSync(file, { readOnly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM notes').get()
  await storage.commit({ writes: [note('a')] })
  expect(await idsIn(storage)).toEqual(['a'])
  await storage.close()
  expect(reader.prepare('SELECT count(*) AS notes FROM notes').get()).toEqual({ notes: 0 })
  reader.close()
})

test('while somebody else writes, a commit fails for certain, and passes once he is done', async () => {
  const file = freshFile()
  const storage = sqlite({ file })
  await storage.open(schema, environment)
  const writer = new DatabaseSync(file)
  writer.exec('BEGIN IMMEDIATE')
  expect(await outcomeOf(storage.commit({ writes: [note('a')] }))).toBe('none')
  expect(await idsIn(storage)).toEqual([])
  writer.exec('ROLLBACK')
  writer.close()
  expect(await outcomeOf(storage.commit({ writes: [note('a')] }))).toEqual({ committed: true })
  await storage.close()
})

test('the files that it creates are for their owner alone', async () => {
  const file = freshFile()
  const storage = sqlite({ file })
  await storage.open(schema, environment)
  await storage.commit({ writes: [note('a')] })
  for (const name of [file, `${file}.lock`, `${file}-wal`, `${file}-shm`]) {
    expect((statSync(name).mode & 0o777).toString(8), name.replace(dirname(file), '')).toBe('600')
  }
  await storage.close()
})
