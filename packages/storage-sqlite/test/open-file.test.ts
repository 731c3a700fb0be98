import { expect, test } from 'vitest'
import { openReader, openWriter } from '../src/open-file.ts'
import { freshFile } from './fresh-file.ts'

test('a commit reaches the disk before it is answered: write-ahead log, every commit synced', () => {
  const database = openWriter(freshFile())
  const setting = (name: string): unknown =>
    Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0]
  const full = 2
  expect([setting('journal_mode'), setting('synchronous')]).toEqual(['wal', full])
  expect([setting('fullfsync'), setting('encoding')]).toEqual([1, 'UTF-8'])
  database.close()
})

test('a snapshot’s connection cannot write', () => {
  const file = freshFile()
  const writer = openWriter(file)
  writer.exec('CREATE TABLE kept (id TEXT)')
  const reader = openReader(file)
  expect(() => reader.exec(`INSERT INTO kept VALUES ('a')`)).toThrow('readonly')
  reader.close()
  writer.close()
})
