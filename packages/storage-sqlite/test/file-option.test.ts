import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { environment, schema } from './books.ts'
import { freshFile } from './fresh-file.ts'

test('a file that is no path is refused at once, and :memory: points at storage-memory', () => {
  for (const file of ['', ':memory:', 'file:books.db', 'file::memory:', undefined, 5]) {
    expect(() => sqlite({ file: file as string }), String(file)).toThrow(
      expect.objectContaining({ code: 'options.invalid' }),
    )
  }
  expect(() => sqlite({ file: ':memory:' })).toThrow('@payment-node/storage-memory')
})

test('a file that cannot hold the books is refused, and stays as it is', async () => {
  const file = freshFile()
  const directory = dirname(file)
  const text = join(directory, 'text.db')
  writeFileSync(
    text,
    'This is a text of somebody else, longer than the header of a database.'.repeat(9),
  )
  const foreign = join(directory, 'foreign.db')
  const database = new DatabaseSync(foreign)
  database.exec('CREATE TABLE orders (id TEXT)')
  database.close()
  mkdirSync(join(directory, 'directory.db'))
  const refused: Record<string, string> = {
    [text]: 'options.invalid',
    [foreign]: 'options.invalid',
    [join(directory, 'missing', 'books.db')]: 'options.invalid',
    [join(directory, 'directory.db')]: 'storage.unavailable',
  }
  const before = [readFileSync(text), readFileSync(foreign)]
  for (const [path, code] of Object.entries(refused)) {
    await expect(sqlite({ file: path }).open(schema, environment), path).rejects.toMatchObject({
      code,
    })
  }
  expect([readFileSync(text), readFileSync(foreign)]).toEqual(before)
})

test('a damaged file is refused instead of being read as empty', async () => {
  const file = freshFile()
  const storage = sqlite({ file })
  await storage.open(schema, environment)
  await storage.close()
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0xff, 0, 4_096))
  await expect(sqlite({ file }).open(schema, environment)).rejects.toMatchObject({
    code: 'options.invalid',
  })
})
