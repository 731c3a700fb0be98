import { verifyWebhook, type WebhookDelivery } from '@payment-node/core'
import { expect, test } from 'vitest'
import { judgeAnswer } from '../../src/webhooks/judge-answer.ts'
import { openShop, type Shop, type ShopSettings } from '../shop.ts'
import { type SimulatedReceiver, simulatedReceiver } from './simulated-receiver.ts'

const url = 'https://receiver.example/hooks'
const settled = { url, types: ['invoice.settled'] } as const

/** A shop that is open, whose webhooks arrive in virtual time. */
async function openWith(
  options: ShopSettings['options'] = {},
  isExclusive = true,
): Promise<{ shop: Shop; receiver: SimulatedReceiver }> {
  const late: { http?: SimulatedReceiver } = {}
  const http = {
    contractVersion: 1 as const,
    request: (request: never) => late.http!.request(request),
  }
  const shop = openShop({ options: { http, ...options }, isExclusive })
  late.http = simulatedReceiver(shop.clock)
  await shop.run(shop.node.start())
  return { shop, receiver: late.http }
}

const deliveriesOf = async (
  { run, node }: Shop,
  endpoint: string,
  from = node,
): Promise<WebhookDelivery[]> =>
  (await run(from.webhooks.deliveries({ endpoint }))).items.toReversed()

test('a delivery is tried at the times of the standard, a little later each, and then given up', () => {
  const second = 1000
  const hour = 3600 * second
  const pauses = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
  const failed = { status: 500, error: 'answered 500' }
  for (const [at, pause] of pauses.entries()) {
    const least = { is: 'again', after: pause * second }
    const most = { is: 'again', after: Math.round(pause * second * 1.2) }
    expect(judgeAnswer(failed, at + 1, 0)).toEqual(least)
    expect(judgeAnswer({ status: null, error: 'x' }, at + 1, 1)).toEqual(most)
  }
  expect(pauses.reduce((sum, pause) => sum + pause * second, 0)).toBe(75.6 * hour - 55 * second)
  expect(judgeAnswer(failed, 10, 0)).toEqual({ is: 'failed' })
  expect(judgeAnswer({ status: 410, error: 'answered 410' }, 1, 0)).toEqual({ is: 'gone' })
  expect(judgeAnswer({ status: 204, error: null }, 10, 0)).toEqual({ is: 'delivered' })
})

test('tries of one event: same id, same bytes, its own timestamp each; the log shows the next', async () => {
  const { shop, receiver } = await openWith()
  const { run, node, clock } = shop
  const { id, secret } = await run(node.webhooks.create(settled))
  receiver.answer = () => (receiver.arrived.length < 4 ? 503 : 200)
  await shop.sell(1000)
  await clock.advance(1000)
  expect(await deliveriesOf(shop, id)).toMatchObject([
    { state: 'waiting', tries: 1, status: 503, error: 'answered 503' },
  ])
  await clock.advance(3_000_000)
  const { arrived } = receiver
  expect(new Set(arrived.map((one) => `${one.id} ${one.body}`)).size).toBe(1)
  const pauses = arrived.slice(1).map(({ at }, before) => (at - arrived[before]!.at) / 1000)
  for (const [at, pause] of [5, 300, 1800].entries()) {
    expect(pauses[at]).toBeGreaterThanOrEqual(pause)
    expect(pauses[at]).toBeLessThan(pause * 1.2 + 1)
  }
  for (const { at, headers, body } of arrived) {
    expect(headers['webhook-timestamp']).toBe(String(Math.floor(at / 1000)))
    expect(verifyWebhook(secret, headers, body, { now: at }).id).toBe(headers['webhook-id'])
  }
  expect(await deliveriesOf(shop, id)).toMatchObject([
    { state: 'delivered', tries: 4, nextAt: null },
  ])
  expect(await run(node.webhooks.get(id))).toMatchObject({ failingSince: null })
  await run(node.stop())
})

test('a secret that was rotated away signs until its time is over', async () => {
  const { shop, receiver } = await openWith()
  const { run, node, clock } = shop
  const { id, secret: old } = await run(node.webhooks.create(settled))
  const { secret } = await run(node.webhooks.rotateSecret(id, { keepFor: '1h' }))
  const signers = async (): Promise<string[]> => {
    await run(node.webhooks.sendTest(id))
    const { at: now, headers, body } = receiver.arrived.at(-1)!
    expect(verifyWebhook(secret, headers, body, { now }).type).toBe('webhook.test')
    return headers['webhook-signature']!.split(' ')
  }
  await clock.advance(3_590_000)
  expect(await signers()).toHaveLength(2)
  await clock.advance(20_000)
  expect(await signers()).toHaveLength(1)
  const { at: now, headers, body } = receiver.arrived.at(-1)!
  expect(() => verifyWebhook(old, headers, body, { now })).toThrow('signature-mismatch')
  await run(node.stop())
})

test('an endpoint that takes nothing for too long is disabled with an event, and gets nothing more', async () => {
  const { shop, receiver } = await openWith({ webhooks: { disableAfter: '1h' } })
  const { run, node, clock } = shop
  const { id } = await run(node.webhooks.create(settled))
  receiver.answer = () => new Error('nobody there')
  await shop.sell(1000)
  await clock.advance(1_800_000)
  await shop.sell(1000)
  await clock.advance(1_700_000)
  expect(await run(node.webhooks.get(id))).toMatchObject({ state: 'active' })
  await clock.advance(1_500_000)
  expect(await run(node.webhooks.get(id))).toMatchObject({ state: 'disabled', reason: 'failing' })
  const told = (await run(node.events.after('0', { limit: 1000 }))).filter(
    ({ type }) => type === 'webhook.disabled',
  )
  expect(told).toHaveLength(1)
  const tries = receiver.arrived.length
  await shop.sell(1000)
  await clock.advance(10_000_000)
  expect(receiver.arrived.length).toBe(tries)
  expect((await deliveriesOf(shop, id)).map(({ state }) => state)).toEqual(['dropped', 'dropped'])
  receiver.answer = () => 200
  await run(node.webhooks.enable(id))
  expect(await run(node.webhooks.replay({ endpoint: id, failed: true }))).toEqual({ count: 2 })
  await clock.advance(5000)
  const states = (await deliveriesOf(shop, id)).map(({ state }) => state).toSorted()
  expect(states).toEqual(['delivered', 'delivered', 'replayed', 'replayed'])
  await run(node.stop())
})

test('killed between the request and its record: sent again with the same id and bytes, recorded once', async () => {
  const { shop, receiver } = await openWith()
  const { run, node, clock } = shop
  const { id } = await run(node.webhooks.create(settled))
  receiver.answer = () => {
    if (receiver.arrived.length === 1) shop.process.kill()
    return 200
  }
  // The process dies within: what the host waits for never comes.
  void shop.sell(1000).catch(() => undefined)
  await clock.advance(5000)
  expect(receiver.arrived).toHaveLength(1)
  const { node: next } = shop.open()
  await run(next.start())
  await clock.advance(30_000)
  expect(receiver.arrived).toHaveLength(2)
  expect(receiver.arrived[1]!.id).toBe(receiver.arrived[0]!.id)
  expect(receiver.arrived[1]!.body).toBe(receiver.arrived[0]!.body)
  expect(await deliveriesOf(shop, id, next)).toMatchObject([{ state: 'delivered', tries: 1 }])
  await run(next.stop())
})

test('two processes: the lead changes hands, and each event arrives exactly once', async () => {
  const { shop, receiver } = await openWith({}, false)
  const { run, node, clock } = shop
  const second = shop.open()
  await run(second.node.start())
  const { id } = await run(node.webhooks.create(settled))
  // Slow enough that some are under way when the lead changes hands.
  receiver.answer = async () => {
    await clock.sleep(700)
    return 200
  }
  for (let sale = 0; sale < 5; sale++) await shop.sell(1000)
  await clock.advance(100)
  expect(receiver.arrived).toHaveLength(5)
  expect((await deliveriesOf(shop, id)).at(-1)).toMatchObject({ state: 'waiting', tries: 0 })
  await run(node.stop())
  for (let sale = 0; sale < 5; sale++) await shop.sell(1000, second.node)
  await clock.advance(30_000)
  const ids = receiver.arrived.map((one) => one.id)
  expect(ids).toHaveLength(10)
  expect(new Set(ids).size).toBe(10)
  const all = await deliveriesOf(shop, id, second.node)
  expect(all.map(({ state, tries }) => `${state} ${tries}`)).toEqual(Array(10).fill('delivered 1'))
  await run(second.node.stop())
})

test('disabled by another process: not even what was about to be tried again is sent', async () => {
  const { shop, receiver } = await openWith({}, false)
  const { run, node, clock } = shop
  const { node: other } = shop.open({ role: 'api' })
  await run(other.start())
  const { id } = await run(node.webhooks.create(settled))
  receiver.answer = () => 500
  // The worker reads the endpoints each five seconds: what is due comes before it does.
  await clock.advance(3000)
  for (let sale = 0; sale < 20; sale++) await shop.sell(1000)
  await clock.advance(3900)
  const tries = receiver.arrived.length
  await run(other.webhooks.disable(id))
  await clock.advance(20_000)
  expect(receiver.arrived.length).toBe(tries)
  const states = new Set((await deliveriesOf(shop, id)).map(({ state }) => state))
  expect(states).toEqual(new Set(['dropped']))
  await run(other.stop())
  await run(node.stop())
})

test('two processes: the leader is killed, the other one sends what was not recorded', async () => {
  const { shop, receiver } = await openWith({}, false)
  const { run, node, clock } = shop
  const { node: second } = shop.open()
  await run(second.start())
  const { id } = await run(node.webhooks.create(settled))
  let answered = 0
  receiver.answer = async () => {
    if (++answered === 3) shop.process.kill()
    return 200
  }
  for (let sale = 0; sale < 3; sale++) void shop.sell(1000).catch(() => undefined)
  await clock.advance(60_000)
  const seen = new Set(receiver.arrived.map((one) => one.id))
  expect(seen.size).toBe(3)
  expect(receiver.arrived).toHaveLength(4)
  const all = await deliveriesOf(shop, id, second)
  expect(all.map(({ state }) => state)).toEqual(Array(3).fill('delivered'))
  await run(second.stop())
})

test('LND going away is told at once, while it is away', async () => {
  const { shop, receiver } = await openWith()
  const { run, node, clock, lnd } = shop
  await run(node.webhooks.create({ url, types: ['node.degraded', 'node.recovered'] }))
  lnd.stop()
  await clock.advance(20_000)
  expect(receiver.arrived.map(({ body }) => JSON.parse(body).type)).toEqual(['node.degraded'])
  await run(node.stop())
})

test('what waits is sent also by a process that has never seen LND', async () => {
  const { shop, receiver } = await openWith()
  const { run, node, clock, lnd } = shop
  const { id } = await run(node.webhooks.create(settled))
  receiver.answer = () => 500
  await shop.sell(1000)
  await clock.advance(100)
  await run(node.stop())
  lnd.stop()
  receiver.answer = () => 200
  const { node: next } = shop.open()
  await run(next.start())
  await clock.advance(10_000)
  expect(await run(next.status())).toMatchObject({ state: 'degraded' })
  expect(await deliveriesOf(shop, id, next)).toMatchObject([{ state: 'delivered', tries: 2 }])
  await run(next.stop())
})

test('an endpoint that is away gets little; when it is back it gets everything, soon', async () => {
  const { shop, receiver } = await openWith()
  const { run, node, clock } = shop
  const { id } = await run(node.webhooks.create({ url, types: ['invoice.created'] }))
  await run(node.partners.upsert({ id: 'm1' }))
  receiver.answer = () => new Error('nobody there')
  for (let order = 0; order < 200; order++)
    await run(node.invoices.create({ partner: 'm1', amount: '1000 sat' }))
  await clock.advance(1000)
  const before = receiver.arrived.length
  expect(before).toBeLessThan(100)
  await clock.advance(1000)
  // At most two each 100 milliseconds, whatever is due.
  expect(receiver.arrived.length - before).toBeLessThanOrEqual(25)
  await clock.advance(15_000)
  receiver.answer = () => 200
  await clock.advance(400_000)
  const all = await run(node.webhooks.deliveries({ endpoint: id, limit: 1000 }))
  expect(all.items.filter(({ state }) => state === 'delivered')).toHaveLength(200)
  await run(node.stop())
})
