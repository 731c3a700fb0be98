import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { PaymentNodeError, verifyWebhook, type WebhookDelivery } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type LiveShop, openLiveShop } from './live-shop.ts'
import { openReceiver } from './receiver.ts'

async function deliveriesOf(
  { node }: LiveShop,
  endpoint: string,
): Promise<readonly WebhookDelivery[]> {
  return (await node.webhooks.deliveries({ endpoint })).items.toReversed()
}

test('an endpoint gets each event from now on, once, signed, exactly as the log shows it', async () => {
  await using receiver = await openReceiver()
  await using shop = await openLiveShop()
  await shop.sell('before')
  const { secret, ...endpoint } = await shop.node.webhooks.create({ url: receiver.url })
  const from = (await shop.node.events.after('0')).at(-1)!.cursor
  await shop.sell('m1', '21000 sat')
  await shop.sell('m2')
  const log = await shop.node.events.after(from)
  expect(log.length).toBeGreaterThanOrEqual(4)
  await shop.find(async () => {
    const all = await deliveriesOf(shop, endpoint.id)
    return all.length === log.length && all.every(({ state }) => state === 'delivered')
  })
  const events = receiver.received.map(({ headers, body }) => verifyWebhook(secret, headers, body))
  expect(events.map(({ id }) => id).toSorted()).toEqual(log.map(({ id }) => id).toSorted())
  for (const event of log) {
    const { body, headers } = receiver.received.find(({ id }) => id === event.id)!
    expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(event)))
    expect(headers['content-type']).toBe('application/json')
  }
  expect(await deliveriesOf(shop, endpoint.id)).toMatchObject(
    log.map(({ id, type, cursor }) => ({
      event: id,
      type,
      cursor,
      tries: 1,
      status: 204,
      error: null,
    })),
  )
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(JSON.stringify(await shop.node.webhooks.list())).not.toContain(secret.slice(6))
})

test("a partner's endpoint sees the partner's events only; types narrow them further", async () => {
  await using receiver = await openReceiver()
  await using shop = await openLiveShop()
  await shop.sell('m1')
  await shop.sell('m2')
  const { webhooks } = shop.node
  const path = (name: string): string => `${receiver.url}/${name}`
  const mine = await webhooks.create({ url: path('m1'), partner: 'm1' })
  const settled = await webhooks.create({ url: path('settled'), types: ['invoice.settled'] })
  const all = await webhooks.create({ url: path('all') })
  for (const partner of ['m1', 'm2', 'm1']) await shop.sell(partner)
  const disabled = await webhooks.create({ url: path('x') })
  await webhooks.disable(disabled.id)
  const count = async (id: string): Promise<WebhookDelivery[]> =>
    (await webhooks.deliveries({ endpoint: id, state: 'delivered' })).items.slice()
  await shop.find(async () => (await count(all.id)).length >= 7)
  const typesOf = (found: readonly WebhookDelivery[]): string[] =>
    found.map(({ type }) => type).toReversed()
  const created = ['invoice.created', 'invoice.settled']
  expect(typesOf(await count(mine.id))).toEqual([...created, ...created])
  expect(typesOf(await count(settled.id))).toEqual(Array(3).fill('invoice.settled'))
  expect(typesOf(await count(all.id))).toEqual([
    ...created,
    ...created,
    ...created,
    'webhook.disabled',
  ])
  const seen = receiver.received.filter(({ id }) =>
    receiver.received.some(({ body }) => body.includes('"m2"') && body.includes(id)),
  )
  expect(seen.length).toBeGreaterThan(0)
  await expect(
    webhooks.create({ url: path('m1'), partner: 'm1', types: ['channel.closed'] }),
  ).rejects.toMatchObject({ code: 'input.invalid', details: { reason: 'not-visible' } })
})

test('what answers badly is told in the log and tried again: 500, redirect, huge, slow, gone silent, nobody', async () => {
  await using elsewhere = await openReceiver()
  await using receiver = await openReceiver()
  // Accepts and never says a word.
  const silent = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  const silentPort = (silent.address() as AddressInfo).port
  const closed = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => closed.once('listening', resolve))
  const closedPort = (closed.address() as AddressInfo).port
  await new Promise((resolve) => closed.close(resolve))
  receiver.answer = ({ headers }, response) => {
    const { 'x-path': _ } = headers
    const path = response.req.url!
    if (path.endsWith('/500')) response.writeHead(500).end('no')
    else if (path.endsWith('/302')) response.writeHead(302, { location: elsewhere.url }).end()
    else if (path.endsWith('/huge')) response.writeHead(200).end(Buffer.alloc(10_000_000))
    else if (path.endsWith('/drip')) {
      response.writeHead(200)
      response.write('a')
    } else if (path.endsWith('/199')) response.destroy()
    else response.writeHead(200).end('fine')
  }
  await using shop = await openLiveShop({ webhooks: { timeout: 1 } })
  const urls: Record<string, string> = {
    'answered 500': `${receiver.url}/500`,
    'answered 302': `${receiver.url}/302`,
    'its answer exceeds': `${receiver.url}/huge`,
    'not within 1000 ms': `${receiver.url}/drip`,
    broke: `${receiver.url}/199`,
    'not within': `http://127.0.0.1:${silentPort}/`,
    'nobody listens': `http://127.0.0.1:${closedPort}/`,
  }
  const endpoints = await Promise.all(
    Object.entries(urls).map(async ([error, url]) => ({
      error,
      ...(await shop.node.webhooks.create({ url, types: ['invoice.settled'] })),
    })),
  )
  const good = await shop.node.webhooks.create({ url: `${receiver.url}/good` })
  await shop.sell()
  const wrong: string[] = []
  for (const { id, error } of endpoints) {
    const [tried] = await shop.find(async () => {
      const found = await deliveriesOf(shop, id)
      return found.length === 1 && found[0]!.tries > 0 && found
    })
    const { state, nextAt, error: said } = tried!
    if (state !== 'waiting' || nextAt === null || !said?.includes(error))
      wrong.push(`${error}: ${state} ${said}`)
    if ((await shop.node.webhooks.get(id)).failingSince === null)
      wrong.push(`${error}: not failing`)
  }
  expect(wrong).toEqual([])
  expect(elsewhere.received).toEqual([])
  expect((await deliveriesOf(shop, good.id)).every(({ state }) => state === 'delivered')).toBe(true)
  silent.close()
}, 20_000)

test('410 disables at once, with an event; enabling and replaying what failed delivers it', async () => {
  await using receiver = await openReceiver((_, response) => void response.writeHead(410).end())
  await using shop = await openLiveShop()
  const { webhooks, events } = shop.node
  const { id } = await webhooks.create({ url: receiver.url, types: ['invoice.settled'] })
  await shop.sell()
  await shop.find(async () => (await webhooks.get(id)).state === 'disabled')
  expect(await webhooks.get(id)).toMatchObject({ reason: 'gone' })
  const told = (await events.after('0')).filter(({ type }) => type.startsWith('webhook.'))
  expect(told).toMatchObject([
    { type: 'webhook.disabled', data: { endpoint: { id, reason: 'gone' } } },
  ])
  await shop.sell()
  await expect(webhooks.replay({ endpoint: id, failed: true })).rejects.toMatchObject({
    code: 'webhook.disabled',
  })
  const before = receiver.received.length
  receiver.answer = (_, response) => void response.writeHead(200).end()
  expect(await webhooks.enable(id)).toMatchObject({ state: 'active', reason: null })
  expect(await webhooks.replay({ endpoint: id, failed: true })).toEqual({ count: 1 })
  expect(await webhooks.replay({ endpoint: id, failed: true })).toEqual({ count: 0 })
  await shop.find(async () =>
    (await deliveriesOf(shop, id)).some(({ state }) => state === 'delivered'),
  )
  expect(receiver.received.length).toBe(before + 1)
  expect(receiver.received.at(-1)!.id).toBe(receiver.received[0]!.id)
  expect(receiver.received.at(-1)!.body).toBe(receiver.received[0]!.body)
  expect(
    (await deliveriesOf(shop, id)).map(({ state, replay }) => [replay, state]).toSorted(),
  ).toEqual([
    [0, 'replayed'],
    [1, 'delivered'],
  ])
  expect((await events.after('0')).at(-1)).toMatchObject({ type: 'webhook.enabled' })
})

test('one that hangs holds up no other, and no more requests than its share are open', async () => {
  await using hanging = await openReceiver(() => undefined)
  await using good = await openReceiver()
  await using shop = await openLiveShop({
    webhooks: { timeout: 60, maximumConcurrent: 8, maximumPerEndpoint: 4 },
  })
  const { webhooks } = shop.node
  const types = ['invoice.created', 'invoice.settled'] as const
  for (const { url } of [hanging, hanging]) await webhooks.create({ url, types })
  const { id } = await webhooks.create({ url: good.url, types })
  for (let sale = 0; sale < 10; sale++) await shop.sell()
  await shop.find(async () => {
    const found = await webhooks.deliveries({ endpoint: id, state: 'delivered' })
    return found.items.length === 20
  })
  expect(hanging.mostOpen).toBeLessThanOrEqual(8)
  expect(hanging.received.length).toBe(hanging.mostOpen)
  await hanging[Symbol.asyncDispose]()
}, 20_000)

test('an event that is refused waits in its schedule while later ones go', async () => {
  let poison = ''
  await using receiver = await openReceiver(({ id }, response) => {
    poison ||= id
    response.writeHead(id === poison ? 500 : 200).end()
  })
  await using shop = await openLiveShop()
  const { id } = await shop.node.webhooks.create({ url: receiver.url, types: ['invoice.settled'] })
  for (let sale = 0; sale < 4; sale++) await shop.sell()
  const found = await shop.find(async () => {
    const all = await deliveriesOf(shop, id)
    return all.length === 4 && all.every(({ tries }) => tries > 0) && all
  })
  expect(found.map(({ state }) => state)).toEqual([
    'waiting',
    'delivered',
    'delivered',
    'delivered',
  ])
  expect((await shop.node.webhooks.get(id)).failingSince).toBe(null)
})

test('during a rotation both secrets sign; the old one stops when its time is over', async () => {
  await using receiver = await openReceiver()
  await using shop = await openLiveShop()
  const { webhooks } = shop.node
  const { id, secret: first } = await webhooks.create({ url: receiver.url })
  const { secret: second } = await webhooks.rotateSecret(id, { keepFor: '1h' })
  expect(await webhooks.sendTest(id)).toMatchObject({ isDelivered: true, status: 204 })
  const { secret: third } = await webhooks.rotateSecret(id, { keepFor: 0 })
  await webhooks.sendTest(id)
  const accepts = (secret: string, at: number): boolean => {
    const { headers, body } = receiver.received[at]!
    try {
      return verifyWebhook(secret, headers, body).type === 'webhook.test'
    } catch (error) {
      if (PaymentNodeError.is(error, 'webhook.signature-invalid')) return false
      throw error
    }
  }
  expect([first, second, third].map((secret) => accepts(secret, 0))).toEqual([true, true, false])
  expect([first, second, third].map((secret) => accepts(secret, 1))).toEqual([false, false, true])
  expect((await webhooks.get(id)).secrets).toHaveLength(1)
  expect(await webhooks.deliveries({ endpoint: id })).toMatchObject({ items: [] })
})

test('a range of events is replayed to a new endpoint; one event again to an old one; a removed one is forgotten', async () => {
  await using receiver = await openReceiver()
  await using shop = await openLiveShop()
  const { webhooks, events } = shop.node
  for (const partner of ['m1', 'm2', 'm1']) await shop.sell(partner)
  const log = (await events.after('0')).filter(({ type }) => type === 'invoice.settled')
  const { id } = await webhooks.create({
    url: receiver.url,
    partner: 'm1',
    types: ['invoice.settled'],
  })
  const range = { after: '0', upTo: log[1]!.cursor }
  expect(await webhooks.replay({ endpoint: id, range })).toEqual({ count: 1 })
  expect(await webhooks.replay({ endpoint: id, range: { after: log[1]!.cursor } })).toEqual({
    count: 1,
  })
  await receiver.until(() => receiver.received.length === 2)
  expect(receiver.received.map((one) => one.id)).toEqual([log[0]!.id, log[2]!.id])
  await shop.find(async () =>
    (await deliveriesOf(shop, id)).every(({ state }) => state === 'delivered'),
  )
  expect(await webhooks.replay({ endpoint: id, event: log[0]!.id })).toEqual({ count: 1 })
  await receiver.until(() => receiver.received.length === 3)
  await expect(webhooks.replay({ endpoint: id, event: log[1]!.id })).rejects.toMatchObject({
    code: 'webhook.event-not-found',
  })
  expect(await webhooks.remove(id)).toMatchObject({ id })
  await expect(webhooks.deliveries({ endpoint: id })).rejects.toMatchObject({
    code: 'webhook.not-found',
  })
  expect(await webhooks.list()).toMatchObject({ items: [] })
})
