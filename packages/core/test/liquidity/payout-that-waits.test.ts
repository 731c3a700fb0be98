import { expect, test } from 'vitest'
import { openShopAndServer } from '../payouts/payee-server.ts'
import { silentProvider } from './silent-provider.ts'

const keys = {
  invoices: new Uint8Array(32).map((_, at) => at + 1),
  swaps: new Uint8Array(32).map((_, at) => 255 - at),
}
const liquidity = {
  ...({ mode: 'act', settlePeriod: '0s', every: '1m', minimum: '50000 sat' } as const),
  ...{ drainAtOnce: false, lowInbound: 470_000, urgentInbound: 470_000, hysteresis: 5000 },
  ...{ outboundShare: 520_000, ceilingPpm: 20_000 },
}

test("a payout that waits for its payee's server is not on its way: what cannot be received is looked after", async () => {
  const swaps = [silentProvider('one', 1000n)]
  const swapping = { answerWithin: '5m' } as const
  const options = { keys, liquidity: { ...liquidity, mode: 'observe' } as const, swaps, swapping }
  const { shop, server } = await openShopAndServer({ options })
  const { node, run, clock } = shop
  shop.network.setFeerate(2)
  await shop.sell(1_000_000)
  server.behave('away')
  const payout = await run(
    node.payouts.request(
      { partner: 'm1', destination: server.address, amount: '900000 sat' },
      { idempotencyKey: 'p' },
    ),
  )
  await clock.advance(2000)
  for (const { channelPoint } of await run(node.channels.list())) {
    await run(node.channels.adopt(channelPoint, 'ours'))
  }
  await clock.advance(10 * 60_000)
  const { state, reason } = (await run(node.payouts.get(payout.id)))!
  expect([state, reason]).toEqual(['reserved', 'destination-unreachable'])
  const [last] = (await run(node.liquidity.decisions())).items
  expect(last).toMatchObject({ verdict: 'act', reason: 'inbound-urgent' })
  await run(node.stop())
})
