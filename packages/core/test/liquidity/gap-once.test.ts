import type { Change, PaymentNodeOptions } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShopAndServer } from '../payouts/payee-server.ts'
import { invoiceKey } from '../shop.ts'
import { openSwaps, type SwapStand } from '../swaps/swap-stand.ts'
import { silentProvider } from './silent-provider.ts'

/** Half of it can be received, which is too little; a swap of a part of it mends that. */
const options: Partial<PaymentNodeOptions> = {
  liquidity: {
    mode: 'act',
    settlePeriod: '0s',
    every: '5s',
    drainAtOnce: false,
    lowInbound: 520_000,
    hysteresis: 20_000,
    outboundShare: 450_000,
    acceptablePpm: 15_000,
  },
}

/** The swap's row becomes this in the change. */
function makes(state: string, { writes }: Change): boolean {
  return writes.some(
    (write) => write.table.name === 'swaps' && write.op === 'update' && write.set.state === state,
  )
}

async function adoptAll({ run, node }: SwapStand): Promise<void> {
  for (const { channelPoint } of await run(node.channels.list()))
    await run(node.channels.adopt(channelPoint, 'ours'))
}

/** The swaps after a death directly after this state was written. */
async function swapsAfterDeath(state: string): Promise<readonly string[]> {
  let hasDied = false
  const stand = openSwaps({
    options,
    hooks: {
      afterCommit(change) {
        if (hasDied || !makes(state, change)) return
        hasDied = true
        stand.current.kill()
      },
    },
  })
  stand.network.setFeerate(2)
  await stand.run(stand.node.start())
  await stand.settle(2000)
  await adoptAll(stand)
  for (let look = 0; look < 60 && !hasDied; look++) await stand.mine()
  if (!hasDied) return ['nobody died']
  // The autopilot looks before LND has said what became of the payment.
  stand.lnd.faults.add(({ call, moment }) =>
    call === 'trackPayment' && moment === 'before-effect'
      ? { delayMilliseconds: 20_000 }
      : undefined,
  )
  await stand.run(stand.openNext().node.start())
  await stand.mine(20)
  const { items } = await stand.run(stand.node.swaps.list())
  return items.map((swap) => `${swap.source} ${swap.state}`)
}

test('whenever a process dies in a swap of the autopilot, there is no second one for the same gap', async () => {
  const wrong: string[] = []
  for (const state of ['verified', 'paying', 'held', 'lockup-confirmed', 'preimage-revealed']) {
    const found = await swapsAfterDeath(state)
    if (found.join() !== 'autopilot claimed') wrong.push(`${state}: ${found.join()}`)
  }
  expect(wrong).toEqual([])
})

test('a payout that waits for its server is on its way: its part of the gap is not swapped as well', async () => {
  const keys = { invoices: invoiceKey, swaps: Uint8Array.from(invoiceKey, (byte) => 255 - byte) }
  const { shop, server } = await openShopAndServer({
    options: {
      ...options,
      swaps: [silentProvider('one', 1000n)],
      swapping: { answerWithin: '5m' },
      keys,
    },
  })
  const { node, run } = shop
  shop.network.setFeerate(2)
  server.behave('away')
  const payout = { offchain: server.address, automatic: true }
  await run(node.partners.upsert({ id: 'm1', payout }))
  for (let count = 0; count < 2; count++) await shop.sell(400_000)
  await shop.clock.advance(2000)
  for (const { channelPoint } of await run(node.channels.list()))
    await run(node.channels.adopt(channelPoint, 'ours'))
  await shop.clock.advance(60_000)
  const [paid] = (await run(node.payouts.list({ partner: 'm1' }))).items
  const { items: swaps } = await run(node.swaps.list())
  const { items: runs } = await run(node.liquidity.decisions())
  const acted = runs.filter(({ verdict }) => verdict === 'act')
  expect([paid?.state, acted.length]).toEqual(['reserved', 1])
  const asked = swaps.reduce((sum, { amount }) => sum + amount.msat, 0n)
  expect(asked + paid!.amount.msat).toBeLessThanOrEqual(acted[0]!.missing.msat)
})
