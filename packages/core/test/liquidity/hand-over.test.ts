import { PaymentNodeError, type SelfCustodialSwapProvider } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'
import { silentProvider } from './silent-provider.ts'

const minute = 60_000
const keys = {
  invoices: new Uint8Array(32).map((_, at) => at + 1),
  swaps: new Uint8Array(32).map((_, at) => 255 - at),
}
const low = {
  mode: 'act',
  settlePeriod: '3h',
  every: '1m',
  drainAtOnce: false,
  lowInbound: 600_000,
  hysteresis: 20_000,
  outboundShare: 300_000,
} as const

/** Takes the whole gap in one swap. */
function oneSwap(name: string, ppm: bigint): SelfCustodialSwapProvider {
  const limits = async () => ({ minimumSat: 50_000n, maximumSat: 25_000_000n })
  return { ...silentProvider(name, ppm), limits }
}

/** Quotes, and makes nothing; `asked` are the hashes it was asked to make a swap for. */
function refusing(
  name: string,
  ppm: bigint,
  how: 'refuses' | 'fails',
): { readonly provider: SelfCustodialSwapProvider; readonly asked: string[] } {
  const asked: string[] = []
  const create = async ({ paymentHash }: { readonly paymentHash: string }): Promise<never> => {
    asked.push(paymentHash)
    if (how === 'fails') throw new Error('the connection broke off')
    throw new PaymentNodeError('swap.refused', 'not today', {
      provider: name,
      reason: 'suspended',
      outcome: 'none',
    })
  }
  return { provider: { ...oneSwap(name, ppm), create } as never, asked }
}

test('who refuses or fails is asked once, and at the next look the next one is taken', async () => {
  for (const how of ['refuses', 'fails'] as const) {
    const cheapest = refusing('cheapest', 500n, how)
    const second = refusing('second', 1000n, how)
    const swaps = [oneSwap('dear', 1500n), second.provider, cheapest.provider]
    const swapping = {
      perSwap: '25000000 sat',
      inFlightPerProvider: '25000000 sat',
      answerWithin: '5m',
    } as const
    const shop = openShop({ options: { liquidity: low, keys, swaps, swapping } })
    shop.network.setFeerate(2)
    await shop.run(shop.node.start())
    await shop.clock.advance(2000)
    for (const { channelPoint } of await shop.run(shop.node.channels.list()))
      await shop.run(shop.node.channels.adopt(channelPoint, 'ours'))
    // After its own settle period, and no other one.
    await shop.clock.advance(180 * minute + 4 * minute)
    const { items } = await shop.run(shop.node.swaps.list())
    const begun = items.map(({ provider, state, source }) => [provider, state, source]).reverse()
    expect(begun, how).toEqual([
      ['cheapest', 'failed-unpaid', 'autopilot'],
      ['second', 'failed-unpaid', 'autopilot'],
      ['dear', 'created', 'autopilot'],
    ])
    expect([cheapest.asked.length, second.asked.length], how).toEqual([1, 1])
    // One look after the other, a minute and a second apart.
    const times = items.map(({ createdAt }) => createdAt).reverse()
    for (const [at, time] of times.slice(1).entries())
      expect(time - times[at]!, how).toBeLessThan(minute + 10_000)
    const runs = (await shop.run(shop.node.liquidity.decisions())).items
    expect(runs.map(({ reason }) => reason)).not.toContain('failed-lately')
    expect(new Set(items.map(({ decision }) => decision)).size, how).toBe(3)
    // What the first run rejected is told with the swap that came to nothing.
    const failed = items.find(({ provider }) => provider === 'cheapest')!
    const { says, nextOffer } = await shop.run(shop.node.swaps.explain(failed.id))
    // The autopilot asks one by name.
    expect([nextOffer, says.includes('next offer')], how).toEqual([null, false])
  }
}, 60_000)

test('when all have failed it waits for the quarantine of one, and asks again', async () => {
  const only = refusing('only', 1000n, 'refuses')
  const shop = openShop({
    options: { liquidity: { ...low, settlePeriod: '0s' }, keys, swaps: [only.provider] },
  })
  shop.network.setFeerate(2)
  await shop.run(shop.node.start())
  await shop.clock.advance(2000)
  for (const { channelPoint } of await shop.run(shop.node.channels.list()))
    await shop.run(shop.node.channels.adopt(channelPoint, 'ours'))
  await shop.clock.advance(9 * minute)
  expect(only.asked).toHaveLength(1)
  const [blocked] = (await shop.run(shop.node.liquidity.decisions())).items
  expect(blocked).toMatchObject({
    verdict: 'blocked',
    reason: 'no-offer',
    noOffers: [{ provider: 'only', reason: 'quarantined' }],
  })
  await shop.clock.advance(4 * minute)
  expect(only.asked).toHaveLength(2)
  // The operator says that it is well again: the next look asks it.
  await shop.clock.advance(4 * minute)
  await shop.run(shop.node.swaps.enableProvider('only'))
  await shop.clock.advance(minute + 30_000)
  expect(only.asked).toHaveLength(3)
})

test("an operator's request that comes to nothing names the next offer", async () => {
  const cheap = refusing('cheap', 1000n, 'refuses')
  const swaps = [oneSwap('dear', 3000n), oneSwap('dearest', 4000n), cheap.provider]
  const shop = openShop({ options: { keys, swaps } })
  shop.network.setFeerate(2)
  await shop.run(shop.node.start())
  await shop.clock.advance(2000)
  const [asked] = await shop.run(
    shop.node.swaps.request({ amount: '500000 sat' }, { idempotencyKey: 'one' }),
  )
  expect((await shop.run(shop.node.swaps.explain(asked!.id))).nextOffer).toBeNull()
  await shop.clock.advance(10_000)
  const { swap, says, nextOffer } = await shop.run(shop.node.swaps.explain(asked!.id))
  expect(swap).toMatchObject({ provider: 'cheap', state: 'failed-unpaid', reason: 'suspended' })
  expect(nextOffer).toMatchObject({ provider: 'dear', reason: 'dearer' })
  expect(says).toMatch(/The next offer then was of dear \(\d+ ppm\)\. Ask again/)
  const [again] = await shop.run(
    shop.node.swaps.request({ amount: '500000 sat' }, { idempotencyKey: 'two' }),
  )
  expect(again!.provider).toBe('dear')
})
