import { expect, test } from 'vitest'
import { openApi } from './api-stand.ts'

test('each key has its own share; what is too much is told when to come again', async () => {
  await using stand = await openApi({
    limits: { perKey: { requests: 3, seconds: 60 }, failuresPerAddress: false },
  })
  const { call, texts } = stand
  const ask = async (key: string) => (await call({ path: '/v1/invoices', key })).status
  expect([await ask(texts.farm), await ask(texts.farm), await ask(texts.farm)]).toEqual([
    200, 200, 200,
  ])
  const refused = await call({ path: '/v1/invoices', key: texts.farm })
  expect(refused).toMatchObject({
    status: 429,
    body: { code: 'api.rate-limited', isRetryable: true },
  })
  expect(Number(refused.headers.get('retry-after'))).toBe(refused.body.details.retryAfter)
  expect(await ask(texts.bakery)).toBe(200)
})

test('failed keys are counted per address, and keep nobody out who has a good one', async () => {
  await using stand = await openApi({
    limits: { perKey: false, failuresPerAddress: { requests: 2, seconds: 60 } },
    addressOf: (request) => request.headers.get('x-test-address') ?? 'here',
  })
  const { call, texts } = stand
  const ask = async (key: string | undefined, address = 'here') =>
    (await call({ path: '/v1/invoices', key, headers: { 'x-test-address': address } })).status
  expect([await ask('a'), await ask(undefined), await ask('b')]).toEqual([401, 401, 429])
  expect(await ask('c', 'elsewhere')).toBe(401)
  expect(await ask(texts.bakery)).toBe(200)
  // Routes that are not there are no way around it.
  expect((await call({ path: '/nowhere', headers: { 'x-test-address': 'here' } })).status).toBe(429)
})
