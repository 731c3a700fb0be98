import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { simulatedReceiver } from './simulated-receiver.ts'

const hour = 3_600_000
const url = 'https://receiver.example/hooks'

/** So many deliveries of each state. */
async function countStates({ run, node }: Shop, endpoint: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  let cursor: string | undefined
  do {
    const page = await run(
      node.webhooks.deliveries({ endpoint, limit: 1000, ...(cursor && { cursor }) }),
    )
    for (const { state } of page.items) counts[state] = (counts[state] ?? 0) + 1
    cursor = page.cursor
  } while (cursor)
  return counts
}

test('what has ended is forgotten after its time, in steps; what waits is kept, and events can be replayed', async () => {
  const late: { http?: ReturnType<typeof simulatedReceiver> } = {}
  const http = {
    contractVersion: 1 as const,
    request: (request: never) => late.http!.request(request),
  }
  const shop = openShop({ options: { http, webhooks: { keepDeliveries: '1d' } } })
  const { run, node, clock } = shop
  const receiver = simulatedReceiver(clock)
  late.http = receiver
  receiver.answer = ({ body }) => (body.includes('"keeper.resumed"') ? 503 : 204)
  await run(node.start())
  const types = ['keeper.paused', 'keeper.resumed'] as const
  const { id } = await run(node.webhooks.create({ url, types }))
  // More than one step's worth.
  const many = 250
  for (let number = 0; number < many; number++) {
    await run(node.keeper.pause(`drill ${number}`))
    await run(node.keeper.resume('over'))
  }
  await clock.advance(60_000)
  expect(await countStates(shop, id)).toEqual({ delivered: many, waiting: many })
  await clock.advance(22 * hour)
  expect(await countStates(shop, id)).toEqual({ delivered: many, waiting: many })
  await run(node.keeper.pause('a young one'))
  await clock.advance(4 * hour)
  expect(await countStates(shop, id)).toEqual({ delivered: 1, waiting: many })

  // Dropped just now, and young then, however old their events are.
  await run(node.webhooks.disable(id))
  await clock.advance(2 * hour)
  expect(await countStates(shop, id)).toEqual({ delivered: 1, dropped: many })
  await clock.advance(24 * hour)
  expect(await countStates(shop, id)).toEqual({})

  // The events themselves stay.
  receiver.answer = () => 204
  await run(node.webhooks.enable(id))
  const before = receiver.arrived.length
  const { count } = await run(node.webhooks.replay({ endpoint: id, range: { after: '0' } }))
  expect(count).toBe(2 * many + 1)
  await clock.advance(60_000)
  expect(receiver.arrived.length - before).toBe(count)
  expect(await countStates(shop, id)).toEqual({ delivered: count })
  await run(node.stop())
}, 60_000)
