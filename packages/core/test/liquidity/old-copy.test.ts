import { copyMemoryData, memory } from '@payment-node/storage-memory'
import { expect, test } from 'vitest'
import { openShopAndServer } from '../payouts/payee-server.ts'

const liquidity = {
  ...({ mode: 'observe', settlePeriod: '1m', every: '1m', minimum: '50000 sat' } as const),
  ...{ lowInbound: 600_000, hysteresis: 20_000, outboundShare: 300_000, drainAtOnce: false },
}
const payouts = { automatic: 'by-call' } as const

test('I6: after an old copy the autopilot pays no partner until somebody says that balances are right', async () => {
  const { shop, server } = await openShopAndServer({ options: { liquidity, payouts } })
  const { node, run, clock } = shop
  await run(
    node.partners.upsert({ id: 'm1', payout: { offchain: server.address, automatic: true } }),
  )
  await clock.advance(2000)
  for (const { channelPoint } of await run(node.channels.list())) {
    await run(node.channels.adopt(channelPoint, 'ours'))
  }
  const copy = copyMemoryData(shop.data)
  await run(node.payouts.runAutomatic())
  await clock.advance(60_000)
  shop.process.kill()

  const storage = memory({ data: copy, exclusive: true })
  const options = { liquidity: { ...liquidity, mode: 'act' }, payouts } as const
  const next = shop.open({ storage, ...options })
  await run(next.node.start())
  await clock.advance(10_000)
  expect(await run(next.node.safety.status())).toMatchObject({ isHalted: true })
  await run(next.node.safety.resume('seen'))
  await clock.advance(15 * 60_000)
  const sent = async (): Promise<number> =>
    (await run(shop.lnd.lightning.listPayments({ afterIndex: 0n, limit: 100 }))).length
  expect(await sent(), 'paid before the copy was put back').toBe(1)
  const { items } = await run(next.node.liquidity.decisions())
  expect(items.flatMap(({ actions }) => actions)).toEqual([])

  // The operator has looked at the balances: now what the copy holds counts.
  await run(next.node.payouts.runAutomatic())
  await clock.advance(60_000)
  expect(await sent()).toBe(2)
  await run(next.node.stop())
})
