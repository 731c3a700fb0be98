import type { OpenInput } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type ApiRoute, prometheusMetrics } from '../src/index.ts'
import { type ApiStand, openApi } from './api-stand.ts'
import { swapServer } from './swap-server.ts'

/** Ids of things that are the bakery's, for the paths. */
interface Things {
  readonly invoice: string
  readonly payout: string
  readonly webhook: string
  readonly opening: string
  /** One that stays, whatever is asked for in between. */
  readonly channelPoint: string
  /** Public key of a peer without a channel. */
  readonly peer: string
  readonly swap: string
  /** Of the autopilot. */
  readonly decision: string
}

const bodies: Readonly<Record<string, unknown>> = {
  'POST /v1/invoices': { partner: 'bakery', amount: '10 sat' },
  'POST /v1/invoices/{invoice}/refund': { destination: 'nonsense' },
  'POST /v1/adoptions': { paymentHash: '0'.repeat(64), partner: 'bakery' },
  'POST /v1/payouts': { partner: 'bakery', destination: 'nonsense' },
  'POST /v1/payout-estimates': { partner: 'bakery', destination: 'nonsense' },
  'POST /v1/payouts/{payout}/resolve': {
    verdict: 'failed',
    evidence: { by: 'me', note: 'a drill' },
  },
  'PUT /v1/partners/{partner}': { name: 'The bakery' },
  'PATCH /v1/partners/{partner}/payout': { automatic: false },
  'POST /v1/corrections': { partner: 'bakery', amount: '1 sat', reason: 'a drill' },
  'POST /v1/opening-balances': { balances: [{ partner: 'bakery', amount: '1 sat' }] },
  'POST /v1/safety/halt': { reason: 'a drill' },
  'POST /v1/safety/resume': { reason: 'the drill is over' },
  'POST /v1/webhooks': { partner: 'bakery', url: 'https://receiver.example/events' },
  'PATCH /v1/webhooks/{webhook}': { types: ['invoice.settled'] },
  'POST /v1/webhooks/{webhook}/rotate-secret': {},
  'POST /v1/webhooks/{webhook}/replay': { failed: true },
  'POST /v1/channels/{channelPoint}/close': { reason: 'a drill' },
  'POST /v1/channels/{channelPoint}/adopt': { ownership: 'observe' },
  'POST /v1/keeper/pause': { reason: 'a drill' },
  'POST /v1/keeper/resume': { reason: 'the drill is over' },
  'POST /v1/swaps': { amount: '100000 sat' },
  'POST /v1/swaps/{swap}/limits': { claim: '9000 sat' },
  'POST /v1/swaps/{swap}/give-up': { reason: 'a drill' },
  'POST /v1/liquidity/pause': { reason: 'a drill' },
  'POST /v1/liquidity/resume': { reason: 'the drill is over' },
  'POST /v1/peers/{peer}/block': { reason: 'a drill' },
  'POST /v1/peers/{peer}/allow': { reason: 'the drill is over' },
}

/** What is asked for; lists name her in it. */
const queries: Readonly<Record<string, string>> = {
  'GET /v1/invoices': 'partner=bakery',
  'GET /v1/payouts': 'partner=bakery',
  'GET /v1/webhooks': 'partner=bakery',
  'GET /v1/swaps/quote': 'amount=100000%20sat',
  'GET /v1/routing/income': 'from=2026-11-01&to=2026-11-02',
}

const openingTo = (peer: string) => ({
  peer,
  address: 'peer.example:9735',
  capacity: '100000 sat',
})

/** A well-formed request of a route about the bakery's things: what its path and body name is hers. */
function requestOf({ method, path }: ApiRoute, things: Things, round: number) {
  const filled = path
    .replace('{invoice}', things.invoice)
    .replace('{payout}', things.payout)
    .replace('{webhook}', things.webhook)
    .replace('{opening}', things.opening)
    .replace('{channelPoint}', things.channelPoint)
    .replace('{peer}', things.peer)
    .replace('{swap}', things.swap)
    .replace('{decision}', things.decision)
    .replace('{provider}', 'swaps.example')
    .replace('{partner}', 'bakery')
  const name = `${method} ${path}`
  const query = queries[name]
  return {
    method,
    path: query ? `${filled}?${query}` : filled,
    body: name === 'POST /v1/channels/openings' ? openingTo(things.peer) : bodies[name],
    headers: { 'idempotency-key': `key-${round}` },
  }
}

async function makeThings({ sandbox }: ApiStand): Promise<Things> {
  const { node } = sandbox
  const sold = await node.invoices.create({ partner: 'bakery', amount: '9000 sat' })
  await sandbox.pay(sold.paymentRequest)
  await node.invoices.waitUntilSettled(sold.id)
  const open = await node.invoices.create({ partner: 'bakery', amount: '1 sat' })
  const payout = await node.payouts.request(
    { partner: 'bakery', destination: sandbox.bill('10 sat', { isHeld: true }).paymentRequest },
    { idempotencyKey: 'held' },
  )
  const webhook = await node.webhooks.create({
    partner: 'bakery',
    url: 'https://receiver.example/webhooks',
  })
  await sandbox.advance(10_000)
  const { publicKey } = sandbox.network.addNode('peer')
  const opening = await node.channels.open(openingTo(publicKey) as OpenInput, {
    idempotencyKey: 'opening',
  })
  const [channel] = await node.channels.list()
  const [swap] = await node.swaps.request({ amount: '100000 sat' }, { idempotencyKey: 'swap' })
  const { items: decisions } = await node.liquidity.decisions({ limit: 1 })
  return {
    invoice: open.id,
    payout: payout.id,
    webhook: webhook.id,
    opening: opening.id,
    channelPoint: channel!.channelPoint,
    peer: publicKey,
    swap: swap!.id,
    decision: decisions[0]!.id,
  }
}

test('N1: every route refuses every kind of key but the right one', async () => {
  await using stand = await openApi({ metrics: prometheusMetrics() }, { swaps: swapServer })
  const { api, keys, texts, call } = stand
  const revoked = await keys.create({ scope: 'operator' })
  await keys.revoke(revoked.key.id)
  const revokedOwn = await keys.create({ scope: 'partner:bakery' })
  await keys.revoke(revokedOwn.key.id)
  const known = texts.operator
  const nobody: Record<string, string | undefined> = {
    none: undefined,
    empty: '',
    garbage: 'garbage',
    'a key’s form': `pnk_${'0'.repeat(16)}_${'A'.repeat(43)}`,
    'a known id with another secret': `${known.slice(0, 21)}${'A'.repeat(43)}`,
    'a known key and more': `${known}A`,
    'revoked, of the operator': revoked.text,
    'revoked, of the bakery': revokedOwn.text,
  }
  const things = await makeThings(stand)
  // Forgetting something comes last: the calls before it are about it.
  const last = (route: ApiRoute): number => (route.method === 'DELETE' ? 1 : 0)
  const routes = [...api.routes].sort((one, other) => last(one) - last(other))
  const wrong: string[] = []
  let asked = 0
  for (const [round, route] of routes.entries()) {
    const request = requestOf(route, things, round)
    const expectStatus = async (
      who: string,
      key: string | undefined,
      isRight: (status: number, code: string) => boolean,
    ): Promise<void> => {
      asked++
      const { status, body } = await call({ ...request, key })
      if (isRight(status, body.code)) return
      wrong.push(`${route.method} ${route.path} with ${who}: ${status} ${JSON.stringify(body)}`)
    }
    const isOpen = (status: number): boolean => status === 200 || status === 503
    // 409 and 422: the key was good, and the request came to the library.
    // After a right key has forgotten it, it is gone for the operator, too.
    const isGone = (status: number): boolean => route.method === 'DELETE' && status === 404
    const isLetIn = (status: number, code: string): boolean =>
      [200, 201, 202, 409, 422].includes(status) ||
      code === 'node.invoice-not-found' ||
      isGone(status)
    for (const [who, key] of Object.entries(nobody)) {
      await expectStatus(who, key, (status, code) =>
        route.access === 'anyone'
          ? isOpen(status)
          : status === 401 && code === 'api.unauthenticated',
      )
    }
    await expectStatus("another partner's key", texts.farm, (status, code) => {
      if (route.access === 'anyone') return isOpen(status)
      if (route.access === 'operator') return status === 403 && code === 'api.forbidden'
      // What is not about one partner shows a partner what is its own: nothing of the bakery's, see below.
      if (['/v1/events', '/v1/fees'].includes(route.path)) return status === 200
      return status === 404 && code.endsWith('.not-found')
    })
    await expectStatus('the own key', texts.bakery, (status, code) =>
      route.access === 'operator'
        ? status === 403 && code === 'api.forbidden'
        : isLetIn(status, code),
    )
    await expectStatus("the operator's key", texts.operator, isLetIn)
  }
  expect(wrong).toEqual([])
  expect(api.routes.length).toBeGreaterThan(75)
  expect(asked).toBe(api.routes.length * (Object.keys(nobody).length + 3))
})

test('N1: only probes and the description need no key, and every other route needs one', async () => {
  await using stand = await openApi({ metrics: prometheusMetrics() })
  const open = stand.api.routes.filter(({ access }) => access === 'anyone')
  expect(open.map(({ path }) => path).sort()).toEqual(['/livez', '/openapi.json', '/readyz'])
})

test('N1: who has no key does not learn which routes there are', async () => {
  await using stand = await openApi()
  const { call, texts } = stand
  for (const path of ['/', '/v2', '/v1/nonsense', '/v1/invoices/x/y', '/.env', '/v1/../metrics']) {
    expect((await call({ path })).status, path).toBe(401)
  }
  // HEAD is answered as GET is: by the same path of authentication.
  expect((await call({ method: 'HEAD', path: '/v1/balances' })).status).toBe(401)
  expect((await call({ method: 'OPTIONS', path: '/v1/balances' })).status).toBe(401)
  // Methods that a path does not have are routes that are not there.
  expect((await call({ method: 'DELETE', path: '/v1/invoices' })).status).toBe(401)
  expect(await call({ path: '/v1/nonsense', key: texts.operator })).toMatchObject({
    status: 404,
    body: { code: 'api.route-not-found' },
  })
})

test('N1: to a partner what is another’s is as what never was', async () => {
  await using stand = await openApi({}, { swaps: swapServer })
  const { call, texts } = stand
  const { invoice, payout, webhook } = await makeThings(stand)
  const key = texts.farm
  const nothing = '0'.repeat(32)
  const pairs: Record<string, (id: string) => string> = {
    [invoice]: (id) => `/v1/invoices/${id}`,
    [payout]: (id) => `/v1/payouts/${id}`,
    [webhook]: (id) => `/v1/webhooks/${id}`,
    bakery: (id) => `/v1/partners/${id}`,
  }
  for (const [id, path] of Object.entries(pairs)) {
    const others = await call({ path: path(id), key })
    const never = await call({ path: path(nothing), key })
    expect(others.status).toBe(404)
    expect({ ...others, text: others.text.replaceAll(id, nothing) }).toMatchObject({
      status: never.status,
      text: never.text,
    })
  }
})

test('N1: lists and events of a partner hold only what is its own', async () => {
  await using stand = await openApi({}, { swaps: swapServer })
  const { call, texts, sandbox } = stand
  await makeThings(stand)
  await sandbox.node.invoices.create({ partner: 'farm', amount: '3 sat' })
  const partnersIn = async (path: string, key: string): Promise<string[]> => {
    const { body } = await call({ path, key })
    const found = (body.items ?? body.events).map(
      // biome-ignore lint/suspicious/noExplicitAny: what a client sees
      (item: any) => (item.data?.invoice ?? item.data?.payout ?? item).partner ?? 'operator',
    )
    return [...new Set<string>(found)].sort()
  }
  const [bakery, farm, all] = [['bakery'], ['farm'], ['bakery', 'farm']]
  expect(await partnersIn('/v1/invoices', texts.bakery)).toEqual(bakery)
  expect(await partnersIn('/v1/invoices', texts.farm)).toEqual(farm)
  expect(await partnersIn('/v1/invoices', texts.operator)).toEqual(all)
  expect(await partnersIn('/v1/payouts', texts.bakery)).toEqual(bakery)
  expect(await partnersIn('/v1/payouts', texts.farm)).toEqual([])
  expect(await partnersIn('/v1/events', texts.bakery)).toEqual(bakery)
  expect(await partnersIn('/v1/events', texts.farm)).toEqual(farm)
  expect(await partnersIn('/v1/events', texts.operator)).toEqual([...all!, 'operator'])
})

test('N1: what costs the operator money is not taken from a partner’s key', async () => {
  await using stand = await openApi()
  const { call, texts, sandbox } = stand
  const key = texts.bakery
  const isRefused = async (path: string, body: object): Promise<string> => {
    const headers = { 'idempotency-key': 'x' }
    const answer = await call({ method: 'POST', key, headers, path, body })
    return answer.body.details?.reason === 'operator-only'
      ? answer.body.details.field
      : answer.body.code
  }
  const destination = sandbox.bill('1 sat').paymentRequest
  const poor = 'payout.insufficient-balance'
  expect(await isRefused('/v1/payouts', { destination, feeLimit: '9 sat' })).toBe(poor)
  const address = await sandbox.address()
  const late = { destination: address, amount: '10000 sat', deadline: '60s' }
  expect(await isRefused('/v1/payouts', late)).toBe(poor)
  await sandbox.node.partners.upsert({ id: 'bakery', payout: { feesPaidBy: 'operator' } })
  expect(await isRefused('/v1/payouts', { destination, feeLimit: '9 sat' })).toBe('feeLimit')
  expect(await isRefused('/v1/payouts', { destination: 'x', quick: true })).toBe('quick')
  // Waiting for a minute at most is being quick in other words.
  expect(await isRefused('/v1/payouts', { destination: 'x', deadline: '60s' })).toBe('deadline')
  const invoice = { amount: '1 sat', allowUnreceivable: true }
  expect(await isRefused('/v1/invoices', invoice)).toBe('allowUnreceivable')
  expect(await isRefused('/v1/invoices', { commission: { ppm: 1 } })).toBe('commission')
})

test('N1: a partner’s key sets where it is paid, and nothing else of itself', async () => {
  await using stand = await openApi()
  const { call, texts } = stand
  const path = '/v1/partners/bakery/payout'
  const patch = (body: object, key = texts.bakery) => call({ method: 'PATCH', path, key, body })
  expect(await patch({ offchain: 'shop@example.com', automatic: true })).toMatchObject({
    status: 200,
    body: { payout: { offchain: 'shop@example.com', automatic: true, feesPaidBy: 'partner' } },
  })
  for (const field of ['feesPaidBy', 'fee', 'caps', 'availableAfter', 'id']) {
    expect(await patch({ [field]: 'operator' }), field).toMatchObject({
      status: 400,
      body: { details: { field, reason: 'unknown-option' } },
    })
  }
  expect(await patch({ automatic: false }, texts.farm)).toMatchObject({ status: 404 })
  // The operator creates partners by PUT alone.
  const nobody = await call({
    method: 'PATCH',
    path: '/v1/partners/nobody/payout',
    key: texts.operator,
    body: {},
  })
  expect(nobody).toMatchObject({ status: 404, body: { code: 'partner.not-found' } })
})
