import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'
import { silentProvider } from './silent-provider.ts'

const keys = {
  invoices: new Uint8Array(32).map((_, at) => at + 1),
  swaps: new Uint8Array(32).map((_, at) => 255 - at),
}
const liquidity = {
  ...({ mode: 'act', settlePeriod: '0s', every: '1m', minimum: '50000 sat' } as const),
  ...{ drainAtOnce: false, lowInbound: 600_000, hysteresis: 20_000, outboundShare: 300_000 },
  ...{ acceptablePpm: 3000, ceilingPpm: 20_000 },
}

test('when fees fall, prices are asked for again at the next look, and not after five minutes', async () => {
  const swaps = [silentProvider('one', 1000n)]
  const shop = openShop({ options: { keys, liquidity, swaps } })
  const { node, run, clock, network } = shop
  network.setFeerate(29)
  await run(node.start())
  await clock.advance(2000)
  for (const { channelPoint } of await run(node.channels.list())) {
    await run(node.channels.adopt(channelPoint, 'ours'))
  }
  await clock.advance(2 * 60_000)
  const reasons = async (): Promise<readonly string[]> =>
    (await run(node.liquidity.decisions())).items.map(
      ({ verdict, reason }) => `${verdict} ${reason}`,
    )
  expect((await reasons())[0]).toMatch(/^wait /)
  network.setFeerate(2)
  await clock.advance(2 * 60_000)
  expect((await run(node.swaps.list())).items.length, (await reasons()).join(', ')).toBeGreaterThan(
    0,
  )
  await run(node.stop())
})
