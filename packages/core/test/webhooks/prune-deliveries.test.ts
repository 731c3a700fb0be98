import type { PaymentNode } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { simulatedReceiver } from './simulated-receiver.ts'

const hour = 3_600_000
const url = 'https://receiver.example/hooks'

/** So many deliveries of each state. */
async function countStates(
  { run }: Shop,
  node: PaymentNode,
  endpoint: string,
): Promise<Record<string, number>> {
  const { items } = await run(node.webhooks.deliveries({ endpoint, limit: 1000 }))
  return Object.fromEntries(
    [...Map.groupBy(items, ({ state }) => state)].map(([state, { length }]) => [state, length]),
  )
}

test('what has ended is forgotten after its time, in steps; what waits is kept, and events can be replayed', async () => {
  const late: { http?: ReturnType<typeof simulatedReceiver> } = {}
  const http = {
    contractVersion: 1 as const,
    request: (request: never) => late.http!.request(request),
  }
  const shop = openShop({ options: { http, webhooks: { keepDeliveries: '1d' } } })
  const { run, clock } = shop
  const receiver = simulatedReceiver(clock)
  late.http = receiver
  receiver.answer = ({ body }) => (body.includes('"keeper.resumed"') ? 503 : 204)
  let { node } = shop
  await run(node.start())
  /** Nobody works meanwhile: the next process looks at the log as soon as it leads. */
  const sleepFor = async (milliseconds: number): Promise<void> => {
    await run(node.stop())
    await clock.advance(milliseconds)
    node = shop.open().node
    await run(node.start())
    await clock.advance(10_000)
  }
  const types = ['keeper.paused', 'keeper.resumed'] as const
  const { id } = await run(node.webhooks.create({ url, types }))
  // More than one step's worth.
  const many = 250
  for (let number = 0; number < many; number++) {
    await run(node.keeper.pause(`drill ${number}`))
    await run(node.keeper.resume('over'))
  }
  await clock.advance(10_000)
  expect(await countStates(shop, node, id)).toEqual({ delivered: many, waiting: many })
  await sleepFor(23 * hour)
  expect(await countStates(shop, node, id)).toEqual({ delivered: many, waiting: many })
  await run(node.keeper.pause('a young one'))
  await clock.advance(10_000)
  await sleepFor(2 * hour)
  expect(await countStates(shop, node, id)).toEqual({ delivered: 1, waiting: many })

  // Dropped just now, and young then, however old their events are.
  await run(node.webhooks.disable(id))
  await clock.advance(10_000)
  await sleepFor(hour)
  expect(await countStates(shop, node, id)).toEqual({ delivered: 1, dropped: many })
  await sleepFor(24 * hour)
  expect(await countStates(shop, node, id)).toEqual({})

  // The events themselves stay.
  receiver.answer = () => 204
  await run(node.webhooks.enable(id))
  const before = receiver.arrived.length
  const { count } = await run(node.webhooks.replay({ endpoint: id, range: { after: '0' } }))
  expect(count).toBe(2 * many + 1)
  await clock.advance(10_000)
  expect(receiver.arrived.length - before).toBe(count)
  expect(await countStates(shop, node, id)).toEqual({ delivered: count })
  await run(node.stop())
})

test('a process that lives long looks again each hour', async () => {
  const http = {
    contractVersion: 1 as const,
    request: async () => ({ status: 204, headers: {}, body: '' }),
  }
  const shop = openShop({ options: { http, webhooks: { keepDeliveries: '1d' } } })
  const { run, clock, node } = shop
  await run(node.start())
  const { id } = await run(node.webhooks.create({ url, types: ['keeper.paused'] }))
  await run(node.keeper.pause('a drill'))
  await clock.advance(10_000)
  await run(node.stop())
  await clock.advance(23.5 * hour)
  const { node: next } = shop.open()
  await run(next.start())
  await clock.advance(600_000)
  expect(await countStates(shop, next, id)).toEqual({ delivered: 1 })
  await clock.advance(hour)
  expect(await countStates(shop, next, id)).toEqual({})
  await run(next.stop())
})
