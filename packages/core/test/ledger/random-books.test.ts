import { schema } from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { createVirtualClock } from '@payment-node/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Context, Identity } from '../../src/context.ts'
import {
  bookAvailable,
  bookCorrection,
  bookImport,
  bookPayout,
  bookRelease,
  bookReservation,
  bookSettlement,
  type LedgerTransaction,
  returnedMsat,
} from '../../src/domain/ledger.ts'
import { divideReceipt } from '../../src/domain/receipt.ts'
import { bookTransaction } from '../../src/ledger/book-transaction.ts'
import { readBalances } from '../../src/ledger/read-balances.ts'
import { readDebt, towardsDebt } from '../../src/ledger/read-debt.ts'
import { readStatement } from '../../src/ledger/statement.ts'
import { balances } from '../../src/tables/ledger.ts'
import { partners } from '../../src/tables/partners.ts'
import { insert } from '../../src/tables/table.ts'

const identity: Identity = { publicKey: 'node', network: 'regtest' }
const names = ['a', 'b'] as const
type Name = (typeof names)[number]

/** What the accounts of a partner should hold, kept apart from the books. */
interface Expected {
  available: bigint
  pending: bigint
  reserved: bigint
  debt: bigint
}

interface Model {
  readonly partners: Record<Name, Expected>
  operator: bigint
}

interface Books {
  readonly context: Context
  /** Whether it was booked. */
  book(transaction: LedgerTransaction): Promise<boolean>
  /** Receipts that are held, and payouts under way. */
  readonly held: { id: string; partner: Name; msat: bigint }[]
  readonly payouts: { id: string; partner: Name; msat: bigint; limit: bigint }[]
  count: number
}

async function openBooks(): Promise<Books> {
  const clock = createVirtualClock()
  const storage = memory()
  await storage.open(schema, { clock })
  const base = { node: identity.publicKey, network: identity.network }
  const context = {
    clock,
    storage,
    live: { identity, state: 'ready' },
  } as unknown as Context
  for (const id of names) {
    const row = {
      ...base,
      ...Object.fromEntries(Object.keys(partners.columns).map((name) => [name, null])),
      ...{ node: 'node', network: 'regtest', id, metadata: {}, created_at: 0, updated_at: 0 },
    } as never
    await storage.commit({
      writes: [
        insert(partners, row),
        // The others come when they are first needed, as for a partner of older books.
        insert(balances, { ...base, account: `partner/${id}`, amount_msat: 0n }),
        insert(balances, { ...base, account: `reserved/${id}`, amount_msat: 0n }),
      ],
    })
  }
  return {
    context,
    held: [],
    payouts: [],
    count: 0,
    async book(transaction) {
      const writes = await bookTransaction(context, identity, transaction)
      await clock.advance(1)
      return (await storage.commit({ writes })).committed
    },
  }
}

const least = (one: bigint, other: bigint): bigint => (one > other ? other : one)

type Command = fc.AsyncCommand<Model, Books>

/** One step: `run` books what the model says must be possible, or impossible, and changes the model. */
function step(name: string, run: (model: Model, books: Books) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name }
}

const settle = (partner: Name, paid: bigint, ppm: number, fixedMsat: bigint, isHeld: boolean) =>
  step(
    `settle ${partner} ${paid} fee ${ppm}+${fixedMsat}${isHeld ? ' held' : ''}`,
    async (model, books) => {
      const expected = model.partners[partner]
      const { feeMsat, netMsat } = divideReceipt(
        paid,
        { ppm, fixedMsat },
        { ppm: null, fixedMsat: null },
      )
      const toDebt = towardsDebt(netMsat, await readDebt(books.context, identity, partner))
      const id = `${++books.count}`
      const receipt = { paidMsat: paid, keptMsat: feeMsat, toDebtMsat: toDebt, isHeld }
      expect(await books.book(bookSettlement(id, partner, receipt))).toBe(true)
      // One credit per invoice, whoever comes second.
      expect(await books.book(bookSettlement(id, partner, receipt))).toBe(false)
      const paysDebt = least(netMsat, expected.debt)
      expected.debt -= paysDebt
      const rest = netMsat - paysDebt
      if (isHeld && rest > 0n) books.held.push({ id, partner, msat: rest })
      if (isHeld) expected.pending += rest
      else expected.available += rest
      model.operator += feeMsat
    },
  )

const becomeAvailable = (which: number) =>
  step(`available ${which}`, async (model, books) => {
    const [one] = books.held.splice(which % Math.max(1, books.held.length), 1)
    if (!one) return
    const expected = model.partners[one.partner]
    const toDebt = towardsDebt(one.msat, await readDebt(books.context, identity, one.partner))
    expect(await books.book(bookAvailable(one.id, one.partner, one.msat, toDebt))).toBe(true)
    expect(await books.book(bookAvailable(one.id, one.partner, one.msat, 0n))).toBe(false)
    const paysDebt = least(one.msat, expected.debt)
    expected.pending -= one.msat
    expected.debt -= paysDebt
    expected.available += one.msat - paysDebt
  })

/** `mayOwe`: a refund, which may exceed the balance. */
const reserve = (partner: Name, amount: bigint, limit: bigint, mayOwe: boolean) =>
  step(`reserve ${partner} ${amount}+${limit}${mayOwe ? ' refund' : ''}`, async (model, books) => {
    const expected = model.partners[partner]
    const worst = amount + limit
    const lacking = worst > expected.available ? worst - expected.available : 0n
    const id = `${++books.count}`
    const isBooked = await books.book(bookReservation(id, partner, worst, mayOwe ? lacking : 0n))
    expect(isBooked).toBe(mayOwe || lacking === 0n)
    if (!isBooked) return
    expected.available -= worst - (mayOwe ? lacking : 0n)
    expected.debt += lacking
    expected.reserved += worst
    books.payouts.push({ id, partner, msat: amount, limit })
  })

/** `feePart`: how much of the limit is needed, in percent; above 100 the operator bears the rest. */
const end = (which: number, feePart: number | undefined) =>
  step(`end ${which} ${feePart ?? 'released'}`, async (model, books) => {
    const [one] = books.payouts.splice(which % Math.max(1, books.payouts.length), 1)
    if (!one) return
    const expected = model.partners[one.partner]
    const worst = one.msat + one.limit
    const debt = await readDebt(books.context, identity, one.partner)
    const feeMsat = (one.limit * BigInt(feePart ?? 0)) / 100n
    const paid = { worstMsat: worst, amountMsat: one.msat, feeMsat }
    const returned = feePart === undefined ? worst : returnedMsat(paid)
    const back = returned > 0n ? returned : 0n
    const toDebtMsat = towardsDebt(back, debt)
    const booked =
      feePart === undefined
        ? bookRelease(one.id, one.partner, worst, toDebtMsat)
        : bookPayout(one.id, one.partner, { ...paid, toDebtMsat })
    expect(await books.book(booked)).toBe(true)
    // Released or succeeded: one of them.
    expect(await books.book(bookRelease(one.id, one.partner, worst))).toBe(false)
    const paysDebt = least(back, expected.debt)
    expected.reserved -= worst
    expected.debt -= paysDebt
    expected.available += back - paysDebt
    model.operator += returned < 0n ? returned : 0n
  })

const correct = (partner: Name, amount: bigint) =>
  step(`correct ${partner} ${amount}`, async (model, books) => {
    const expected = model.partners[partner]
    const debt = await readDebt(books.context, identity, partner)
    const toDebt = amount > 0n ? towardsDebt(amount, debt) : 0n
    const booked = bookCorrection(`${++books.count}`, partner, amount, 'why', toDebt)
    const isBooked = await books.book(booked)
    expect(isBooked).toBe(amount >= 0n || expected.available >= -amount)
    if (!isBooked || amount === 0n) return
    const paysDebt = amount < 0n ? 0n : least(amount, expected.debt)
    expected.debt -= paysDebt
    expected.available += amount - paysDebt
    model.operator -= amount
  })

const takeOver = (partner: Name, amount: bigint) => {
  return step(`import ${partner} ${amount}`, async (model, books) => {
    const isFirst = !imported.get(books)?.has(partner)
    expect(await books.book(bookImport(partner, amount))).toBe(isFirst)
    if (!isFirst) return
    imported.set(books, new Set([...(imported.get(books) ?? []), partner]))
    model.partners[partner].available += amount
    model.operator -= amount
  })
}
const imported = new WeakMap<Books, Set<Name>>()

/** Books and model say the same, the rules hold, and every statement ends at the balance. */
async function check(model: Model, { context }: Books): Promise<void> {
  const read = await readBalances(context)
  expect(read.sum.msat).toBe(0n)
  expect(read.operator.msat).toBe(model.operator)
  for (const partner of names) {
    const found = read.partners.find((one) => one.partner === partner)!
    const expected = model.partners[partner]
    const { available, pending, reserved, debt } = found
    const has = { available: available.msat, pending: pending.msat, reserved: reserved.msat }
    expect({ ...has, debt: debt.msat }, partner).toEqual(expected)
    for (const amount of [...Object.values(has), debt.msat]) expect(amount >= 0n).toBe(true)
    let opening: bigint | undefined
    let cursor: string | undefined
    let closing = 0n
    do {
      const page = await readStatement(context, partner, { limit: 3, ...(cursor && { cursor }) })
      opening ??= page.opening.msat
      for (const line of page.items) expect(line.gross.msat - line.fee.msat).toBe(line.amount.msat)
      closing = page.closing.msat
      cursor = page.cursor
    } while (cursor)
    expect([opening, closing]).toEqual([
      0n,
      expected.available + expected.pending + expected.reserved - expected.debt,
    ])
  }
}

const partner = fc.constantFrom(...names)
const amount = fc.oneof(
  fc.bigInt({ min: 1n, max: 2000n }),
  fc.bigInt({ min: 1n, max: 21n * 10n ** 16n }),
)
const small = fc.bigInt({ min: 0n, max: 500n })
const ppm = fc.integer({ min: 0, max: 1_000_000 })
const commands = [
  fc.tuple(partner, amount, ppm, small, fc.boolean()).map((given) => settle(...given)),
  fc.nat(9).map(becomeAvailable),
  fc.tuple(partner, amount, small, fc.boolean()).map((given) => reserve(...given)),
  fc.tuple(fc.nat(9), fc.option(fc.nat(150), { nil: undefined })).map((given) => end(...given)),
  fc.tuple(partner, fc.bigInt({ min: -3000n, max: 3000n })).map((given) => correct(...given)),
  fc.tuple(partner, amount).map((given) => takeOver(...given)),
]

test('whatever is booked in whatever order: the books sum to zero, nothing falls below zero, no debt rises above it, statements end at the balance', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 40 }), async (steps) => {
      const books = await openBooks()
      const nothing = () => ({ available: 0n, pending: 0n, reserved: 0n, debt: 0n })
      const model: Model = { partners: { a: nothing(), b: nothing() }, operator: 0n }
      await fc.asyncModelRun(() => ({ model, real: books }), steps)
      await check(model, books)
    }),
    { numRuns: 150 },
  )
}, 60_000)
