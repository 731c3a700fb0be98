import { msat, type PaymentNode, type StatementLine, sat, type Write } from '@payment-node/core'
import { expect, test } from 'vitest'
import { balances, statementEntries } from '../../src/tables/ledger.ts'
import { insert, remove } from '../../src/tables/table.ts'
import { openShop, type Shop } from '../shop.ts'
import { identityOf } from './book-by-hand.ts'

const short = ({ kind, gross, fee, amount, balance }: StatementLine): unknown[] => [
  kind,
  ...[gross, fee, amount, balance].map(({ msat: value }) => Number(value) / 1000),
]

/** A day of `m1` with one fact of each kind that changes what it is owed. */
async function openDay(): Promise<Shop> {
  const shop = openShop()
  const { node, run, clock, network, payee } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1', fee: { ppm: 10_000 }, availableAfter: '5m' }))
  await run(node.partners.upsert({ id: 'm2' }))
  await clock.advance(1000)
  await run(
    node.ledger.importOpening([{ partner: 'm1', amount: '500 sat' }], { idempotencyKey: 'i' }),
  )
  await clock.advance(1000)
  await shop.sell(10_000)
  await clock.advance(400_000)
  const far = network.addNode('far')
  network.establishChannel({ from: payee, to: far, capacitySat: 5_000_000n })
  const paid = await shop.request({
    destination: far.createInvoice({ amountMsat: 4_000_000n }).paymentRequest,
  })
  await shop.ended(paid.id)
  const alone = network.addNode('alone')
  const failed = await shop.request({
    destination: alone.createInvoice({ amountMsat: 1_000_000n }).paymentRequest,
  })
  await shop.ended(failed.id)
  const reason = '=cmd|"/c calc"!A1, or so'
  await run(
    node.ledger.correct({ partner: 'm1', amount: '-100 sat', reason }, { idempotencyKey: 'c' }),
  )
  return shop
}

async function linesOf(node: PaymentNode, run: Shop['run'], limit = 100) {
  const lines: StatementLine[] = []
  let cursor: string | undefined
  let carried: bigint | undefined
  for (;;) {
    const page = await run(node.ledger.statement('m1', { limit, ...(cursor && { cursor }) }))
    // What is carried forward from one page is brought forward on the next.
    if (carried !== undefined) expect(page.opening.msat).toBe(carried)
    carried = page.closing.msat
    lines.push(...page.items)
    cursor = page.cursor
    if (!cursor) return { lines, closing: carried }
  }
}

test('a statement reads like one: receipts, payouts with their real fee, corrections, and no reservations', async () => {
  const { node, run } = await openDay()
  const { lines, closing } = await linesOf(node, run)
  const payoutFee = 1.004
  expect(lines.map(short)).toEqual([
    ['opening-balance', 500, 0, 500, 500],
    ['invoice-settled', 10_000, 100, 9900, 10_400],
    ['payout-succeeded', -4000, payoutFee, -4000 - payoutFee, 6400 - payoutFee],
    ['correction', -100, 0, -100, 6300 - payoutFee],
  ])
  expect(lines[3]!.note).toBe('=cmd|"/c calc"!A1, or so')
  const { available, pending, reserved, debt } = await run(node.partners.get('m1'))
  expect(closing).toBe(available.msat + pending.msat + reserved.msat - debt.msat)
  for (const limit of [1, 2, 3, 4]) expect((await linesOf(node, run, limit)).lines).toEqual(lines)
  const other = await run(node.ledger.statement('m2'))
  expect(other).toEqual({
    partner: 'm2',
    opening: sat(0),
    closing: sat(0),
    items: [],
    cursor: undefined,
  })
})

test('a refund beyond the balance, and the receipt that pays the debt, as the partner reads it', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  const invoice = await shop.sell(1000)
  const bill = shop.bill(700).paymentRequest
  await shop.ended((await shop.request({ destination: bill, feeLimit: '0 sat' })).id)
  const refund = await run(
    node.payouts.refund(
      {
        invoice: invoice.id,
        destination: shop.bill(1000).paymentRequest,
        feeLimit: '5 sat',
        allowDebt: true,
      },
      { idempotencyKey: 'r' },
    ),
  )
  expect((await shop.ended(refund.id)).state).toBe('succeeded')
  expect(await run(node.partners.get('m1'))).toMatchObject({ available: sat(0), debt: sat(700) })
  await shop.sell(900)
  expect(await run(node.partners.get('m1'))).toMatchObject({ available: sat(200), debt: sat(0) })
  const { items } = await run(node.ledger.statement('m1'))
  expect(items.map(short)).toEqual([
    ['invoice-settled', 1000, 0, 1000, 1000],
    ['payout-succeeded', -700, 0, -700, 300],
    ['payout-succeeded', -1000, 0, -1000, -700],
    ['invoice-settled', 900, 0, 900, 200],
  ])
  expect(items.map(({ note }) => note)).toEqual([
    null,
    null,
    `refund of invoice/${invoice.id}`,
    null,
  ])
  expect((await run(node.ledger.balances())).sum).toEqual(sat(0))
})

test('a range begins with the balance brought forward and ends with its own; both ends are exact', async () => {
  const { node, run } = await openDay()
  const all = (await linesOf(node, run)).lines
  const times = all.map(({ bookedAt }) => bookedAt)
  const part = await run(node.ledger.statement('m1', { from: times[1]!, to: times[2]! }))
  expect(part).toMatchObject({ items: [all[1]], opening: sat(500), closing: sat(10_400) })
  const none = await run(node.ledger.statement('m1', { from: times[1]! + 1, to: times[2]! }))
  expect(none).toMatchObject({ items: [], opening: sat(10_400), closing: sat(10_400) })
  const before = await run(node.ledger.statement('m1', { to: times[0]! }))
  expect(before).toMatchObject({ items: [], opening: sat(0), closing: sat(0) })
  const later = await run(node.ledger.statement('m1', { from: times[3]! + 1 }))
  expect(later.opening).toEqual(all[3]!.balance)
})

test('books from before there were statements: what is missing is in the balance brought forward', async () => {
  const shop = await openDay()
  const { node, run, process } = shop
  const { publicKey } = identityOf(shop)
  const query = { index: 'key', equals: [publicKey, 'm1'], limit: 2 }
  const old = await run(process.storage.find(statementEntries, query))
  await run(process.storage.commit({ writes: old.map((row) => remove(statementEntries, row)) }))
  const { opening, items, closing } = await run(node.ledger.statement('m1'))
  expect(opening).toEqual(sat(10_400))
  expect(items).toHaveLength(2)
  const { available, pending } = await run(node.partners.get('m1'))
  expect(closing.msat).toBe(available.msat + pending.msat)
})

test('a long statement is counted whole, in any range, and as CSV', async () => {
  const shop = openShop()
  const { node, run, process } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1' }))
  const { publicKey, network } = identityOf(shop)
  const base = { node: publicKey, network, partner: 'm1', subject: 'test', note: null }
  const count = 2500
  const write = (at: number) =>
    insert(statementEntries, {
      ...base,
      occurred_at: at,
      transaction: `test/${at}`,
      kind: 'correction',
      gross_msat: 3n,
      amount_msat: 2n,
    })
  const balance: Write = {
    op: 'add',
    table: balances,
    key: [publicKey, 'partner/m1'],
    column: 'amount_msat',
    by: BigInt(2 * count),
  }
  const writes = [...Array.from({ length: count }, (_, at) => write(at)), balance]
  await run(process.storage.commit({ writes }))
  const last = await run(node.ledger.statement('m1', { from: 10, to: 2400, limit: 1000 }))
  expect([last.opening, last.closing]).toEqual([msat(20), msat(2020)])
  const csv = (await run(node.ledger.statementCsv('m1', { from: 10, to: 2400 }))).split('\r\n')
  expect(csv).toHaveLength(1 + 1 + 2390 + 1 + 1)
  expect(csv.at(-2)).toBe(',closing-balance,,,,,4.800,,')
  expect(csv[2]).toContain(',0.003,0.001,0.002,0.022,')
})

test('as CSV: amounts exact, nothing that a spreadsheet would run, every quote closed', async () => {
  const { node, run, clock } = await openDay()
  const lines = (await run(node.ledger.statementCsv('m1'))).split('\r\n')
  expect(lines[0]).toBe(
    'time (UTC),kind,about,gross (sat),fee (sat),amount (sat),balance (sat),note,transaction',
  )
  expect(lines[1]).toBe(',opening-balance,,,,,0.000,,')
  expect(lines[4]).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,payout-succeeded,payout\/[0-9a-f]{32},-4000\.000,1\.004,-4001\.004,6398\.996,,ended\/[0-9a-f]{32}$/,
  )
  expect(lines[5]).toContain(`,"'=cmd|""/c calc""!A1, or so",correction/`)
  expect(lines[6]).toBe(',closing-balance,,,,,6298.996,,')
  expect(lines.slice(7)).toEqual([''])
  const [at] = lines[5]!.split(',')
  expect(Date.parse(at!)).toBeLessThanOrEqual(clock.now())
  expect(Date.parse(at!)).toBeGreaterThan(clock.now() - 1000)
})

test('the journal has every fact with its sides; debits are credits, per fact and in all', async () => {
  const { node, run } = await openDay()
  const entries = []
  let cursor: string | undefined
  do {
    const page = await run(node.ledger.journal({ limit: 2, ...(cursor && { cursor }) }))
    entries.push(...page.items)
    cursor = page.cursor
  } while (cursor)
  expect(entries.map(({ kind }) => kind)).toEqual([
    'opening',
    'opening-balance',
    'invoice-settled',
    'invoice-available',
    'payout-reserved',
    'payout-succeeded',
    'payout-reserved',
    'payout-released',
    'correction',
  ])
  for (const { lines, transaction } of entries) {
    const sum = lines.reduce((total, { debit, credit }) => total + credit.msat - debit.msat, 0n)
    expect(sum, transaction).toBe(0n)
  }
  expect(entries[2]!.lines).toEqual([
    { account: 'world/payers', debit: sat(10_000), credit: sat(0) },
    { account: 'pending/m1', debit: sat(0), credit: sat(9900) },
    { account: 'operator', debit: sat(0), credit: sat(100) },
  ])
  const { bookedAt } = entries[4]!
  const some = await run(node.ledger.journal({ from: bookedAt, to: bookedAt + 1 }))
  expect(some.items).toEqual([entries[4]])
})

test('the journal as CSV adds up to the balances', async () => {
  const { node, run } = await openDay()
  const [, ...rows] = (await run(node.ledger.journalCsv())).trimEnd().split('\r\n')
  const sums: Record<string, bigint> = {}
  for (const row of rows) {
    const [, , , , account, debit, credit] = row.split(',')
    const inMsat = (text: string): bigint => BigInt(text.replace('.', '') || '0')
    sums[account!] = (sums[account!] ?? 0n) + inMsat(credit!) - inMsat(debit!)
  }
  const { operator, partners, world } = await run(node.ledger.balances())
  expect(sums.operator).toBe(operator.msat)
  expect(sums['partner/m1']).toBe(partners[0]!.available.msat)
  expect(sums['world/payees']).toBe(world.payees.msat)
  expect(msat(Object.values(sums).reduce((total, value) => total + value, 0n))).toEqual(sat(0))
})
