import { expect, test } from 'vitest'
import { openSwaps } from '../swaps/swap-stand.ts'

test('a new channel is drained chunk after chunk: what is in a swap counts until it has ended, and then the next one begins', async () => {
  const stand = openSwaps({
    options: {
      liquidity: { mode: 'act', settlePeriod: '0s', every: '1m', minimum: '50000 sat' },
      swapping: { inFlightShareOfOutbound: 500_000, perDay: '1000000 sat' },
    },
  })
  stand.network.setFeerate(2)
  await stand.run(stand.node.start())
  await stand.settle()
  for (const { channelPoint } of await stand.run(stand.node.channels.list())) {
    await stand.run(stand.node.channels.adopt(channelPoint, 'ours'))
  }
  for (let block = 0; block < 30; block++) {
    await stand.mine()
    await stand.settle(60_000)
  }
  const { items: swaps } = await stand.run(stand.node.swaps.list({ limit: 100 }))
  expect(swaps.filter(({ state }) => state === 'claimed').length).toBeGreaterThanOrEqual(2)
  const { items: runs } = await stand.run(stand.node.liquidity.decisions({ limit: 100 }))
  const refused = runs.flatMap(({ actions }) =>
    actions.filter(({ outcome }) => outcome?.did === 'nothing'),
  )
  expect(refused).toEqual([])
  expect(runs.map(({ reason }) => reason)).toContain('in-flight-cap')
  await stand.run(stand.node.stop())
})
