import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { insert, type Schema, type Storage, systemClock, table } from '@payment-node/core'
import { sqlite } from '@payment-node/storage-sqlite'
import type { Section } from '../bench.ts'
import { runConcurrently } from '../run-concurrently.ts'
import { median, rangeOf } from '../statistics.ts'

const rounds = 15
const alone = { concurrency: 1, commits: 120 }
const together = { concurrency: 64, commits: 1920 }
const body = JSON.stringify({ data: 'x'.repeat(400) })

const orders = table({
  name: 'orders',
  columns: { id: { type: 'text' }, partner: { type: 'text' }, amount_msat: { type: 'msat' } },
  key: ['id'],
  index: { partner: ['partner', 'id'] },
})
const schema: Schema = {
  version: 1,
  minimumReader: 1,
  tables: [orders],
  steps: [{ version: 1, create: orders }],
}

/** What the port costs and what its group commit gains, against one transaction per commit. */
export const storage: Section = {
  name: 'storage',
  says: 'commits of one row and one event: the SQLite port and bare node:sqlite',
  async measure(bench) {
    const folder = await bench.folder()
    const bare = openBare(join(folder, 'bare.db'))
    const port = sqlite({ file: join(folder, 'port.db') })
    await port.open(schema, { clock: systemClock })
    const rates = { bare: [] as number[], alone: [] as number[], together: [] as number[] }
    try {
      await rate(together, (id) => commit(port, id))
      for (let round = 1; round <= rounds; round++) {
        const steps = [
          async () => rates.bare.push(await rate(alone, bare.commit)),
          async () => rates.alone.push(await rate(alone, (id) => commit(port, id))),
          async () => rates.together.push(await rate(together, (id) => commit(port, id))),
        ]
        // Each comes at each place: what the disk still has to do belongs to the one before.
        for (let at = 0; at < steps.length; at++) await steps[(at + round) % steps.length]!()
        if (round % 5 === 0) bench.report(`storage: round ${round} of ${rounds}`)
      }
    } finally {
      await port.close()
      bare.close()
    }
    const section = storage.name
    const over = (values: readonly number[]) => ({ value: median(values), range: rangeOf(values) })
    const toBare = (values: readonly number[]) => ({
      ...over(values.map((value, round) => value / rates.bare[round]!)),
      unit: 'ratio' as const,
    })
    const perSecond = (values: readonly number[]) => ({
      ...over(values),
      unit: 'per second' as const,
    })
    return [
      { section, what: 'commits one by one, of bare node:sqlite', ...toBare(rates.alone) },
      { section, what: '64 commits at once, of bare node:sqlite', ...toBare(rates.together) },
      { section, what: 'commits one by one', ...perSecond(rates.alone) },
      { section, what: '64 commits at once', ...perSecond(rates.together) },
      { section, what: 'bare node:sqlite', ...perSecond(rates.bare), isReference: true },
    ]
  },
}

let nextOrder = 0

async function rate(
  { concurrency, commits }: typeof alone,
  one: (id: string) => Promise<void> | void,
): Promise<number> {
  const start = performance.now()
  await runConcurrently(commits, concurrency, async () => one(`order-${nextOrder++}`))
  return commits / ((performance.now() - start) / 1000)
}

async function commit(port: Storage, id: string): Promise<void> {
  const answer = await port.commit({
    writes: [insert(orders, { id, partner: 'bakery', amount_msat: 1_000_000n })],
    events: [
      {
        id: `evt_${id}`,
        type: 'order.created',
        version: 1,
        node: 'node',
        subject: `order/${id}`,
        occurredAt: 1_700_000_000_000,
        body,
      },
    ],
  })
  if (!answer.committed) throw new Error(`a commit was refused: ${answer.reason}`)
}

/** The same rows with the same durability, one transaction each: what a program does without thinking. */
function openBare(file: string): { commit: (id: string) => void; close: () => void } {
  const database = new DatabaseSync(file)
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE orders (id TEXT NOT NULL PRIMARY KEY, partner TEXT NOT NULL, amount_msat INTEGER NOT NULL, revision INTEGER NOT NULL) STRICT;
    CREATE INDEX orders_partner ON orders (partner, id);
    CREATE TABLE events (cursor INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, type TEXT NOT NULL, version INTEGER NOT NULL, node TEXT NOT NULL, subject TEXT NOT NULL, occurred_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  `)
  const order = database.prepare('INSERT INTO orders VALUES (?, ?, ?, 1)')
  const event = database.prepare('INSERT INTO events VALUES (NULL, ?, ?, 1, ?, ?, ?, ?)')
  const [begin, end] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')]
  return {
    commit(id) {
      begin.run()
      order.run(id, 'bakery', 1_000_000n)
      event.run(`evt_${id}`, 'order.created', 'node', `order/${id}`, 1_700_000_000_000, body)
      end.run()
    },
    close: () => database.close(),
  }
}
