import type { PaymentNodeOptions } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop, type ShopProcess } from '../shop.ts'
import { silentProvider } from './silent-provider.ts'

const minute = 60_000
const invoiceKey = new Uint8Array(32).map((_, at) => at + 1)
const swapKey = new Uint8Array(32).map((_, at) => 255 - at)

/** Inbound is low, and only a swap helps. */
function options(): Partial<PaymentNodeOptions> {
  return {
    liquidity: {
      mode: 'act',
      settlePeriod: '0s',
      drainAtOnce: false,
      lowInbound: 600_000,
      hysteresis: 20_000,
      outboundShare: 300_000,
    },
    swaps: [silentProvider('one', 1000n)],
    // It is given up when its provider has not answered for so long.
    swapping: { answerWithin: '5m' },
    keys: { invoices: invoiceKey, swaps: swapKey },
  }
}

/** A shop whose channels are its own, with no process on its books. */
async function openPrepared(isExclusive = true): Promise<Shop> {
  const shop = openShop({ options: { ...options(), liquidity: { mode: 'observe' } }, isExclusive })
  shop.network.setFeerate(2)
  await shop.run(shop.node.start())
  await shop.clock.advance(2000)
  for (const { channelPoint } of await shop.run(shop.node.channels.list())) {
    await shop.run(shop.node.channels.adopt(channelPoint, 'ours'))
  }
  await shop.run(shop.node.stop())
  return shop
}

/** One run has acted, and what it started is its gap once. */
async function expectOneGap(shop: Shop, { node }: ShopProcess, label: string): Promise<void> {
  await shop.clock.advance(2 * minute)
  const { items } = await shop.run(node.swaps.list())
  const runs = (await shop.run(node.liquidity.decisions())).items
  const acted = runs.filter(({ mode, verdict }) => mode === 'act' && verdict === 'act')
  const asked = items.reduce((sum, { amount }) => sum + amount.msat, 0n)
  const missing = acted.at(-1)?.missing.msat ?? 0n
  expect(asked, label).toBeLessThanOrEqual(missing)
  expect(missing - asked, label).toBeLessThan(50_000_000n)
  expect(new Set(items.map(({ decision }) => decision)).size, label).toBe(1)
}

test('killed before and after each of its commits, it fills a gap once', async () => {
  const undisturbed = await openPrepared()
  let commits = 0
  const whole = undisturbed.open(options(), { beforeCommit: () => void commits++ })
  await undisturbed.run(whole.node.start())
  await expectOneGap(undisturbed, whole, 'undisturbed')
  expect(commits).toBeGreaterThan(5)
  for (const when of ['beforeCommit', 'afterCommit'] as const) {
    for (let at = 0; at < commits; at++) {
      const shop = await openPrepared()
      let count = 0
      const first = shop.open(options(), {
        [when]: () => {
          if (count++ === at) first.kill()
        },
      })
      void first.node.start().catch(() => undefined)
      await shop.clock.runUntil(() => count > at)
      await shop.clock.advance(1)
      const second = shop.open(options())
      await shop.run(second.node.start())
      await expectOneGap(shop, second, `${when} ${at}`)
    }
  }
}, 60_000)

test('a leader that is replaced in its sleep, at any commit, starts nothing more', async () => {
  for (let at = 0; at < 20; at++) {
    const shop = await openPrepared(false)
    let count = 0
    const first = shop.open(options(), {
      beforeCommit: () => {
        if (count++ === at) first.life.pause()
      },
    })
    void first.node.start().catch(() => undefined)
    await shop.clock.advance(minute)
    const second = shop.open(options())
    await shop.run(second.node.start())
    await shop.clock.advance(minute)
    first.life.resume()
    await expectOneGap(shop, second, `paused at ${at}`)
  }
}, 60_000)
