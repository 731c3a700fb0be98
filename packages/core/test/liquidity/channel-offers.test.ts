import type { InboundOffer, LiquidityOptions } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

const minute = 60_000
const low = {
  mode: 'act',
  settlePeriod: '0s',
  drainAtOnce: false,
  lowInbound: 600_000,
  hysteresis: 20_000,
  outboundShare: 300_000,
} as const

async function openAsking(channelOffers: LiquidityOptions['channelOffers']): Promise<Shop> {
  const shop = openShop({ options: { liquidity: { ...low, channelOffers: channelOffers! } } })
  shop.network.setFeerate(2)
  await shop.run(shop.node.start())
  await shop.clock.advance(2000)
  for (const { channelPoint } of await shop.run(shop.node.channels.list()))
    await shop.run(shop.node.channels.adopt(channelPoint, 'ours'))
  await shop.clock.advance(4 * minute)
  return shop
}

test('what is for sale is compared, left to the operator, and asked for every five minutes', async () => {
  const asked: string[] = []
  const offers: readonly InboundOffer[] = [
    { source: 'market', amount: '4000000 sat', cost: '8000 sat', leadTime: '2h' },
    { source: 'dear', amount: '4000000 sat', cost: '400000 sat', leadTime: '2h' },
  ]
  const shop = await openAsking(async (amount) => {
    asked.push(String(amount))
    return offers
  })
  const [run] = (await shop.run(shop.node.liquidity.decisions())).items
  expect(run).toMatchObject({ verdict: 'blocked', reason: 'left-to-operator', actions: [] })
  expect(
    run!.rejected.map(({ lever, subject, ppm, refusal }) => [lever, subject, ppm, refusal]),
  ).toEqual([
    ['buy', 'market', 2000, 'left-to-operator'],
    ['buy', 'dear', 100_000, 'price-above-ceiling'],
  ])
  expect(asked).toHaveLength(1)
  expect(run!.missing.msat / 1000n).toBe(BigInt(asked[0]!.replace(' sat', '')))
  await shop.clock.advance(5 * minute)
  expect(asked).toHaveLength(2)
  // Enough can be received by the settings: nobody is asked.
  const quiet = openShop({
    options: {
      liquidity: {
        ...low,
        lowInbound: 300_000,
        channelOffers: async () => {
          asked.push('quiet')
          return offers
        },
      },
    },
  })
  await quiet.run(quiet.node.start())
  await quiet.clock.advance(3 * minute)
  expect(asked).not.toContain('quiet')
})

test('an answer that cannot be used holds up nothing, and is named', async () => {
  const offer = { source: 'market', amount: '1 sat', cost: '1 sat', leadTime: '2h' }
  const rows: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    ['throws', async () => Promise.reject(new Error('away')), 'unreachable'],
    ['is silent', () => new Promise(() => undefined), 'unreachable'],
    ['no list', async () => ({}), 'malformed'],
    ['no amount', async () => [{ ...offer, amount: '0 sat' }], 'malformed'],
    ['a gift that is a charge', async () => [{ ...offer, cost: '-1 sat' }], 'malformed'],
    ['a number', async () => [{ ...offer, amount: 5 }], 'malformed'],
    ['no name', async () => [{ ...offer, source: '' }], 'malformed'],
    ['for ever', async () => [{ ...offer, leadTime: '90d' }], 'malformed'],
    ['something else', async () => [{ ...offer, rebate: 1 }], 'malformed'],
  ]
  const found: unknown[] = []
  for (const [name, answer] of rows) {
    const shop = await openAsking(answer as never)
    const [run] = (await shop.run(shop.node.liquidity.decisions())).items
    found.push([name, run?.reason, run?.noOffers])
    await shop.run(shop.node.stop())
  }
  expect(found).toEqual(
    rows.map(([name, , reason]) => [name, 'no-offer', [{ provider: 'channelOffers', reason }]]),
  )
  expect(() => openShop({ options: { liquidity: { channelOffers: 'market' as never } } })).toThrow(
    'liquidity.channelOffers',
  )
})
