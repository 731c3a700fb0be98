import type { World } from '@payment-node/testkit'
import { autopilotOperations } from './autopilot-operations.ts'
import { channelOperations } from './channel-operations.ts'
import { loopOperations } from './loop-operations.ts'
import { invoice, merchant, withBalance, withPartner } from './merchant.ts'
import { onchainOperations } from './onchain-operations.ts'
import { eventually, must, type Operation, one, rows } from './operation.ts'
import { swapOperations } from './swap-operations.ts'
import { throughOperations } from './through-operations.ts'
import { tradeOperations } from './trade-operations.ts'

type Payee = 'payee' | 'island'

async function payOut(world: World, payee: Payee, isHeld = false): Promise<void> {
  const node = world.peers[payee]
  const terms = { amountMsat: 20_000_000n }
  const { paymentRequest, paymentHash } = isHeld
    ? node.createHoldInvoice(terms)
    : node.createInvoice(terms)
  world.owe('payout', paymentHash, node)
  if (isHeld) {
    void eventually(world, () => node.findInvoice(paymentHash)?.state === 'accepted')
      .then(() => world.clock.sleep(20_000))
      .then(() => node.settleHold(paymentHash))
  }
  await must(world, 'payout', (process) =>
    process.payouts.request(
      { partner: merchant, destination: paymentRequest },
      { idempotencyKey: 'payout-1' },
    ),
  )
  await eventually(world, () =>
    rows(world, 'payouts').every(({ state }) => state === 'succeeded' || state === 'failed'),
  )
}

const all: readonly Operation[] = [
  {
    name: 'start',
    says: 'A process starts on books and an LND that have a past.',
    async prepare(world) {
      await withBalance(world)
      world.places[0]!.kill(1000)
    },
    async run(world) {
      await eventually(world, () => world.places[0]!.isServing)
      await world.clock.sleep(5000)
    },
    check: (world) =>
      rows(world, 'nodes').length === 1 ? undefined : 'the books are not bound to one node',
  },
  {
    name: 'partners.upsert',
    says: 'A partner is created.',
    run: withPartner,
    check: (world) => (rows(world, 'partners').length === 1 ? undefined : 'not one partner'),
  },
  {
    name: 'invoices.create',
    says: 'An invoice with an idempotency key is created, on LND first.',
    prepare: withPartner,
    async run(world) {
      await invoice(world, 'order-1')
    },
    check: one('invoices', 'open'),
  },
  {
    name: 'invoice is paid',
    says: 'A payer pays: what arrived is credited.',
    prepare: withPartner,
    async run(world) {
      await world.peers.payer.pay(await invoice(world, 'order-1'))
      await eventually(world, () => rows(world, 'invoices', { state: 'settled' }).length === 1)
    },
    check: one('invoices', 'settled'),
  },
  {
    name: 'invoice expires',
    says: 'Nobody pays in time: LND says so, and the books follow.',
    prepare: withPartner,
    async run(world) {
      await invoice(world, 'order-1', { expiresIn: 60 })
      await eventually(world, () => rows(world, 'invoices', { state: 'expired' }).length === 1)
    },
    check: one('invoices', 'expired'),
  },
  {
    name: 'invoices.cancel',
    says: 'The host cancels an open invoice.',
    prepare: withPartner,
    async run(world) {
      await invoice(world, 'order-1')
      const [row] = rows(world, 'invoices')
      await must(world, 'cancel', async (node) => {
        const now = await node.invoices.get(row!.id as string)
        return now.state === 'canceled' ? now : node.invoices.cancel(now.id)
      })
    },
    check: one('invoices', 'canceled'),
  },
  {
    name: 'payout succeeds',
    says: 'A payout is requested, sent over two hops, and ends.',
    prepare: withBalance,
    run: (world) => payOut(world, 'payee'),
    check: one('payouts', 'succeeded'),
  },
  {
    name: 'payout fails',
    says: 'There is no route: the reservation goes back.',
    prepare: withBalance,
    run: (world) => payOut(world, 'island'),
    check: one('payouts', 'failed'),
  },
  {
    name: 'payout is held',
    says: 'The payee keeps the payment for 20 seconds, then takes it.',
    prepare: withBalance,
    run: (world) => payOut(world, 'payee', true),
    check: one('payouts', 'succeeded'),
  },
  {
    name: 'safety.halt and resume',
    says: 'Outgoing money is stopped while a payout is asked for, then let out again.',
    prepare: withBalance,
    async run(world) {
      const set = (isHalted: boolean) =>
        must(world, isHalted ? 'halt' : 'resume', async (node) => {
          const now = await node.safety.status()
          if (now.isHalted === isHalted) return now
          return isHalted ? node.safety.halt('drill') : node.safety.resume('over')
        })
      await set(true)
      await set(false)
      await payOut(world, 'payee')
    },
    check: one('payouts', 'succeeded'),
  },
]

/** Every operation that exists, in the order of the table. */
export const operations: readonly Operation[] = [
  ...all,
  ...onchainOperations,
  ...tradeOperations,
  ...channelOperations,
  ...swapOperations,
  ...throughOperations,
  ...loopOperations,
  ...autopilotOperations,
]
