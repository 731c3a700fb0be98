import type { Change } from '@payment-node/core'
import { afterEach, expect, test, vi } from 'vitest'
import { memory, memoryData } from '../src/index.ts'
import { environment, idsIn, note, notes, outcomeOf, schema } from './books.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

test('the hooks stand before and after each commit and see the change and its result', async () => {
  const seen: unknown[] = []
  const storage = memory({
    hooks: {
      beforeCommit: async (change) => seen.push(['before', change, await idsIn(storage)]),
      afterCommit: async (change, result) =>
        seen.push(['after', change, result, await idsIn(storage)]),
    },
  })
  await storage.open(schema, environment)
  const change: Change = { writes: [note('a')] }
  await storage.commit(change)
  await storage.commit(change)
  const refused = { committed: false, write: 0, reason: 'duplicate', uniqueKey: 'key' }
  expect(seen).toEqual([
    ['before', change, []],
    ['after', change, { committed: true }, ['a']],
    ['before', change, ['a']],
    ['after', change, refused, ['a']],
  ])
})

test('a hook that throws before the commit keeps it from happening', async () => {
  const thrown = new Error('thrown by the hook')
  const storage = memory({ hooks: { beforeCommit: () => Promise.reject(thrown) } })
  await storage.open(schema, environment)
  await expect(storage.commit({ writes: [note('a')] })).rejects.toBe(thrown)
  expect(await idsIn(storage)).toEqual([])
})

test('a hook that throws after the commit loses the reply, not the change', async () => {
  const thrown = new Error('thrown by the hook')
  let failures = 1
  const storage = memory({
    hooks: {
      afterCommit() {
        if (failures-- > 0) throw thrown
      },
    },
  })
  await storage.open(schema, environment)
  const change: Change = { writes: [note('a')] }
  await expect(storage.commit(change)).rejects.toBe(thrown)
  expect(await idsIn(storage)).toEqual(['a'])
  expect(await storage.commit(change)).toMatchObject({ committed: false, reason: 'duplicate' })
})

test('a change that was built wrongly never reaches the hooks', async () => {
  const beforeCommit = vi.fn()
  const storage = memory({ hooks: { beforeCommit } })
  await storage.open(schema, environment)
  await expect(storage.commit({ writes: [] })).rejects.toThrow('a change needs an insert')
  expect(beforeCommit).not.toHaveBeenCalled()
})

test('a commit that a hook holds back is overtaken by others, and close waits for it', async () => {
  let release: (() => void) | undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let commits = 0
  const data = memoryData()
  const storage = memory({
    data,
    hooks: { beforeCommit: () => (commits++ === 0 ? held : undefined) },
  })
  await storage.open(schema, environment)
  const slow = storage.commit({ writes: [note('slow')] })
  await storage.commit({ writes: [note('quick')] })
  expect(await idsIn(storage)).toEqual(['quick'])
  const answers: string[] = []
  const closing = storage.close().then(() => answers.push('closed'))
  void slow.then(() => answers.push('committed'))
  release?.()
  await closing
  expect(answers).toEqual(['committed', 'closed'])
  const again = memory({ data })
  await again.open(schema, environment)
  expect(await idsIn(again)).toEqual(['quick', 'slow'])
})

test('kill rejects what is in flight and everything later; what was applied stays', async () => {
  const data = memoryData()
  const when = { before: false, after: false }
  const first = memory({
    data,
    hooks: {
      beforeCommit: () => when.before && first.kill(),
      afterCommit: () => when.after && first.kill(),
    },
  })
  await first.open(schema, environment)
  await first.commit({ writes: [note('answered')] })
  const reading = outcomeOf(first.get(notes, ['answered']))
  when.after = true
  expect(await outcomeOf(first.commit({ writes: [note('applied')] }))).toBe('unknown')
  expect(await reading).toMatchObject({ id: 'answered' })
  for (const call of [
    first.get(notes, ['answered']),
    first.find(notes, { index: 'rank', equals: [], limit: 1 }),
    first.snapshot(async () => 1),
    first.commit({ writes: [note('late')] }),
    first.claim('queue', { limit: 1, leaseFor: 1 }),
    first.lease('leader', { holder: 'a', for: 1 }),
    first.events(0n, 1),
    first.lastEvent(),
    first.open(schema, environment),
  ]) {
    expect(await outcomeOf(call)).toBe('none')
  }
  first.kill()
  await first.close()

  const second = memory({ data, hooks: { beforeCommit: () => second.kill() } })
  await second.open(schema, environment)
  expect(await idsIn(second)).toEqual(['answered', 'applied'])
  const read = outcomeOf(second.get(notes, ['answered']))
  expect(await outcomeOf(second.commit({ writes: [note('never')] }))).toBe('none')
  expect(await read).toBe('none')

  const third = memory({ data })
  await third.open(schema, environment)
  expect(await idsIn(third)).toEqual(['answered', 'applied'])
})

test('a storage that is killed while it closes lets go of the books', async () => {
  const data = memoryData()
  const first = memory({ data, hooks: { beforeCommit: () => new Promise(() => undefined) } })
  await first.open(schema, environment)
  void first.commit({ writes: [note('stuck')] })
  void first.close()
  first.kill()
  const second = memory({ data })
  await second.open(schema, environment)
  expect(await idsIn(second)).toEqual([])
})

test('shared books are open in several storages at once, and a commit of one wakes them all', async () => {
  const data = memoryData()
  const [one, other] = [memory({ data, exclusive: false }), memory({ data, exclusive: false })]
  await one.open(schema, environment)
  await other.open(schema, environment)
  expect(one.isExclusive).toBe(false)
  const woken = new Promise<void>((resolve) => {
    other.onWake(resolve)
  })
  await one.commit({ writes: [note('a')] })
  await woken
  expect(await idsIn(other)).toEqual(['a'])
  expect((await one.lease('leader', { holder: 'one', for: 1_000 }))?.epoch).toBe(1)
  expect(await other.lease('leader', { holder: 'other', for: 1_000 })).toBeUndefined()
  await expect(memory({ data }).open(schema, environment)).rejects.toThrow('open already')
})

test('a snapshot ends with its work and with the storage', async () => {
  const storage = memory()
  await storage.open(schema, environment)
  const kept = await storage.snapshot(async (read) => read)
  await expect(kept.get(notes, ['a'])).rejects.toThrow('a snapshot ends with its work')
  const reading = storage.snapshot(async (read) => {
    await storage.close()
    return read.get(notes, ['a'])
  })
  expect(await outcomeOf(reading)).toBe('none')
})

test('no call is answered, and no commit applied, before its caller lets go of the turn', async () => {
  const order: string[] = []
  const storage = memory({ hooks: { afterCommit: () => order.push('applied') } })
  await storage.open(schema, environment)
  const committing = storage.commit({ writes: [note('a')] }).then(() => order.push('committed'))
  const reading = storage.get(notes, ['a']).then(() => order.push('read'))
  order.push('the caller goes on')
  await Promise.all([committing, reading])
  expect([order[0], ...order.slice(1).sort()]).toEqual([
    'the caller goes on',
    'applied',
    'committed',
    'read',
  ])
})

test('needs no timer, no clock of its own and no chance', async () => {
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']) {
    vi.stubGlobal(name, undefined)
  }
  for (const name of ['Date', 'performance', 'crypto']) vi.stubGlobal(name, undefined)
  vi.stubGlobal('Math', { ...Math, random: undefined, min: Math.min, max: Math.max })
  const storage = memory()
  await storage.open(schema, environment)
  await storage.commit({ writes: [note('a'), note('b', 2)] })
  const found = await storage.snapshot((read) =>
    read.find(notes, { index: 'rank', equals: [], limit: 9 }),
  )
  await storage.lease('leader', { holder: 'a', for: 5 })
  await storage.close()
  vi.unstubAllGlobals()
  expect(found.map(({ id }) => id)).toEqual(['a', 'b'])
})
