import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { counters, environment, idsIn, note, schema } from './books.ts'
import { startChild } from './child-process.ts'
import { freshFile } from './fresh-file.ts'

const kills = 20

test(`a writer that is killed ${kills} times loses nothing that was answered and leaves nothing half done`, async () => {
  const file = freshFile()
  const answered = new Set<string>()
  for (let at = 0; at < kills; at++) {
    const child = startChild('write-forever', [file, `${at}`])
    // From the moment before it opens the file (1 line) to some hundred commits later.
    await child.printed(at % 6 === 0 ? 1 : 1 + ((at * 53) % 200))
    child.process.kill('SIGKILL')
    await child.ended
    for (const line of child.lines.slice(1)) answered.add(line)

    const storage = sqlite({ file })
    await storage.open(schema, environment)
    const there = await idsIn(storage)
    const kept = new Set(there)
    expect([...answered].filter((id) => !kept.has(id))).toEqual([])
    const events = await storage.events(0n, 1_000_000)
    expect(events.map(({ subject }) => subject).sort()).toEqual([...there].sort())
    const counter = await storage.get(counters, ['notes'])
    expect(counter?.count ?? 0n).toBe(BigInt(there.length))
    await storage.close()
  }
  expect(answered.size).toBeGreaterThan(kills)
}, 60_000)

test('when the disk takes no more, what was answered stays, and what failed for certain never comes back', async () => {
  const file = freshFile()
  const child = startChild('write-until-failure', [file], { fileLimit: 2_000 })
  await child.ended
  const { answered, failed, visible } = JSON.parse(child.lines[0]!)
  expect(failed.length).toBeGreaterThan(0)
  for (const { outcome } of failed) expect(outcome).toBe('none')
  expect(visible).toEqual(answered)

  const storage = sqlite({ file })
  await storage.open(schema, environment)
  expect(await idsIn(storage)).toEqual(answered)
  for (const { id } of failed) {
    expect(await storage.commit({ writes: [note(id, Number(id.slice(5)))] })).toEqual({
      committed: true,
    })
  }
  await storage.close()
}, 30_000)
