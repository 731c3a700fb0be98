import type { World } from '@payment-node/testkit'
import { rows } from './operation.ts'

/** The row of the only swap. */
export function swapRow(world: World): Readonly<Record<string, unknown>> {
  return rows(world, 'swaps')[0] ?? {}
}

export function hasEnded(world: World): boolean {
  return (
    rows(world, 'swaps').length > 0 &&
    rows(world, 'swaps').every(({ ended_at }) => ended_at !== null)
  )
}

/** Blocks come every two seconds. */
export async function mineUntil(world: World, condition: () => boolean, blocks = 1): Promise<void> {
  for (let looks = 1; !condition() && !world.violation; looks++) {
    await world.clock.sleep(100)
    if (looks % 20 === 0) world.network.mine(blocks)
  }
}

/** What the shop has in its wallet and its channels, in msat. */
export async function assets({ shop }: World): Promise<bigint> {
  const client = shop.connect()
  const unspent = await client.onchain!.unspent()
  const channels = await client.listChannels()
  await client.close()
  return (
    unspent.reduce((sum, coin) => sum + coin.amountSat * 1000n, 0n) +
    channels.reduce((sum, { localMsat }) => sum + localMsat, 0n)
  )
}

/** Of an account without a balance row. */
export function booked(world: World, account: string): bigint {
  return rows(world, 'postings', { account }).reduce(
    (sum, posting) => sum + (posting.amount_msat as bigint),
    0n,
  )
}

/** What each way of losing money has in the books. */
const costAccounts = [
  'world/swap-fees',
  'world/routing-fees',
  'world/onchain-fees',
  'world/swap-prepay',
  'world/swap-losses',
]

/**
 * What is wrong with the books when all swaps have ended: `lostMsat` is what the node has less than before,
 * `expectedSat` what some accounts must have.
 */
export function judgeBooks(
  world: World,
  lostMsat: bigint,
  expectedSat: Readonly<Record<string, bigint>> = {},
): string | undefined {
  for (const [account, amountSat] of Object.entries(expectedSat)) {
    const found = booked(world, account)
    if (found !== amountSat * 1000n) return `${account} has ${found} msat, not ${amountSat} sat`
  }
  const cost = costAccounts.reduce((sum, account) => sum + booked(world, account), 0n)
  // LND tells balances in whole satoshi.
  if (lostMsat < cost || lostMsat >= cost + 1000n)
    return `the node lost ${lostMsat} msat, the books say ${cost}`
  for (const account of ['world/deposits', 'world/unexplained']) {
    if (booked(world, account) !== 0n) return `${account} has ${booked(world, account)} msat`
  }
  const [budget] = rows(world, 'liquidity_budgets')
  if (budget && budget.spent_msat !== cost)
    return `the budget has ${budget.spent_msat} msat, it cost ${cost}`
  const left = rows(world, 'swap_totals').filter((total) => total.amount_msat !== 0n)
  if (left.length > 0) return 'its place under way is not given back'
  if (rows(world, 'safety').some((guard) => guard.is_halted)) return 'it is halted'
  const ends = world.books.events.filter(({ type }) => /^swap\.(claimed|failed|lost)$/.test(type))
  const swaps = rows(world, 'swaps').length
  return ends.length === swaps ? undefined : `${swaps} swaps, told of ${ends.length} ends`
}

/** Blocks and time in which the wallet's scan and the proof have seen everything. */
export async function bury(world: World, blocks = 2): Promise<void> {
  for (let block = 0; block < blocks; block++) {
    world.network.mine(1)
    await world.clock.sleep(15_000)
  }
}
