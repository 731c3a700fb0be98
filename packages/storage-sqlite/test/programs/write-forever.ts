/** Writes until it is killed, and prints each id once it was answered as committed. */
import { writeSync } from 'node:fs'
import { insert, type Write } from '@payment-node/core'
import { sqlite } from '../../src/index.ts'
import { counters, environment, event, note, schema } from '../books.ts'

const [file, name] = process.argv.slice(2)
writeSync(1, 'opening\n')
const storage = sqlite({ file: file! })
await storage.open(schema, environment)
await storage.commit({ writes: [insert(counters, { name: 'notes', count: 0n })] })
const count: Write = { op: 'add', table: counters, key: ['notes'], column: 'count', by: 1n }
let next = 0
async function write(): Promise<never> {
  for (;;) {
    const id = `${name}-${next++}`
    const text = 'x'.repeat((next * 37) % 5_000)
    const result = await storage.commit({
      writes: [note(id, next, text), count],
      events: [event(id)],
    })
    if (result.committed) writeSync(1, `${id}\n`)
  }
}
await Promise.all(Array.from({ length: 8 }, write))
