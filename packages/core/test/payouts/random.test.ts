import { PaymentNodeError, type Payout } from '@payment-node/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Shop, ShopProcess } from '../shop.ts'
import { type Behaviour, openShopAndServer, type PayeeServer } from './payee-server.ts'

/** BIP173's own example, of the network of tests. */
const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080'

type Target = 'invoice' | 'refused' | 'server' | 'chain'

type Step =
  | { readonly do: 'sell'; readonly sat: number }
  | {
      readonly do: 'pay'
      readonly to: Target
      readonly sat: number | 'all'
    }
  | {
      readonly do: 'refund'
      readonly at: number
      readonly to: Target
      readonly sat: number
      readonly allowDebt: boolean
    }
  | { readonly do: 'behave'; readonly as: Behaviour }
  | { readonly do: 'feesPaidBy'; readonly who: 'partner' | 'operator' }
  | { readonly do: 'automatic' | 'cancel' | 'payee' | 'lnd' | 'kill' }
  | { readonly do: 'wait'; readonly seconds: number }

const target = fc.constantFrom<Target>('invoice', 'refused', 'server', 'chain')
const amount = fc.integer({ min: 1, max: 60_000 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('sell' as const), sat: amount }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pay' as const),
      to: target,
      sat: fc.oneof(amount, fc.constant('all' as const)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('refund' as const),
      at: fc.nat(5),
      to: target,
      sat: amount,
      allowDebt: fc.boolean(),
    }),
  },
  fc.record({
    do: fc.constant('behave' as const),
    as: fc.constantFrom<Behaviour>('honest', 'away', 'tenfold-amount', 'first-invoice-again'),
  }),
  fc.record({
    do: fc.constant('feesPaidBy' as const),
    who: fc.constantFrom('partner' as const, 'operator' as const),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'automatic' as const,
        'cancel' as const,
        'payee' as const,
        'lnd' as const,
        'kill' as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      seconds: fc.integer({ min: 0, max: 90 }),
    }),
  },
)

interface World {
  readonly shop: Shop
  readonly server: PayeeServer
  process: ShopProcess
  isPayeeUp: boolean
  keys: number
  readonly sold: string[]
}

/** A refusal is an answer like any other here; anything else is a fault. */
async function take(world: World, what: Step): Promise<void> {
  try {
    await act(world, what)
  } catch (error) {
    if (!PaymentNodeError.is(error)) throw error
  }
}

async function act(world: World, what: Step): Promise<unknown> {
  const { shop, server } = world
  const { node } = world.process
  const idempotencyKey = `key-${++world.keys}`
  switch (what.do) {
    case 'sell':
      return world.sold.push((await shop.sell(what.sat, node)).id)
    case 'pay': {
      const destination = destinationOf(world, what.to)
      if (destination === undefined) return
      const input = { destination, amount: what.sat === 'all' ? 'all' : `${what.sat} sat` }
      return shop.request(input, idempotencyKey, node)
    }
    case 'refund': {
      const invoice = world.sold[what.at % Math.max(1, world.sold.length)]
      const destination = destinationOf(world, what.to)
      if (invoice === undefined || destination === undefined) return
      const { allowDebt, sat } = what
      return shop.run(
        node.payouts.refund(
          { invoice, destination, amount: `${sat} sat`, allowDebt },
          { idempotencyKey },
        ),
      )
    }
    case 'behave':
      return server.behave(what.as)
    case 'feesPaidBy':
      return shop.run(node.partners.upsert({ id: 'm1', payout: { feesPaidBy: what.who } }))
    case 'automatic':
      return shop.run(node.payouts.runAutomatic())
    case 'cancel': {
      const { items } = await shop.run(node.payouts.list({ state: 'queued' }))
      return items[0] && shop.run(node.payouts.cancel(items[0].id))
    }
    case 'payee':
      if (world.isPayeeUp) shop.payee.stop()
      else shop.payee.start()
      world.isPayeeUp = !world.isPayeeUp
      return shop.clock.advance(2000)
    case 'lnd':
      shop.lnd.restart()
      return shop.clock.advance(5000)
    case 'kill':
      world.process.kill()
      world.process = shop.open()
      await shop.run(world.process.node.start())
      return shop.clock.advance(1000)
    case 'wait':
      return shop.clock.advance(what.seconds * 1000)
  }
}

/** Undefined: nobody is there to make an invoice. */
function destinationOf({ shop, server, isPayeeUp }: World, target: Target): string | undefined {
  if (target === 'chain') return address
  if (target === 'server') return server.address
  if (!isPayeeUp) return undefined
  if (target === 'invoice') return shop.bill(null).paymentRequest
  const refused = shop.payee.createHoldInvoice({ amountMsat: null })
  shop.payee.cancelHold(refused.paymentHash)
  return refused.paymentRequest
}

const reservedFor = ({ feesPaidBy, amount, feeLimit }: Payout): bigint =>
  feesPaidBy === 'operator' ? amount.msat : amount.msat + feeLimit.msat

async function faultsOf({ shop, process: { node } }: World): Promise<string[]> {
  const wrong: string[] = []
  const { run, lnd } = shop
  const balances = await run(node.ledger.balances())
  const { available, reserved, debt } = await run(node.partners.get('m1'))
  if (balances.sum.msat !== 0n) wrong.push(`the books sum to ${balances.sum}`)
  for (const [name, { msat }] of Object.entries({ available, reserved, debt }))
    if (msat < 0n) wrong.push(`${name} is ${msat} msat`)
  const { items } = await run(node.payouts.list({ limit: 1000 }))
  const living = items.filter(({ state }) => ['reserved', 'queued', 'sending'].includes(state))
  const held = living.reduce((sum, payout) => sum + reservedFor(payout), 0n)
  if (held !== reserved.msat) wrong.push(`${reserved} are reserved, the payouts need ${held} msat`)
  if (living.filter(({ purpose }) => purpose === 'automatic').length > 1)
    wrong.push('two automatic payouts live')
  const hashes = living.map(({ paymentHash }) => paymentHash).filter((hash) => hash !== '')
  if (new Set(hashes).size !== hashes.length) wrong.push('two payouts live on one hash')

  const payments = await run(lnd.lightning.listPayments({ afterIndex: 0n, limit: 1000 }))
  const booked = items.filter(({ state }) => state === 'succeeded')
  for (const { id, paymentHash, amount, fee } of booked) {
    const paid = payments.find((payment) => payment.paymentHash === paymentHash)
    if (
      paid?.state !== 'succeeded' ||
      paid.amountMsat !== amount.msat ||
      paid.feeMsat !== fee!.msat
    )
      wrong.push(`${id} is booked otherwise than LND has it`)
  }
  for (const { paymentHash, state } of payments) {
    const payout = items.find((one) => one.paymentHash === paymentHash)
    if (!payout) wrong.push(`LND pays ${paymentHash}, which is no payout`)
    else if (payout.state === 'failed' && state !== 'failed')
      wrong.push(`${payout.id} is booked as failed, LND has it ${state}`)
  }
  const refunds = (await shop.rowsOf(['invoice_refunds', 'invoices'])) as Record<
    'invoice_refunds' | 'invoices',
    Record<string, unknown>[]
  >
  for (const { invoice, refunded_msat } of refunds.invoice_refunds) {
    const given = items
      .filter((one) => one.invoice === invoice && !['failed', 'canceled'].includes(one.state))
      .reduce((sum, { amount }) => sum + amount.msat, 0n)
    if (given !== refunded_msat) wrong.push(`refunds of ${invoice}: ${refunded_msat}, not ${given}`)
    const { paid_msat } = refunds.invoices.find(({ id }) => id === invoice)!
    if (given > (paid_msat as bigint)) wrong.push(`${invoice} was given back more than received`)
  }
  return wrong
}

test('random sequences of payouts, refunds, schedules, kills and lies: the books agree with LND after each step', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const { shop, server } = await openShopAndServer()
      await shop.run(
        shop.node.partners.upsert({
          id: 'm1',
          payout: { automatic: true, offchain: server.address, minimum: '20000 sat' },
        }),
      )
      const world: World = {
        ...{ shop, server, process: shop.process },
        ...{ isPayeeUp: true, keys: 0, sold: [] },
      }
      for (const [at, one] of steps.entries()) {
        await take(world, one)
        expect(await faultsOf(world), `step ${at}: ${JSON.stringify(one)}`).toEqual([])
      }
      // Everything off chain comes to its end.
      if (!world.isPayeeUp) shop.payee.start()
      server.behave('honest')
      await shop.clock.advance(10 * 60_000)
      expect(await faultsOf(world), 'at the end').toEqual([])
      const { items } = await shop.run(world.process.node.payouts.list({ limit: 1000 }))
      const open = items.filter(({ state }) => state === 'reserved' || state === 'sending')
      expect(open.map(({ state, reason }) => `${state} ${reason}`)).toEqual([])
      await shop.run(world.process.node.stop())
    }),
    { numRuns: 25 },
  )
}, 60_000)
