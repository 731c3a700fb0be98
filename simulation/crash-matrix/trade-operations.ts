import type { PaymentNodeOptions, PayoutInput } from '@payment-node/core'
import { addressOf, ask, openAccount, openReceiver, type World } from '@payment-node/testkit'
import { lendCoin } from './lend-coin.ts'
import { merchant, withBalance, withPartner } from './merchant.ts'
import { eventually, must, type Operation, one, rows } from './operation.ts'

const onchain: Partial<PaymentNodeOptions> = {
  transactions: { collectFor: 0, confirmations: 2, stuckAfter: 1 },
}

const operators = {
  operatorAddress: addressOf({ seed: 'crash/payout to the operator' }, 'operator'),
  operatorMinimum: '50000 sat',
  operatorReserve: '12500000 sat',
} as const

/** Blocks come every five seconds. */
async function mineUntil(world: World, condition: () => boolean): Promise<void> {
  while (!condition() && !world.violation) {
    await world.clock.sleep(5000)
    world.network.mine(1)
  }
}

function fund(world: World): void {
  for (let coin = 0; coin < 3; coin++) world.shop.fund(200_000n)
}

/** Asks for a payout to somebody's address; answers its id. */
async function payOnchain(world: World, more: Partial<PayoutInput>): Promise<string> {
  const destination = addressOf(world, 'payee')
  world.records.addresses.set(destination, 20_000n)
  const { id } = await must(world, 'payout', (node) =>
    node.payouts.request(
      { partner: merchant, destination, amount: '20000 sat', ...more },
      { idempotencyKey: 'payout-1' },
    ),
  )
  return id
}

function isPaid(world: World): boolean {
  return rows(world, 'payouts').every(({ state }) => state === 'succeeded')
}

/** The network has one; perhaps a block as well. */
function isPublished(world: World): boolean {
  return rows(world, 'transactions').some(({ published_at: publishedAt }) => publishedAt !== null)
}

/** All transactions, a child that speeds up as well, are taken for good. */
function isFinal(world: World): boolean {
  return isPaid(world) && rows(world, 'transactions').every(({ state }) => state === 'final')
}

/** Paid once, and nothing is claimed any more. */
function isClean(world: World): string | undefined {
  const claims = rows(world, 'claimed_outpoints').length
  return one('payouts', 'succeeded')(world) ?? (claims > 0 ? `${claims} claims` : undefined)
}

const chain: readonly Operation[] = [
  {
    name: 'payout on chain, quick',
    says: 'A transaction is intended, funded, signed, stored, published, confirmed, booked.',
    node: onchain,
    furnish: fund,
    prepare: withBalance,
    async run(world) {
      await payOnchain(world, { quick: true })
      await mineUntil(world, () => isFinal(world))
    },
    check: isClean,
  },
  {
    name: 'payout on chain, released',
    says: 'It waits for a low feerate, until the operator lets it go.',
    node: onchain,
    furnish: fund,
    async prepare(world) {
      await withBalance(world)
      world.feerate = 60
    },
    async run(world) {
      const id = await payOnchain(world, {})
      await must(world, 'release', async (node) => {
        const now = await node.payouts.get(id)
        return now.state === 'queued' ? node.payouts.release(id) : now
      })
      await eventually(world, () => isPublished(world))
      world.feerate = 1
      await mineUntil(world, () => isFinal(world))
    },
    check: isClean,
  },
  {
    name: 'payout on chain, canceled',
    says: 'It waits for a low feerate, and is called back: the reservation returns.',
    node: onchain,
    furnish: fund,
    async prepare(world) {
      await withBalance(world)
      world.feerate = 60
    },
    async run(world) {
      const id = await payOnchain(world, {})
      await must(world, 'cancel', (node) => node.payouts.cancel(id))
    },
    check: one('payouts', 'canceled'),
  },
  {
    name: 'payout on chain, sped up',
    says: 'No block takes it, fees have risen: a child pays for it, within its budget.',
    node: { transactions: { ...onchain.transactions, confirmations: 1 } },
    furnish: fund,
    prepare: withBalance,
    async run(world) {
      await payOnchain(world, { quick: true })
      await eventually(world, () => isPublished(world))
      world.feerate = 20
      await mineUntil(world, () =>
        rows(world, 'transactions', { purpose: 'bump' }).some(
          ({ published_at: publishedAt }) => publishedAt !== null,
        ),
      )
      // Both are in the next block.
      world.feerate = 1
      await mineUntil(
        world,
        () => isPaid(world) && rows(world, 'transactions').every(({ state }) => state === 'final'),
      )
    },
    check(world) {
      const bumps = rows(world, 'transactions', { purpose: 'bump' }).length
      return isClean(world) ?? (bumps === 1 ? undefined : `${bumps} children`)
    },
  },
]

const partners: readonly Operation[] = [
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
    name: 'payout to the operator',
    says: "What is the operator's own and free is set aside and goes to its own address on chain.",
    node: { ...onchain, payouts: { automatic: 'by-call', ...operators } },
    furnish: (world) => world.shop.fund(4_000_000n),
    prepare: withBalance,
    async run(world) {
      await must(world, 'run', (node) => node.payouts.runAutomatic())
      await mineUntil(world, () => rows(world, 'payouts').length > 0 && isFinal(world))
    },
    check(world) {
      const [own] = rows(world, 'balances', { account: 'partner/@operator' })
      if (own === undefined) return 'nothing was set aside'
      return isClean(world)
    },
  },
  {
    name: 'payouts.resolve on chain',
    says: 'A coin of a published transaction is gone: the operator ends its payout, it is paid all the same, and charged again.',
    node: onchain,
    prepare: withBalance,
    async run(world) {
      const coin = await lendCoin(world)
      const id = await payOnchain(world, { quick: true })
      await eventually(world, () => isPublished(world))
      if (world.network.waitingTransactions.length > 0) coin.takeAway()
      await mineUntil(world, () => typeof rows(world, 'transactions')[0]?.lost_height === 'number')
      world.network.mine(2)
      await resolved(world, id)
      coin.bringBack()
      await mineUntil(world, () => isCharged(world))
    },
    check(world) {
      const [free] = rows(world, 'balances', { account: `partner/${merchant}` })
      const most = 80_000_000n
      // What was given back, less what was paid and its share of the fee; once.
      const amount = (free?.amount_msat ?? 0n) as bigint
      if (amount >= most || amount < most - 10_000_000n) return `the balance is ${amount} msat`
      if (rows(world, 'claimed_outpoints').length > 0) return 'coins are still claimed'
      return one('payouts', 'failed', { reason: 'resolved-by-operator' })(world)
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

function isCharged(world: World): boolean {
  return rows(world, 'ledger_transactions').some(({ id }) =>
    (id as string).startsWith('correction/revived/'),
  )
}

/** The operator insists until the books say so. */
async function resolved(world: World, id: string): Promise<void> {
  while (rows(world, 'payouts', { state: 'failed' }).length === 0 && !world.violation) {
    await ask(world, 'resolve', (node) =>
      node.payouts.resolve(id, 'failed', { by: 'operator', note: 'drill', insist: true }),
    )
    await mineOnce(world)
  }
}

async function mineOnce(world: World): Promise<void> {
  await world.clock.sleep(5000)
  world.network.mine(1)
}

function isAvailable(world: World): boolean {
  return rows(world, 'ledger_transactions', { kind: 'invoice-available' }).length === 1
}

function isTold(world: World): boolean {
  const told = { type: 'invoice.created', state: 'delivered' }
  return rows(world, 'webhook_deliveries', told).length > 0
}

/** What is paid, given back, told and set right for partners. */
export const tradeOperations: readonly Operation[] = [...chain, ...partners]
