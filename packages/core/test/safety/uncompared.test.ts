import { type Change, PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop, type ShopProcess } from '../shop.ts'

const minute = 60_000

/** LND does not list its payments while `trouble.isThere`: books and LND cannot be compared. */
function openBroken(): Shop & { readonly trouble: { isThere: boolean } } {
  const trouble = { isThere: true }
  const shop = openShop()
  shop.lnd.faults.add(({ call, moment }) =>
    trouble.isThere && call === 'listPayments' && moment === 'before-effect'
      ? { error: new Error('too many payments') }
      : undefined,
  )
  return { ...shop, trouble }
}

async function toldOf(
  { run }: Shop,
  { node }: ShopProcess,
): Promise<[type: string, data: unknown][]> {
  const events = await run(node.events.after('0', { limit: 1000 }))
  return events
    .filter(({ type }) => type === 'books.uncompared' || type === 'books.compared')
    .map(({ type, data }) => [type, data])
}

const uncompared = ['books.uncompared', { says: expect.stringContaining('too many') }] as const
const compared = ['books.compared', { uncomparedFor: expect.any(Number) }] as const

test('that books and LND are not compared is told once, and so is its end, each time', async () => {
  const shop = openBroken()
  const { run, clock, process, node, trouble } = shop
  await run(node.start())
  const told: unknown[] = []
  for (let time = 0; time < 2; time++) {
    trouble.isThere = true
    shop.lnd.stop()
    await clock.advance(minute)
    shop.lnd.start()
    await clock.advance(10 * minute)
    told.push(uncompared)
    expect(await toldOf(shop, process)).toEqual(told)
    expect((await run(node.status())).warnings).toEqual([expect.stringContaining('too many')])
    // What is known of LND stays as it was.
    const { node_states } = await shop.rowsOf(['node_states'])
    expect(node_states).toMatchObject([{ state: 'ready', reason: null }])
    trouble.isThere = false
    await clock.advance(minute)
    told.push(compared)
    expect(await toldOf(shop, process)).toEqual(told)
    expect((await run(node.status())).warnings).toEqual([])
  }
  await clock.advance(10 * minute)
  expect(await toldOf(shop, process)).toEqual(told)
})

test('a process that comes later does not tell it again, and tells its end', async () => {
  const shop = openBroken()
  const { run, clock, process, trouble } = shop
  await run(process.node.start())
  await clock.advance(10 * minute)
  process.kill()
  const second = shop.open()
  await run(second.node.start())
  await clock.advance(10 * minute)
  expect(await toldOf(shop, second)).toEqual([uncompared])
  expect((await run(second.node.status())).warnings).toEqual([expect.stringContaining('too many')])
  second.kill()
  trouble.isThere = false
  const third = shop.open()
  await run(third.node.start())
  await clock.advance(minute)
  const told = await toldOf(shop, third)
  expect(told).toEqual([uncompared, compared])
  const { uncomparedFor } = told[1]![1] as { uncomparedFor: number }
  expect(uncomparedFor).toBeGreaterThan(10 * minute)
})

test('while it cannot be stored the warning stays, and it is told when it can', async () => {
  const shop = openBroken()
  const { run, clock, trouble } = shop
  let isFull = true
  const process = shop.open(
    {},
    {
      beforeCommit({ events = [] }: Change) {
        if (!isFull || !events.some(({ type }) => /^books\.(un)?compared$/.test(type))) return
        throw new PaymentNodeError('storage.unavailable', 'full', { outcome: 'none' })
      },
    },
  )
  await run(process.node.start())
  await clock.advance(4 * minute)
  for (let second = 0; second < 120; second++) {
    await clock.advance(1000)
    expect((await run(process.node.status())).warnings, `${second}`).toHaveLength(1)
  }
  expect(await toldOf(shop, process)).toEqual([])
  isFull = false
  await clock.advance(minute)
  expect(await toldOf(shop, process)).toEqual([uncompared])
  ;[isFull, trouble.isThere] = [true, false]
  await clock.advance(2 * minute)
  expect((await run(process.node.status())).warnings).toEqual([])
  isFull = false
  await clock.advance(minute)
  expect(await toldOf(shop, process)).toEqual([uncompared, compared])
})
