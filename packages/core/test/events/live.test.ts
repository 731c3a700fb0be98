import { Amount, type AnyEvent } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'

test('a live listener hears what happens from now on, in every process, until it is taken off', async () => {
  const shop = openShop({ isExclusive: false })
  const { node, run } = shop
  const other = shop.open({ role: 'api' }).node
  await run(node.start())
  await shop.sell(1)
  await run(other.start())
  const heard: string[] = []
  const stops = [node, other].map((listening, at) =>
    listening.on('invoice.settled', ({ invoice }, { type }) => {
      heard.push(`${at} ${type} ${invoice.paid}`)
    }),
  )
  await shop.sell(2)
  await shop.clock.advance(1000)
  expect(heard.sort()).toEqual(['0 invoice.settled 2 sat', '1 invoice.settled 2 sat'])
  stops[0]!()
  stops[0]!()
  await shop.sell(3)
  await shop.clock.advance(1000)
  expect(heard.sort().slice(1)).toEqual(['1 invoice.settled 2 sat', '1 invoice.settled 3 sat'])
})

test('a listener that throws harms nobody', async () => {
  const errors: string[] = []
  const silent = (): void => undefined
  const logger = {
    debug: silent,
    info: silent,
    warn: silent,
    error: (message: string) => void errors.push(message),
  }
  const shop = openShop({ options: { logger } })
  const { node, run } = shop
  await run(node.start())
  const heard: string[] = []
  node.on('invoice.settled', () => {
    throw new Error('oops')
  })
  node.on('invoice.settled', ({ invoice }) => void heard.push(String(invoice.paid)))
  await shop.sell(1)
  await shop.sell(2)
  await shop.clock.advance(1000)
  expect(heard).toEqual(['1 sat', '2 sat'])
  expect(errors).toEqual(['a listener threw', 'a listener threw'])
})

test('the log from a cursor: page by page everything once, in order, with amounts revived', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  await shop.sell(100_000)
  const payout = await shop.request({ destination: shop.bill(20_000).paymentRequest })
  await shop.ended(payout.id)
  await run(node.invoices.create({ partner: 'm1', metadata: { amount: '5 sat', paid: 'cash' } }))
  await shop.clock.advance(5000)
  const all = await run(node.events.after('0'))
  const paged: AnyEvent[] = []
  for (let cursor = '0'; ; ) {
    const page = await run(node.events.after(cursor, { limit: 3 }))
    paged.push(...page)
    if (page.length < 3) break
    cursor = page.at(-1)!.cursor
  }
  expect(paged).toEqual(all)
  expect(all.map(({ type }) => type).filter((type) => !type.startsWith('channel'))).toEqual([
    'node.ready',
    'invoice.created',
    'invoice.settled',
    'payout.sending',
    'payout.succeeded',
    'invoice.created',
  ])
  expect(await run(node.events.after(all.at(-1)!.cursor))).toEqual([])
  expect(await run(node.events.after('999999999'))).toEqual([])

  for (const { type, data } of all) {
    const [subject] = Object.values(data) as Record<string, unknown>[]
    for (const field of ['amount', 'paid', 'feeLimit', 'fee', 'capacity', 'sendable'])
      if (typeof subject === 'object' && subject[field] !== null && field in subject)
        expect(subject[field], `${type} ${field}`).toBeInstanceOf(Amount)
  }
  const succeeded = all.find(({ type }) => type === 'payout.succeeded')!
  expect(succeeded.data).toEqual({ payout: await run(node.payouts.get(payout.id)) })
  // The host's own labels are not amounts, whatever they are called.
  expect(all.at(-1)!.data).toMatchObject({ invoice: { metadata: { amount: '5 sat' } } })
})

test('events of another node on the same storage are not shown', async () => {
  const shop = openShop({ isExclusive: false })
  const { node, run } = shop
  await run(node.start())
  const second = shop.open({ lightning: shop.payee.connect(), name: 'second' }).node
  await run(second.start())
  const heard: string[] = []
  second.on('invoice.settled', ({ invoice }) => void heard.push(invoice.id))
  second.handle('invoice.settled', { consumer: 'c' }, ({ invoice }) => void heard.push(invoice.id))
  const invoice = await shop.sell(1)
  await shop.clock.advance(2000)
  expect(heard).toEqual([])
  const types = (await run(second.events.after('0'))).map(({ type }) => type)
  expect(types).not.toContain('invoice.settled')
  await expect(run(second.invoices.get(invoice.id))).rejects.toMatchObject({
    code: 'invoice.not-found',
  })
  expect((await run(second.partners.list())).items).toEqual([])
  await expect(run(second.partners.get('m1'))).rejects.toMatchObject({ code: 'partner.not-found' })
})
