import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { counterFile, type IntentCounter } from '@payment-node/core'
import { expect, test } from 'vitest'
import { expectBooks } from '../payouts/expect-books.ts'
import { openShop } from '../shop.ts'
import { testCounter } from './counter.ts'

interface Folder extends Disposable {
  readonly path: string
}

function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'payment-node-counter-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

test('a counter in a file: a number and nothing else, replaced as a whole, never lowered', async () => {
  using here = folder()
  const path = join(here.path, 'payments.counter')
  const counter = counterFile(path)
  expect(await counter.read()).toBeUndefined()
  await counter.write(7)
  expect(readFileSync(path, 'utf8')).toBe('7\n')
  expect(await counterFile(path).read()).toBe(7)
  await counter.write(6)
  expect(await counter.read()).toBe(7)
  await counter.write(9)
  expect(await counter.read()).toBe(9)
  expect(readdirSync(here.path)).toEqual(['payments.counter'])
})

test('a file or a counter that says nonsense is refused at the start, before anything is opened', async () => {
  using here = folder()
  const file = (text: string): IntentCounter => {
    const path = join(here.path, 'nonsense')
    writeFileSync(path, text)
    return counterFile(path)
  }
  const saying = (value: unknown): IntentCounter => ({
    ...testCounter(),
    read: async () => value as never,
  })
  const rows: readonly [string, () => IntentCounter, string][] = [
    ['an empty file', () => file(''), 'malformed'],
    ['words', () => file('seven\n'), 'malformed'],
    ['a negative number', () => file('-1\n'), 'malformed'],
    ['a fraction', () => file('1.5'), 'malformed'],
    ['two lines', () => file('1\n2\n'), 'malformed'],
    ['too large', () => file('9999999999999999\n'), 'malformed'],
    ['a folder', () => counterFile(here.path), 'unreadable'],
    ['no folder', () => counterFile(join(here.path, 'missing', 'counter')), 'unreadable'],
    ['null', () => saying(null), 'malformed'],
    ['text', () => saying('7'), 'malformed'],
    ['NaN', () => saying(Number.NaN), 'malformed'],
    [
      'a failure',
      () => ({ ...testCounter(), read: () => Promise.reject(new Error('away')) }),
      'unreadable',
    ],
  ]
  for (const [name, counter, reason] of rows) {
    const shop = openShop()
    const { node } = shop.open({ intentCounter: counter() })
    await expect(shop.run(node.start()), name).rejects.toMatchObject({
      code: 'options.invalid',
      details: { field: 'intentCounter', reason },
    })
    // Who neither leads nor pays needs none.
    const api = shop.open({ intentCounter: counter(), role: 'api' }).node
    await shop.run(api.start())
    await shop.run(api.stop())
  }
})

test('every intent has reached the counter before LND hears of it; many at once share a write', async () => {
  const counter = testCounter()
  const slow: IntentCounter = {
    read: counter.read,
    async write(count) {
      await shop.clock.sleep(50)
      await counter.write(count)
    },
  }
  const shop = openShop({ options: { intentCounter: slow } })
  const { run, node, lnd } = shop
  await run(node.start())
  await shop.sell(100_000)
  await shop.clock.advance(1000)
  expect(counter.written).toEqual([0])
  let calls = 0
  const early: string[] = []
  lnd.faults.add(({ call, moment }) => {
    if (call !== 'pay' || moment !== 'before-effect') return undefined
    calls++
    if ((counter.value ?? 0) < calls) early.push(`call ${calls} at ${counter.value}`)
    return undefined
  })
  const requests = await Promise.all(
    Array.from({ length: 30 }, (_, at) =>
      shop.request({ destination: shop.bill(10).paymentRequest, feeLimit: '0 sat' }, `${at}`),
    ),
  )
  for (const { id } of requests) expect((await shop.ended(id)).state).toBe('succeeded')
  expect(early).toEqual([])
  expect(calls).toBe(30)
  expect(counter.value).toBe(30)
  expect(counter.written).toEqual([...counter.written].sort((one, other) => one - other))
  expect(counter.written.length).toBeLessThan(20)
})

test('while the counter cannot be written nothing is sent, and the payout says why', async () => {
  const counter = testCounter()
  const shop = openShop({ options: { intentCounter: counter } })
  const { run, node, clock, lnd } = shop
  await run(node.start())
  await shop.sell(100_000)
  counter.trouble = new Error('the disk is full')
  const bill = shop.bill(20_000)
  const payout = await shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' })
  await clock.advance(60_000)
  expect(await run(node.payouts.get(payout.id))).toMatchObject({
    state: 'sending',
    reason: 'counter-unreachable',
  })
  expect(lnd.findPayment(bill.paymentHash)).toBeUndefined()
  await expectBooks(shop, { available: 80_000, reserved: 20_000 })
  // Halted meanwhile: it is not sent when the counter is back.
  await run(node.safety.halt('a drill'))
  counter.trouble = undefined
  await clock.advance(60_000)
  expect(lnd.findPayment(bill.paymentHash)).toBeUndefined()
  await run(node.safety.resume('over'))
  expect(await shop.ended(payout.id)).toMatchObject({ state: 'succeeded', reason: null })
  await expectBooks(shop, { available: 80_000, reserved: 0 })
  expect(counter.value).toBeGreaterThan(0)
})

test('killed between the intent and the counter: sent once by the next process, and no old copy', async () => {
  const counter = testCounter()
  let shoot: (() => void) | undefined
  const shop = openShop({ options: { intentCounter: counter } })
  const { run } = shop
  const first = shop.open(
    {},
    {
      afterCommit: ({ writes }) => {
        if (writes.some(({ table }) => table.name === 'intent_counters')) shoot?.()
      },
    },
  )
  await run(first.node.start())
  await shop.sell(100_000, first.node)
  shoot = () => first.kill()
  const bill = shop.bill(20_000)
  const destination = bill.paymentRequest
  const { id } = await shop.request({ destination, feeLimit: '0 sat' }, 'p', first.node)
  await shop.clock.advance(1000)
  expect(first.life.isOver).toBe(true)
  expect(counter.value).toBe(0)
  // Another program pays meanwhile; the counter behind by one is what a crash leaves.
  await run(shop.lnd.pay(shop.bill(1000).paymentRequest))
  const { node } = shop.open()
  await run(node.start())
  expect((await shop.ended(id, node)).state).toBe('succeeded')
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  await expectBooks(shop, { available: 80_000, reserved: 0 }, node)
  expect(counter.value).toBe(2)
})

test('a counter that is older than the books is raised and told; one that was lost proves nothing', async () => {
  const warnings: string[] = []
  const logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (says: string) => void warnings.push(says),
    error: () => undefined,
  }
  const counter = testCounter()
  const shop = openShop({ options: { intentCounter: counter, logger } })
  const { run } = shop
  await run(shop.node.start())
  await shop.sell(100_000)
  for (const key of ['a', 'b', 'c']) {
    const destination = shop.bill(1000).paymentRequest
    await shop.ended((await shop.request({ destination, feeLimit: '0 sat' }, key)).id)
  }
  expect(counter.value).toBe(3)
  await run(shop.node.stop())
  counter.value = 1
  const second = shop.open().node
  await run(second.start())
  await shop.clock.advance(1000)
  expect(counter.value).toBe(3)
  expect(warnings).toEqual([expect.stringContaining('older than the books')])
  await run(second.stop())
  // Lost: it is begun anew, and as long as nothing is unknown there is nothing to ask.
  counter.value = undefined
  const third = shop.open().node
  await run(third.start())
  await shop.clock.advance(1000)
  expect(counter.value).toBe(3)
  expect(await run(third.safety.status())).toMatchObject({ isHalted: false })
  await run(third.stop())
  counter.value = undefined
  await run(shop.lnd.pay(shop.bill(1000).paymentRequest))
  const fourth = shop.open().node
  await run(fourth.start())
  await shop.clock.advance(1000)
  expect(await run(fourth.safety.status())).toMatchObject({ cause: 'books-behind' })
})

test('new books begin the counter: what others pay before the first comparison is foreign', async () => {
  const counter = testCounter()
  const shop = openShop({ options: { intentCounter: counter } })
  const { run, lnd } = shop
  // Asked for the first time after the binding; another program is paying.
  const paying = lnd.pay(shop.bill(1000).paymentRequest)
  lnd.faults.once('listPayments', 'before-effect', { delayMilliseconds: 1000 })
  await run(shop.node.start())
  await run(paying)
  await run(lnd.pay(shop.bill(1000).paymentRequest))
  await shop.clock.advance(5000)
  expect(await run(shop.node.safety.status())).toMatchObject({ isHalted: false })
  expect(counter.value).toBe(0)
})
