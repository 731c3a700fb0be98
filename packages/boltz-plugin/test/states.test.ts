import { expect, test } from 'vitest'
import { type Answer, openApi, outcomeOf, type Received } from './open-api.ts'

const ids = Array.from({ length: 1000 }, (_, place) => `swap${place}`)

/** Answers for many or for one, unless a swap is unknown. */
function tell(unknown: readonly string[] = [], hasMany = true): (request: Received) => Answer {
  return ({ path }) => {
    const asked = new URL(path, 'http://server').searchParams.getAll('ids')
    const one = /^\/swap\/(\w+)$/.exec(path)?.[1]
    const wanted = one && asked.length === 0 ? [one] : asked
    const isLost = wanted.some((id) => unknown.includes(id)) || (asked.length > 0 && !hasMany)
    if (isLost) return { status: 404, body: { error: 'could not find swap' } }
    const said = wanted.map((id) => [id, { status: 'swap.created' }])
    return { body: asked.length > 0 ? Object.fromEntries(said) : said[0]![1] }
  }
}

test('a thousand states that are asked for at once are sixteen requests', async () => {
  const { provider, received } = await openApi(tell())
  const reports = await Promise.all(ids.map((id) => provider.status(id)))
  expect(reports).toEqual(ids.map((providerId) => ({ providerId, status: 'swap.created' })))
  expect(received).toHaveLength(16)
  expect(Math.max(...received.map(({ path }) => path.split('ids=').length - 1))).toBe(64)
})

test('one swap that the server has lost costs the others one request each, once', async () => {
  const { provider, received } = await openApi(tell(['swap3']))
  const ask = (): Promise<PromiseSettledResult<unknown>[]> =>
    Promise.allSettled(ids.slice(0, 10).map((id) => provider.status(id)))
  const first = await ask()
  expect(first.map(({ status }) => status === 'fulfilled')).toEqual(
    ids.slice(0, 10).map((id) => id !== 'swap3'),
  )
  expect(received).toHaveLength(11)
  const second = await ask()
  expect(second.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  // The nine others together, and the lost one alone.
  expect(received).toHaveLength(13)
})

test('a server without the request for many is asked one by one', async () => {
  const { provider } = await openApi(tell([], false))
  const reports = await Promise.all(ids.slice(0, 5).map((id) => provider.status(id)))
  expect(reports.map(({ providerId }) => providerId)).toEqual(ids.slice(0, 5))
})

test('a state is read strictly, and one that cannot be read does not hide the others', async () => {
  const hex = '0200AA'
  const states: Record<string, unknown> = {
    good: { status: 'transaction.mempool', transaction: { id: 'ab', hex } },
    future: { status: 'transaction.quantum', failureReason: 'none', transaction: null },
    text: 'swap.created',
    number: { status: 7 },
    sentence: { status: 'all is well' },
    long: { status: 'a'.repeat(65) },
    script: { status: '<script>' },
    'no-hex': { status: 'transaction.mempool', transaction: { hex: 'xyz' } },
    'odd-hex': { status: 'transaction.mempool', transaction: { hex: '020' } },
    listed: { status: 'transaction.mempool', transaction: ['0200'] },
  }
  const { provider } = await openApi(() => ({ body: states }))
  const names = [...Object.keys(states), 'missing', '__proto__']
  const settled = await Promise.allSettled(names.map((id) => provider.status(id)))
  const found = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  expect(found).toEqual([
    { providerId: 'good', status: 'transaction.mempool', lockupTransaction: '0200aa' },
    { providerId: 'future', status: 'transaction.quantum' },
  ])
  for (const one of settled.slice(2)) {
    const work = one.status === 'rejected' ? Promise.reject(one.reason) : Promise.resolve(one.value)
    expect(await outcomeOf(work)).toBe('swap.provider-failed malformed none')
  }
})

test('an id that leads elsewhere is not asked for', async () => {
  const { provider, received } = await openApi(tell())
  for (const id of ['', '../x', 'a b', 'a?b', 'a'.repeat(65)]) {
    const work = (async () => provider.status(id))()
    expect(await outcomeOf(work), id).toBe('swap.provider-failed malformed none')
  }
  expect(received).toEqual([])
})
