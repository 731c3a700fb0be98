import type { PaymentNodeOptions, PayoutInput } from '@payment-node/core'
import { addressOf, ask, type World } from '@payment-node/testkit'
import { lendCoin } from './lend-coin.ts'
import { isPaid, merchant, withBalance } from './merchant.ts'
import { eventually, must, type Operation, one, rows } from './operation.ts'

const onchain: Partial<PaymentNodeOptions> = {
  transactions: { collectFor: 0, confirmations: 2, stuckAfter: 1 },
}

const operators = {
  operatorAddress: addressOf({ seed: 'crash/payout to the operator' }, 'operator'),
  operatorMinimum: '50000 sat',
  operatorReserve: '14200000 sat',
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

/** What is paid by transactions. */
export const onchainOperations: readonly Operation[] = [
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
  {
    name: 'payout to the operator',
    says: "What is the operator's own and free is set aside and goes to its own address on chain.",
    node: { ...onchain, payouts: { automatic: 'by-call', ...operators } },
    furnish: (world) => world.shop.fund(4_600_000n),
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
      return one('payouts', 'failed', { reason: 'revived' })(world)
    },
  },
]

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
