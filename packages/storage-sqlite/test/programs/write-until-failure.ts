/** Writes until the storage fails, prints what happened as one JSON text, and dies without closing. */
import { writeSync } from 'node:fs'
import { sqlite } from '../../src/index.ts'
import { environment, idsIn, note, outcomeOf, schema } from '../books.ts'

const storage = sqlite({ file: process.argv[2]! })
await storage.open(schema, environment)
const answered: string[] = []
let failed: { id: string; outcome: unknown }[] = []
for (let at = 0; failed.length === 0 && at < 100_000; at += 4) {
  const group = [at, at + 1, at + 2, at + 3].map(async (number) => {
    const id = `note ${String(number).padStart(6, '0')}`
    const outcome = await outcomeOf(
      storage.commit({ writes: [note(id, number, 'x'.repeat(3_000))] }),
    )
    return { id, outcome, isAnswered: typeof outcome !== 'string' }
  })
  const results = await Promise.all(group)
  answered.push(...results.filter(({ isAnswered }) => isAnswered).map(({ id }) => id))
  failed = results.filter(({ isAnswered }) => !isAnswered)
}
const visible = await idsIn(storage)
writeSync(1, `${JSON.stringify({ answered, failed, visible })}\n`)
process.kill(process.pid, 'SIGKILL')
