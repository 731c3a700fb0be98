import { sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'
import { openSwaps } from '../swaps/swap-stand.ts'
import { silentProvider } from './silent-provider.ts'

const keys = {
  invoices: new Uint8Array(32).map((_, at) => at + 1),
  swaps: new Uint8Array(32).map((_, at) => 255 - at),
}

test('with every default a provider that takes 0.5 % is used as soon as inbound is low, and one that takes 0.7 % is not', async () => {
  for (const [servicePpm, verdict, refusal] of [
    [5000n, 'act', undefined],
    [7000n, 'wait', 'price-not-acceptable'],
  ] as const) {
    // No prices, shares, caps or limits: but for the first drain, which would be urgent.
    const options = { keys, swaps: [silentProvider('one', servicePpm)] }
    const shop = openShop({
      options: { ...options, liquidity: { mode: 'act', drainAtOnce: false } },
    })
    const { node, run, clock, network } = shop
    network.setFeerate(2)
    await run(node.start())
    await shop.sell(2_500_000)
    await shop.sell(2_500_000)
    await clock.advance(2000)
    for (const { channelPoint } of await run(node.channels.list()))
      await run(node.channels.adopt(channelPoint, 'ours'))
    await clock.advance(10 * 60_000)
    const runs = (await run(node.liquidity.decisions())).items
    const first = runs.find((one) => one.verdict === verdict && one.urgency === 'low')!
    expect(first, runs.map(({ verdict, reason }) => `${verdict} ${reason}`).join()).toBeDefined()
    expect(first.actions.map(({ outcome }) => outcome?.did)).toEqual(
      verdict === 'act' ? ['swap'] : [],
    )
    const [option] = [...first.actions, ...first.rejected].filter(({ lever }) => lever === 'swap')
    expect(option, `${servicePpm} ppm`).toMatchObject({ provider: 'one' })
    expect(option!.refusal).toBe(refusal)
    // What it may cost at worst is reckoned with the limit of routing all the same.
    const limitMsat = (option!.amount.msat * (servicePpm + 5000n)) / 1_000_000n
    expect(option!.worst.msat).toBeGreaterThan(limitMsat)
    expect(option!.cost.msat).toBeLessThan(limitMsat)
    await run(node.stop())
  }
})

test('routing is expected to cost what it has cost with that provider, a fifth of its limit before, and the limit stays in the worst case', async () => {
  const stand = openSwaps()
  stand.network.setFeerate(2)
  await stand.run(stand.node.start())
  const quote = async () =>
    (await stand.run(stand.node.swaps.quote({ amount: '1000000 sat' })))[0]!.price!
  const first = await quote()
  expect([first.routing, first.routingLimit]).toEqual([sat(1000), sat(5000)])
  const { service, claim, routing, total, worst } = first
  expect(total.msat).toBe(service.msat + claim.msat + routing.msat)
  const { id } = await stand.ask(200_000)
  expect(await stand.untilEnded(id)).toMatchObject({ state: 'claimed', costs: { routing: sat(0) } })
  // Its channel is ours: the way there costs nothing.
  const second = await quote()
  expect([second.routing, second.routingLimit, second.worst]).toEqual([sat(0), sat(5000), worst])
})
