import { copyFileSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import {
  type Change,
  createPaymentNode,
  type DecodedInvoice,
  type PaymentNode,
  type Storage,
  silentLogger,
} from '@payment-node/core'
import { sqlite } from '@payment-node/storage-sqlite'
import { createSimulatedNetwork, createVirtualClock } from '@payment-node/testkit'
import { invoiceKey } from '../open-shop.ts'
import { runConcurrently } from '../run-concurrently.ts'
import type { PayoutRound } from '../sections/payouts.ts'
import { readArgument, say } from './parent.ts'

const { file, bareFile, rounds } = readArgument<{
  file: string
  bareFile: string
  rounds: number
}>()
const payouts = 1920
const concurrency = 64
const names = Array.from({ length: 1000 }, (_, at) => `partner-${at}`)

/** What LND says of an invoice, without asking it: LND's own work is not measured here. */
function decode(paymentRequest: string): DecodedInvoice {
  return {
    paymentHash: paymentRequest.slice(7).padStart(64, '0'),
    destination: `03${'1'.repeat(64)}`,
    amountMsat: 1000n,
    createdAt: Date.now(),
    expirySeconds: 3600,
    description: '',
    minFinalCltv: 40,
    features: [],
    hasPaymentSecret: true,
    hasBlindedPaths: false,
  }
}

let captured: Change[] | undefined

/** This process never leads, so that nothing is sent. */
async function openShop(): Promise<{ node: PaymentNode; storage: Storage }> {
  const inner = sqlite({ file })
  const storage: Storage = {
    ...inner,
    commit(change) {
      captured?.push(change)
      return inner.commit(change)
    },
  }
  const node = createPaymentNode({
    lightning: { ...lightning, decodeInvoice: async (text: string) => decode(text) },
    storage,
    keys: { invoices: invoiceKey },
    role: 'api',
    caps: { perDay: '2000000000 sat' },
    logger: silentLogger,
  })
  await node.start()
  return { node, storage: inner }
}

const clock = createVirtualClock()
const lightning = createSimulatedNetwork({ clock, seed: 1 }).addNode('shop').connect()
// What it is asked besides (is it there, is it synced) is answered in real time.
const passing = setInterval(() => void clock.advance(20), 20)
const first = await openShop()
await runConcurrently(names.length, concurrency, (at) =>
  first.node.partners.upsert({ id: names[at]! }),
)
await first.node.ledger.importOpening(
  names.map((partner) => ({ partner, amount: '1000000 sat' })),
  { idempotencyKey: 'bench', allowNegativeOperator: true },
)
let next = 0
async function request(node: PaymentNode, partner: string): Promise<void> {
  const number = (next++).toString(16)
  await node.payouts.request(
    { partner, destination: `lnbcrt1${number}` },
    { idempotencyKey: `payout-${number}` },
  )
}
// The first payouts of a partner's day insert what later ones add to.
await request(first.node, names[0]!)
await runConcurrently(names.length, concurrency, (at) => request(first.node, names[at]!))
await runConcurrently(payouts, concurrency, (at) => request(first.node, names[at % names.length]!))
await first.node.stop()
copyFileSync(file, bareFile)

const bare = openBare(bareFile)
const { node } = await openShop()
for (let round = 0; round < rounds; round++) {
  const many: Change[] = []
  const one: Change[] = []
  captured = many
  const manyRate = await rate((at) => request(node, names[at % names.length]!))
  captured = one
  const oneRate = await rate(() => request(node, names[0]!))
  captured = undefined
  const bareRate = bare.rate(many)
  bare.rate(one)
  await say({ many: manyRate, one: oneRate, bare: bareRate } satisfies PayoutRound)
}
bare.close()
await node.stop()
clearInterval(passing)
process.disconnect?.()

async function rate(work: (at: number) => Promise<void>): Promise<number> {
  const start = performance.now()
  await runConcurrently(payouts, concurrency, work)
  return payouts / ((performance.now() - start) / 1000)
}

/** The same rows into a copy of the same tables by prepared statements, so many payouts in one transaction. */
function openBare(path: string): {
  rate: (changes: readonly Change[]) => number
  close: () => void
} {
  const database = new DatabaseSync(path)
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -16000;
    PRAGMA wal_autocheckpoint = 4000;
  `)
  const compiled = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  const run = (sql: string, values: readonly SQLInputValue[]): void => {
    const statement = compiled.get(sql) ?? database.prepare(sql)
    compiled.set(sql, statement)
    if (statement.run(...values).changes !== 1) throw new Error(`nothing was written: ${sql}`)
  }
  const steps = (change: Change): (() => void)[] =>
    change.writes.flatMap((write) => {
      const { name, key } = write.table
      const where = (key as string[]).map((column) => `"${column}" = ?`).join(' AND ')
      switch (write.op) {
        case 'insert': {
          const { columns } = write.table as { columns: Readonly<Record<string, unknown>> }
          const given = Object.keys(columns)
          const sql = `INSERT INTO "${name}" (${given.map((column) => `"${column}"`).join()}, revision) VALUES (${given.map(() => '?').join()}, 1)`
          const values = given.map((column) => toSql(write.row[column]))
          return [() => run(sql, values)]
        }
        case 'add': {
          const sql = `UPDATE "${name}" SET "${write.column}" = "${write.column}" + ? WHERE ${where}`
          const values = [write.by, ...write.key]
          return [() => run(sql, values)]
        }
        case 'require':
          return []
        default:
          throw new Error(`a payout does not ${write.op}`)
      }
    })
  return {
    rate(changes) {
      const prepared = changes.map(steps)
      const start = performance.now()
      for (let from = 0; from < prepared.length; from += concurrency) {
        database.exec('BEGIN IMMEDIATE')
        for (const work of prepared.slice(from, from + concurrency)) for (const step of work) step()
        database.exec('COMMIT')
      }
      return changes.length / ((performance.now() - start) / 1000)
    },
    close: () => database.close(),
  }
}

function toSql(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return BigInt(value)
  return value as SQLInputValue
}
