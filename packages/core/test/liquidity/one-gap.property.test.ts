import { nodeLiquidity, type PaymentNodeOptions, type Swap } from '@payment-node/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openShop, type Shop, type ShopProcess } from '../shop.ts'
import { silentProvider } from './silent-provider.ts'

const minute = 60_000
const sat = 1000n
const keys = {
  invoices: new Uint8Array(32).map((_, at) => at + 1),
  swaps: new Uint8Array(32).map((_, at) => 255 - at),
}
const outboundShare = 300_000n
const minimumMsat = 50_000n * sat

const options: Partial<PaymentNodeOptions> = {
  liquidity: {
    mode: 'act',
    settlePeriod: '0s',
    drainAtOnce: false,
    lowInbound: 600_000,
    urgentInbound: 300_000,
    hysteresis: 20_000,
    outboundShare: Number(outboundShare),
  },
  swaps: [silentProvider('one', 500n), silentProvider('two', 1000n)],
  // What nobody answers comes to nothing after a while: the next look may ask somebody else.
  swapping: { answerWithin: '2m', perSwap: '25000000 sat' },
  keys,
}

/** What happens between two looks. */
type Step =
  | { readonly kind: 'receive' | 'send' | 'refill'; readonly amountSat: number }
  | { readonly kind: 'jump'; readonly minutes: number }
  | { readonly kind: 'feerate'; readonly satPerVbyte: number }
  | { readonly kind: 'pause' | 'resume' | 'kill' | 'idle' | 'enable' }

const amountSat = fc.integer({ min: 1000, max: 1_500_000 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('receive', 'send', 'refill'), amountSat }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('jump' as const),
      minutes: fc.integer({ min: -3000, max: 3000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('feerate' as const),
      satPerVbyte: fc.constantFrom(1, 2, 30, 90),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('pause', 'resume', 'kill', 'idle', 'enable') }),
  },
) as fc.Arbitrary<Step>

const ended = new Set(['failed-unpaid', 'returned', 'claimed', 'failed', 'lost'])

/** A shop with an idle channel that may be closed, and channels of its own. */
async function openWorld(): Promise<{ shop: Shop; idlePeer: Shop['payer']; idle: string }> {
  const shop = openShop({ options: { liquidity: { ...options.liquidity, mode: 'observe' }, keys } })
  shop.network.setFeerate(2)
  shop.lnd.fund(1_000_000n)
  const idlePeer = shop.network.addNode('idle')
  const idle = shop.network.establishChannel({
    from: shop.lnd,
    to: idlePeer,
    capacitySat: 3_000_000n,
    pushSat: 2_900_000n,
  })
  await shop.run(shop.node.start())
  await shop.clock.advance(2000)
  for (const { channelPoint } of await shop.run(shop.node.channels.list()))
    await shop.run(shop.node.channels.adopt(channelPoint, 'ours'))
  await shop.clock.advance(2 * minute)
  await shop.run(shop.node.partners.upsert({ id: 'm1' }))
  // It was empty once, and is full again: nothing can be received over it.
  const invoice = await shop.run(
    shop.node.invoices.create({ partner: 'm1', amount: '2850000 sat' }),
  )
  await shop.run(idlePeer.pay(invoice.paymentRequest))
  await shop.run(shop.node.invoices.waitUntilSettled(invoice.id))
  await shop.run(shop.node.stop())
  return { shop, idlePeer, idle }
}

/** What is missing for the share, by LND's own balances: of channels that nobody closes. In msat. */
async function gapOf(shop: Shop, closing: ReadonlySet<string>): Promise<bigint> {
  const list = await shop.run(shop.lnd.lightning.listChannels())
  const staying = list.filter(({ channelPoint }) => !closing.has(channelPoint))
  const { sendableMsat, receivableMsat } = nodeLiquidity(staying)
  const wholeMsat = sendableMsat + receivableMsat
  return (wholeMsat * (1_000_000n - outboundShare)) / 1_000_000n - receivableMsat
}

function larger(one: bigint, other: bigint): bigint {
  if (one > other) return one
  return other
}

function sumOf(swaps: readonly Swap[]): bigint {
  return swaps.reduce((sum, { amount }) => sum + amount.msat, 0n)
}

test('whatever balances, clocks, processes and providers do, a gap is filled once', async () => {
  let actions = 0
  let closes = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 20 }), async (steps) => {
      const { shop, idlePeer } = await openWorld()
      const { run, clock, network, lnd, payer } = shop
      let process: ShopProcess = shop.open(options)
      const closing = new Set<string>()
      let living = 0n
      // A look may come while a step is done: what was missing before it counts as well.
      let beforeMsat = await gapOf(shop, closing)
      await run(process.node.start())
      const look = async (label: string): Promise<void> => {
        const afterMsat = await gapOf(shop, closing)
        const gapMsat = larger(beforeMsat, afterMsat)
        await clock.advance(minute + 5000)
        const { items } = await run(process.node.swaps.list({ limit: 1000 }))
        const alive = items.filter(({ state }) => !ended.has(state))
        const now = sumOf(alive)
        // Nothing of them has left: what they promise is at most what was missing before this look.
        const allowed = larger(living, gapMsat + minimumMsat)
        if (now > living) actions++
        expect(now, `${label}: swaps under way, ${gapMsat} were missing`).toBeLessThanOrEqual(
          allowed,
        )
        living = now
        const rows = (await shop.rowsOf(['close_intents'])).close_intents!
        const begun = rows.filter(({ channel_point }) => !closing.has(channel_point as string))
        expect(begun.length, `${label}: closes`).toBeLessThanOrEqual(1)
        for (const { channel_point } of begun) {
          closes++
          closing.add(channel_point as string)
          // With it gone less is missing: not a swap for the same as well.
          expect(now, `${label}: a swap and a close`).toBeLessThanOrEqual(allowed)
        }
        const budget = (await shop.rowsOf(['liquidity_budgets'])).liquidity_budgets!
        for (const { spent_msat } of budget) expect((spent_msat as bigint) >= 0n, label).toBe(true)
        const byRun = Map.groupBy(items, ({ decision, request }) => `${decision} ${request}`)
        const byDecision = Map.groupBy(items, ({ decision }) => decision)
        expect(byRun.size, `${label}: one request for each decision`).toBe(byDecision.size)
      }
      await look('start')
      for (const [at, one] of steps.entries()) {
        beforeMsat = await gapOf(shop, closing)
        const label = `${at} ${JSON.stringify(one)}`
        switch (one.kind) {
          case 'receive':
          case 'refill': {
            // What cannot be received is not.
            const from = one.kind === 'receive' ? payer : idlePeer
            const invoice = await run(
              process.node.invoices.create({ partner: 'm1', amount: `${one.amountSat} sat` }),
            ).catch(() => undefined)
            if (invoice) await run(from.pay(invoice.paymentRequest).catch(() => undefined))
            break
          }
          case 'send': {
            const bill = payer.createInvoice({ amountMsat: BigInt(one.amountSat) * sat })
            await run(lnd.pay(bill.paymentRequest).catch(() => undefined))
            break
          }
          case 'jump':
            clock.jumpWallClock(one.minutes * minute)
            break
          case 'feerate':
            network.setFeerate(one.satPerVbyte)
            break
          case 'pause':
            await run(process.node.liquidity.pause('a test'))
            break
          case 'resume':
            await run(process.node.liquidity.resume('a test').catch(() => undefined))
            break
          case 'enable':
            await run(process.node.swaps.enableProvider('one'))
            break
          case 'kill':
            process.kill()
            process = shop.open(options)
            await run(process.node.start())
            break
          case 'idle':
            for (let count = 0; count < 6; count++) await look(label)
        }
        await look(label)
      }
      process.kill()
    }),
    { numRuns: 15, seed: 7, endOnFailure: true },
  )
  // It has something to say only where it acts.
  expect(actions).toBeGreaterThan(15)
  expect(closes).toBeGreaterThan(0)
}, 300_000)
