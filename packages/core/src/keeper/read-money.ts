import type { Context, Identity } from '../context.ts'
import type { KeeperMoney } from '../domain/keeper-money.ts'
import { utcMonth } from '../domain/utc-month.ts'
import type { OnchainWallet, WalletOutput } from '../ports/node-onchain.ts'
import { claimedOutpoints } from '../tables/channel-intents.ts'
import { readSpent } from './budget.ts'

/** The money, and the coins it was read from, unconfirmed and claimed ones included. */
export interface MoneyRead {
  readonly money: KeeperMoney
  readonly coins: readonly WalletOutput[]
}

/** Three calls of LND and two reads: what the wallet has, what the chain asks, what the budget leaves. */
export async function readMoney(
  context: Context,
  identity: Identity,
  wallet: OnchainWallet,
  additionalChannels: number,
): Promise<MoneyRead> {
  const { confirmWithin } = context.settings.channels
  const [coins, feerate, reserveSat, claimed, spentMsat] = await Promise.all([
    wallet.unspent(),
    wallet.estimateFeerate(confirmWithin),
    wallet.requiredReserve(additionalChannels),
    readClaimed(context, identity),
    readSpent(context, identity, utcMonth(context.clock.now())),
  ])
  const free = coins.filter(
    ({ outpoint, confirmations }) => confirmations > 0 && !claimed.has(outpoint),
  )
  const coinsSat = free.map(({ amountSat }) => amountSat)
  return { money: { feerate, coinsSat, reserveSat, spentMsat }, coins }
}

/** Coins that an opening under way has chosen. */
async function readClaimed(context: Context, identity: Identity): Promise<ReadonlySet<string>> {
  const claimed = new Set<string>()
  let after: string[] | undefined
  for (;;) {
    const rows = await context.storage.find(claimedOutpoints, {
      index: 'key',
      equals: [identity.publicKey],
      limit: 1000,
      ...(after && { after }),
    })
    for (const { outpoint } of rows) claimed.add(outpoint)
    if (rows.length < 1000) return claimed
    after = [rows.at(-1)!.outpoint]
  }
}
