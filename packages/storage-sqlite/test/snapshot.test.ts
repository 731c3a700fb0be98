import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { environment, note, notes, outcomeOf, schema } from './books.ts'
import { freshFile } from './fresh-file.ts'

test('a snapshot ends with its work', async () => {
  const storage = sqlite({ file: freshFile() })
  await storage.open(schema, environment)
  const kept = await storage.snapshot(async (read) => read)
  await expect(kept.get(notes, ['a'])).rejects.toThrow('a snapshot ends with its work')
  await storage.close()
})

test('a snapshot ends with the storage, also when the same storage is opened again', async () => {
  const storage = sqlite({ file: freshFile() })
  await storage.open(schema, environment)
  const outcomes = await storage.snapshot(async (read) => {
    await read.get(notes, ['a'])
    await storage.close()
    const closed = await outcomeOf(read.get(notes, ['a']))
    await storage.open(schema, environment)
    return [closed, await outcomeOf(read.get(notes, ['a']))]
  })
  expect(outcomes).toEqual(['none', 'none'])
  await storage.commit({ writes: [note('a')] })
  expect((await storage.snapshot((read) => read.get(notes, ['a'])))?.id).toBe('a')
  await storage.close()
})

test('many snapshots at once each keep their own moment', async () => {
  const storage = sqlite({ file: freshFile() })
  await storage.open(schema, environment)
  const sizes: number[] = []
  const nest = async (depth: number): Promise<void> => {
    if (depth === 12) return
    await storage.snapshot(async (read) => {
      await storage.commit({ writes: [note(`${depth}`, depth)] })
      await nest(depth + 1)
      sizes.push((await read.find(notes, { index: 'rank', equals: [], limit: 99 })).length)
    })
  }
  await nest(0)
  expect(sizes).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
  await storage.close()
})
