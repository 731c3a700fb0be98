import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'
import { silentProvider } from './silent-provider.ts'

const keys = {
  invoices: new Uint8Array(32).map((_, at) => at + 1),
  swaps: new Uint8Array(32).map((_, at) => 255 - at),
}
/** Urgent, and ready to pay 20 %. */
const liquidity = {
  ...({ mode: 'act', settlePeriod: '0s', every: '1m', minimum: '50000 sat' } as const),
  ...{ drainAtOnce: false, lowInbound: 600_000, urgentInbound: 590_000, ceilingPpm: 200_000 },
  ...{ hysteresis: 20_000, outboundShare: 300_000 },
}

test('the autopilot swaps at no price above swapping.maximumPpm, whatever its own ceiling is', async () => {
  for (const [maximumPpm, count] of [
    [100_000, 2],
    [10_000, 0],
  ] as const) {
    const shop = openShop({
      options: {
        ...{ keys, liquidity, swaps: [silentProvider('dear', 90_000n)] },
        swapping: { maximumPpm, perDay: '1000000 sat' },
      },
    })
    shop.network.setFeerate(2)
    await shop.run(shop.node.start())
    await shop.clock.advance(2000)
    for (const { channelPoint } of await shop.run(shop.node.channels.list())) {
      await shop.run(shop.node.channels.adopt(channelPoint, 'ours'))
    }
    await shop.clock.advance(180_000)
    const { items } = await shop.run(shop.node.swaps.list({ limit: 10 }))
    expect(items.length, `${maximumPpm} ppm`).toBe(count)
    await shop.run(shop.node.stop())
  }
})
