import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type BoltzOptions, boltz } from '../src/index.ts'
import { openApi, outcomeOf } from './open-api.ts'

test('a provider is named after its host, and its url is without a slash at the end', () => {
  const { name, url, custody, contractVersion } = boltz({ url: 'https://swaps.example:8443/v2//' })
  expect({ name, url, custody, contractVersion }).toEqual({
    name: 'swaps.example-8443',
    url: 'https://swaps.example:8443/v2',
    custody: 'self',
    contractVersion: 1,
  })
  expect(boltz({ url: 'https://a.example', name: 'mine' }).name).toBe('mine')
})

test('wrong options are refused by their name, and nobody is asked', () => {
  const url = 'https://swaps.example/v2'
  const rows: readonly [field: string, options: unknown][] = [
    ['options', undefined],
    ['url', {}],
    ['url', { url: 7 }],
    ['url', { url: 'swaps.example' }],
    ['url', { url: 'ftp://swaps.example' }],
    ['url', { url: 'https://me:secret@swaps.example/v2' }],
    ['url', { url: 'https://swaps.example/v2?key=1' }],
    ['url', { url: 'https://swaps.example/v2#1' }],
    ['name', { url, name: '' }],
    ['name', { url, name: 'two words' }],
    ['name', { url, name: 'a'.repeat(65) }],
    ['answerMilliseconds', { url, answerMilliseconds: 0 }],
    ['answerMilliseconds', { url, answerMilliseconds: 0.5 }],
    ['http.allow', { url, http: { allow: 'all' } }],
    ['http.allow[0].host', { url, http: { allow: [{ host: 'https://a' }] } }],
  ]
  for (const [field, options] of rows) {
    let thrown: unknown
    try {
      boltz(options as BoltzOptions)
    } catch (error) {
      thrown = error
    }
    expect(PaymentNodeError.is(thrown, 'options.invalid'), `${field}: ${thrown}`).toBe(true)
    expect(thrown).toMatchObject({ details: { field: `swaps.${field}` } })
    expect(String(thrown)).not.toContain('secret')
  }
})

test('without an exception a server must be public and speak TLS; with one it must be for swaps', async () => {
  const { received, provider } = await openApi(() => ({ body: { BTC: {} } }))
  const { url } = provider
  const { port } = new URL(url)
  const host = { host: '127.0.0.1', port: Number(port), insecure: true }
  const outcomes = [
    await outcomeOf(boltz({ url }).limits()),
    await outcomeOf(boltz({ url: url.replace('http:', 'https:') }).limits()),
    await outcomeOf(boltz({ url, http: { allow: [{ ...host, for: ['webhooks'] }] } }).limits()),
  ]
  expect(outcomes).toEqual([
    'swap.provider-failed insecure none',
    'swap.provider-failed address none',
    'swap.provider-failed insecure none',
  ])
  expect(received).toEqual([])
  const allowed = boltz({ url, http: { allow: [{ ...host, for: ['swaps'] }] } })
  expect(await outcomeOf(allowed.limits())).toBe('swap.refused suspended none')
})

test('no redirect is followed, on the same host neither', async () => {
  const { provider, received } = await openApi(({ path }) =>
    path === '/elsewhere'
      ? { body: { BTC: {} } }
      : { status: 302, headers: { location: '/v2/elsewhere' }, body: '' },
  )
  expect(await outcomeOf(provider.limits())).toBe('swap.provider-failed status-302 none')
  expect(received).toHaveLength(1)
})

test('an answer that does not come is not waited for', async () => {
  const { provider } = await openApi(() => new Promise<never>(() => {}), {
    answerMilliseconds: 30,
  })
  expect(await outcomeOf(provider.limits())).toBe('swap.provider-failed deadline none')
  const given = AbortSignal.abort()
  expect(await outcomeOf(provider.limits(given))).toBe('swap.provider-failed aborted none')
  expect(await outcomeOf(provider.status('abc', given))).toBe('swap.provider-failed aborted none')
})
