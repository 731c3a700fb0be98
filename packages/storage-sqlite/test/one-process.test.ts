import { rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { environment, idsIn, note, outcomeOf, schema } from './books.ts'
import { startChild } from './child-process.ts'
import { freshFile } from './fresh-file.ts'

async function openFailure(file: string): Promise<unknown> {
  const storage = sqlite({ file })
  return storage.open(schema, environment).then(
    () => storage.close(),
    (error: unknown) => error,
  )
}

test('two processes cannot have one file open; the second is told which, at once', async () => {
  const file = freshFile()
  const holder = startChild('hold-open', [file])
  await holder.printed(1)
  expect(holder.lines).toEqual(['open'])

  const other = startChild('hold-open', [file])
  await other.ended
  expect(other.lines).toEqual(['storage.in-use'])
  const failure = await openFailure(file)
  expect(PaymentNodeError.is(failure, 'storage.in-use') && failure.details.where).toBe(file)
  expect(String(failure)).toContain(`${file}.lock`)

  holder.process.stdin?.end()
  await holder.ended
  expect(holder.lines).toEqual(['open', 'closed'])
  const storage = sqlite({ file })
  await storage.open(schema, environment)
  expect(await idsIn(storage)).toEqual([`by ${holder.process.pid}`])
  await storage.close()
})

test('a killed process lets go of the lock', async () => {
  const file = freshFile()
  const holder = startChild('hold-open', [file])
  await holder.printed(1)
  expect(await openFailure(file)).toBeInstanceOf(PaymentNodeError)
  holder.process.kill('SIGKILL')
  await holder.ended
  expect(await openFailure(file)).toBeUndefined()
})

test('another spelling of the path, or a link to the file, meets the same lock', async () => {
  const file = freshFile()
  const storage = sqlite({ file })
  await storage.open(schema, environment)
  const link = join(dirname(file), 'link.db')
  symlinkSync(file, link)
  const spellings = [link, relative(process.cwd(), file), join(dirname(file), '.', 'books.db')]
  for (const spelling of spellings) {
    expect(await openFailure(spelling), spelling).toMatchObject({ code: 'storage.in-use' })
  }
  // A second opener in this process must not have let go of the first one's lock.
  const other = startChild('hold-open', [file])
  await other.ended
  expect(other.lines).toEqual(['storage.in-use'])
  await storage.commit({ writes: [note('still ours')] })
  await storage.close()
})

test('a storage that failed to open leaves the file free', async () => {
  const file = freshFile()
  const failing = sqlite({ file })
  const wrong = { ...schema, steps: [] }
  await expect(failing.open(wrong, environment)).rejects.toMatchObject({ code: 'options.invalid' })
  expect(await openFailure(file)).toBeUndefined()
})

test('when the lock file is deleted, nothing more is written: somebody else may have the file open', async () => {
  const file = freshFile()
  const storage = sqlite({ file })
  await storage.open(schema, environment)
  await storage.commit({ writes: [note('a')] })
  rmSync(`${file}.lock`)
  const other = sqlite({ file })
  await other.open(schema, environment)
  expect(await outcomeOf(storage.commit({ writes: [note('b')] }))).toBe('none')
  expect(await outcomeOf(other.commit({ writes: [note('c')] }))).toEqual({ committed: true })
  expect(await outcomeOf(storage.lease('leader', { holder: 'a', for: 1_000 }))).toBe('none')
  await storage.close()
  expect(await idsIn(other)).toEqual(['a', 'c'])
  await other.close()
})
