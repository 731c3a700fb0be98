import { expect, test } from 'vitest'
import { type ApiStand, openApi } from './api-stand.ts'
import { swapServer } from './swap-server.ts'

const asOperator =
  ({ call, texts }: ApiStand) =>
  (path: string, body?: object, idempotencyKey?: string) =>
    call({
      method: body === undefined ? 'GET' : 'POST',
      path,
      key: texts.operator,
      body,
      headers: idempotencyKey ? { 'idempotency-key': idempotencyKey } : {},
    })

test('a swap is priced, asked for, explained, let cost more and claimed over HTTP', async () => {
  await using stand = await openApi({}, { swaps: swapServer })
  const { sandbox } = stand
  const ask = asOperator(stand)
  const quote = await ask('/v1/swaps/quote?amount=100000%20sat')
  expect(quote).toMatchObject({
    status: 200,
    body: { items: [{ provider: 'swaps.example', isAcceptable: true, reason: null }] },
  })
  const { price } = quote.body.items[0]
  expect(price.pieces).toEqual(['100000 sat'])
  expect(price.ppm).toBeGreaterThan(0)

  const made = await ask('/v1/swaps', { amount: '100000 sat' }, 'first')
  expect(made).toMatchObject({
    status: 202,
    body: { items: [{ state: 'created', source: 'operator', amount: '100000 sat' }] },
  })
  const [{ id }] = made.body.items
  // The same key gives the same swap; with another amount it is refused.
  const again = await ask('/v1/swaps', { amount: '100000 sat' }, 'first')
  expect(again.body.items.map((swap: { id: string }) => swap.id)).toEqual([id])
  expect(await ask('/v1/swaps', { amount: '100001 sat' }, 'first')).toMatchObject({
    status: 422,
    body: { code: 'idempotency.conflict' },
  })
  const raised = await ask(`/v1/swaps/${id}/limits`, { claim: '9000 sat' })
  expect(raised).toMatchObject({ status: 200, body: { id, limits: { claim: '9000 sat' } } })

  for (let block = 0; block < 12; block++) {
    await sandbox.advance(15_000)
    sandbox.mine(1)
  }
  await sandbox.advance(15_000)
  expect((await ask(`/v1/swaps/${id}`)).body).toMatchObject({ id, state: 'claimed' })
  expect((await ask('/v1/swaps?state=claimed')).body.items).toMatchObject([{ id }])
  expect((await ask('/v1/swaps?state=lost')).body.items).toEqual([])
  const explained = await ask(`/v1/swaps/${id}/explain`)
  expect(explained.body).toMatchObject({ swap: { id }, says: expect.stringMatching(/ours/) })
  expect(explained.body.claims.length).toBeGreaterThan(0)
  expect((await ask('/v1/swaps/providers')).body.items).toMatchObject([
    { provider: 'swaps.example', state: 'healthy', completed: 1, failed: 0 },
  ])
  expect(await ask('/v1/swaps/providers/swaps.example/enable', {})).toMatchObject({
    status: 200,
    body: { provider: 'swaps.example', state: 'healthy' },
  })
  expect(await ask(`/v1/swaps/${id}/limits`, { claim: '9999 sat' })).toMatchObject({
    status: 409,
    body: { code: 'swap.not-live' },
  })
  expect(await ask(`/v1/swaps/${id}/give-up`, { reason: 'x' })).toMatchObject({
    status: 409,
    body: { code: 'swap.not-live' },
  })
})

test('the autopilot tells what it would do and why, and is paused and resumed over HTTP', async () => {
  await using stand = await openApi({}, { swaps: swapServer })
  const ask = asOperator(stand)
  await stand.sandbox.advance(600_000)
  const { body: status } = await ask('/v1/liquidity')
  expect(status).toMatchObject({ mode: 'recommend', isPaused: false, last: { verdict: 'enough' } })
  expect(status.last.inboundShare).toBeGreaterThan(300_000)
  expect((await ask('/v1/liquidity/recommendation')).body).toMatchObject({
    verdict: 'enough',
    reason: 'enough',
  })
  const { body: page } = await ask('/v1/liquidity/decisions?limit=1')
  expect(page.items).toHaveLength(1)
  const [{ id }] = page.items
  expect((await ask(`/v1/liquidity/decisions/${id}`)).body).toEqual(page.items[0])

  const paused = await ask('/v1/liquidity/pause', { reason: 'fees are odd' })
  expect(paused).toMatchObject({ status: 200, body: { isPaused: true, reason: 'fees are odd' } })
  expect((await ask('/v1/liquidity')).body).toMatchObject({ pausedReason: 'fees are odd' })
  expect((await ask('/v1/liquidity/recommendation')).body).toMatchObject({ reason: 'paused' })
  expect((await ask('/v1/liquidity/resume', { reason: 'fine' })).body).toMatchObject({
    isPaused: false,
  })
  expect(await ask('/v1/liquidity/resume', { reason: 'fine' })).toMatchObject({
    status: 409,
    body: { code: 'liquidity.not-paused' },
  })
})

test('bad input about swaps and liquidity is a typed refusal that stores nothing', async () => {
  await using stand = await openApi({}, { swaps: swapServer })
  const ask = asOperator(stand)
  const nothing = '0'.repeat(32)
  const rows: Record<string, [Promise<{ status: number; body: unknown }>, number, object]> = {
    'no amount': [ask('/v1/swaps/quote'), 400, { details: { field: 'amount', reason: 'missing' } }],
    'an amount without unit': [
      ask('/v1/swaps/quote?amount=100'),
      400,
      { details: { field: 'amount', reason: 'unit-missing' } },
    ],
    'no key': [
      ask('/v1/swaps', { amount: '100000 sat' }),
      400,
      { details: { field: 'idempotency-key', reason: 'missing' } },
    ],
    'an address of another network': [
      ask(
        '/v1/swaps',
        { amount: '100000 sat', destination: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4' },
        'a',
      ),
      422,
      { code: 'payout.destination-invalid' },
    ],
    'a payout that is none': [
      ask('/v1/swaps', { amount: '100000 sat', payout: nothing }, 'p'),
      404,
      { code: 'payout.not-found', details: { payout: nothing } },
    ],
    'a payout and an address': [
      ask(
        '/v1/swaps',
        {
          amount: '100000 sat',
          payout: nothing,
          destination: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
        },
        'q',
      ),
      400,
      { details: { field: 'payout', reason: 'with-destination' } },
    ],
    'more than a payout may be, to an address outside': [
      ask(
        '/v1/swaps',
        { amount: '1000001 sat', destination: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080' },
        'f',
      ),
      409,
      {
        code: 'swap.above-cap',
        details: { cap: 'per-payout', limit: '1000000 sat', requested: '1000001 sat' },
      },
    ],
    'a limit of fractions of a unit': [
      ask('/v1/swaps', { amount: '100000 sat', limits: { claim: '0.5 sat' } }, 'b'),
      400,
      { details: { field: 'limits.claim', reason: 'fraction' } },
    ],
    'a misspelt limit': [
      ask('/v1/swaps', { amount: '100000 sat', limits: { clame: '1 sat' } }, 'c'),
      400,
      { details: { field: 'limits.clame', reason: 'unknown-option' } },
    ],
    'a provider that is none': [
      ask('/v1/swaps', { amount: '100000 sat', providers: ['x'] }, 'd'),
      400,
      { details: { field: 'providers[0]', reason: 'unknown-value' } },
    ],
    'less than any provider takes': [
      ask('/v1/swaps', { amount: '1 sat' }, 'e'),
      409,
      { code: 'swap.no-offer' },
    ],
    'a state that is none': [
      ask('/v1/swaps?state=paid'),
      400,
      { details: { field: 'state', reason: 'unknown-value' } },
    ],
    'no such swap': [ask(`/v1/swaps/${nothing}`), 404, { code: 'swap.not-found' }],
    'nothing to explain': [ask(`/v1/swaps/${nothing}/explain`), 404, { code: 'swap.not-found' }],
    'no such provider': [
      ask('/v1/swaps/providers/x/enable', {}),
      400,
      { details: { field: 'provider', reason: 'unknown-value' } },
    ],
    'no such decision': [
      ask(`/v1/liquidity/decisions/${nothing}`),
      404,
      { code: 'liquidity.run-not-found' },
    ],
    'a pause without a reason': [
      ask('/v1/liquidity/pause', {}),
      400,
      { details: { field: 'reason', reason: 'missing' } },
    ],
  }
  for (const [name, [answer, status, body]] of Object.entries(rows)) {
    expect(await answer, name).toMatchObject({ status, body })
  }
  expect((await ask('/v1/swaps')).body).toEqual({ items: [] })
})
