import { openAccount, openReceiver, type World } from '@payment-node/testkit'
import { isPaid, merchant, withBalance, withPartner } from './merchant.ts'
import { eventually, must, type Operation, one, rows } from './operation.ts'

/** What is paid off chain, given back, told and set right for partners. */
export const tradeOperations: readonly Operation[] = [
  {
    name: 'payout to an address',
    says: "A Lightning address: its server's invoice is stored, then paid.",
    prepare: withBalance,
    async run(world) {
      const destination = openAccount(world, 'payee', world.peers.payee, 'payout')
      await must(world, 'payout', (node) =>
        node.payouts.request(
          { partner: merchant, destination, amount: '20000 sat' },
          { idempotencyKey: 'payout-1' },
        ),
      )
      await eventually(world, () => isPaid(world))
    },
    check: one('payouts', 'succeeded'),
  },
  {
    name: 'payouts.refund',
    says: 'An invoice goes back whole; what the balance does not cover is a debt.',
    prepare: withBalance,
    async run(world) {
      const [invoice] = rows(world, 'invoices', { state: 'settled' })
      const destination = openAccount(world, 'payer', world.peers.payee, 'refund')
      await must(world, 'refund', (node) =>
        node.payouts.refund(
          { invoice: invoice!.id as string, destination, allowDebt: true },
          { idempotencyKey: 'refund-1' },
        ),
      )
      await eventually(world, () => isPaid(world))
    },
    check(world) {
      const [debt] = rows(world, 'balances', { account: `debt/${merchant}` })
      // Only the fees were not covered.
      if (!debt || (debt.amount_msat as bigint) >= 0n) return `the debt is ${debt?.amount_msat}`
      return one('payouts', 'succeeded')(world)
    },
  },
  {
    name: 'refund of held money',
    says: 'An invoice goes back while its money is held, which becomes available at the same time.',
    async prepare(world) {
      await must(world, 'partner', (node) =>
        node.partners.upsert({ id: merchant, availableAfter: 20 }),
      )
      await withBalance(world)
    },
    async run(world) {
      const [invoice] = rows(world, 'invoices', { state: 'settled' })
      const destination = openAccount(world, 'payer', world.peers.payee, 'refund')
      await must(world, 'refund', (node) =>
        node.payouts.refund(
          { invoice: invoice!.id as string, destination, amount: '60000 sat', allowDebt: true },
          { idempotencyKey: 'refund-1' },
        ),
      )
      await eventually(world, () => isPaid(world) && rows(world, 'jobs', held(world)).length === 0)
    },
    check(world) {
      const [{ fee_msat: fee } = {}] = rows(world, 'payouts')
      const [free] = rows(world, 'balances', { account: `partner/${merchant}` })
      const left = 40_000_000n - (fee as bigint)
      if (free?.amount_msat !== left) return `the balance is ${free?.amount_msat}, not ${left}`
      return one('payouts', 'succeeded')(world)
    },
  },
  {
    name: 'automatic payout',
    says: 'A balance above the minimum is paid by itself.',
    node: { payouts: { automatic: { every: 60 } } },
    async prepare(world) {
      await withBalance(world)
      const offchain = openAccount(world, merchant, world.peers.payee)
      await must(world, 'destination', (node) =>
        node.partners.upsert({ id: merchant, payout: { offchain, minimum: '50000 sat' } }),
      )
    },
    async run(world) {
      await must(world, 'switch on', (node) =>
        node.partners.upsert({ id: merchant, payout: { automatic: true } }),
      )
      await eventually(world, () => rows(world, 'payouts', { state: 'succeeded' }).length === 1)
    },
    check: one('payouts', 'succeeded', { purpose: 'automatic' }),
  },
  {
    name: 'partner destination changes',
    says: 'A new destination is in effect after its cool-down, and is told once.',
    async prepare(world) {
      await withPartner(world)
      const offchain = openAccount(world, 'old', world.peers.payee)
      await must(world, 'first', (node) =>
        node.partners.upsert({ id: merchant, payout: { offchain } }),
      )
    },
    async run(world) {
      const offchain = openAccount(world, 'new', world.peers.payee)
      await must(world, 'second', (node) =>
        node.partners.upsert({ id: merchant, payout: { offchain } }),
      )
    },
    check(world) {
      const versions = rows(world, 'partner_destinations').length
      const told = world.books.events.filter(
        ({ type }) => type === 'partner.destination-changed',
      ).length
      return versions === 2 && told === 2 ? undefined : `${versions} versions, told ${told} times`
    },
  },
  {
    name: 'money becomes available',
    says: 'What was held for a dispute becomes available, once.',
    async prepare(world) {
      await must(world, 'partner', (node) =>
        node.partners.upsert({ id: merchant, availableAfter: 5 }),
      )
      await withBalance(world)
    },
    run: (world) => eventually(world, () => isAvailable(world)),
    check: (world) => (isAvailable(world) ? undefined : 'it is still held'),
  },
  {
    name: 'ledger.correct',
    says: 'The operator gives a partner something, with a reason, once.',
    prepare: withBalance,
    async run(world) {
      await must(world, 'correct', (node) =>
        node.ledger.correct(
          { partner: merchant, amount: '500 sat', reason: 'drill' },
          { idempotencyKey: 'correction-1' },
        ),
      )
    },
    check(world) {
      const booked = rows(world, 'ledger_transactions', { kind: 'correction' }).length
      return booked === 1 ? undefined : `booked ${booked} times`
    },
  },
  {
    name: 'webhook is delivered',
    says: 'An event becomes a delivery, and is sent until the receiver has it.',
    async prepare(world) {
      await withPartner(world)
      const url = openReceiver(world, 'receiver')
      const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
      world.records.secrets.set(url, [{ secret }])
      await must(world, 'endpoint', (node) => node.webhooks.create({ url, secret }))
    },
    async run(world) {
      await must(world, 'create', (node) =>
        node.invoices.create(
          { partner: merchant, amount: '100 sat', expiresIn: 600 },
          { idempotencyKey: 'order-1' },
        ),
      )
      await eventually(world, () => isTold(world))
    },
    check(world) {
      const deliveries = rows(world, 'webhook_deliveries', { type: 'invoice.created' }).length
      return deliveries === 1 ? undefined : `${deliveries} deliveries`
    },
  },
]

/** The job that makes held money available. */
function held({ shop }: World): { readonly queue: string } {
  return { queue: `available@${shop.publicKey}` }
}

function isAvailable(world: World): boolean {
  return rows(world, 'ledger_transactions', { kind: 'invoice-available' }).length === 1
}

function isTold(world: World): boolean {
  const told = { type: 'invoice.created', state: 'delivered' }
  return rows(world, 'webhook_deliveries', told).length > 0
}
