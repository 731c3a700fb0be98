import type { Context, Identity } from '../context.ts'
import type { KeeperMoney } from '../domain/keeper-money.ts'
import { utcDay } from '../domain/utc-day.ts'
import { PaymentNodeError } from '../errors.ts'
import type { ChannelOpener } from '../ports/node-channels.ts'
import type { OnchainWallet, WalletOutput } from '../ports/node-onchain.ts'
import { claimedOutpoints, spending } from '../tables/channel-intents.ts'

/** Whose budget opening a channel counts against. */
export const openingBudget = 'open-channels'

/** The UTC month, `2026-11`. */
export function budgetPeriod(now: number): string {
  return utcDay(now).slice(0, 7)
}

/** The parts of LND that opening needs. Throws `node.unsupported` naming the missing one. */
export function requireOpener({ lightning }: Context): {
  readonly opener: ChannelOpener
  readonly onchain: OnchainWallet
} {
  const { opener, onchain } = lightning
  if (opener && onchain) return { opener, onchain }
  throw new PaymentNodeError(
    'node.unsupported',
    'This connection to LND can open no channels.',
    { call: opener ? 'onchain' : 'opener' },
    { advice: 'Use an adapter that implements both.' },
  )
}

/** What an opening would cost and what may pay for it, read from LND and the books. */
export async function readMoney(
  context: Context,
  identity: Identity,
): Promise<KeeperMoney & { readonly coins: readonly WalletOutput[] }> {
  const { onchain } = requireOpener(context)
  const { confirmWithin } = context.settings.channels
  const [feerate, unspent, reserveSat, claimed, spent] = await Promise.all([
    onchain.estimateFeerate(confirmWithin),
    onchain.unspent(),
    onchain.requiredReserve(1),
    context.storage.find(claimedOutpoints, {
      index: 'key',
      equals: [identity.publicKey],
      limit: 1000,
    }),
    spentOfBudget(context, identity, budgetPeriod(context.clock.now())),
  ])
  const taken = new Set(claimed.map(({ outpoint }) => outpoint))
  const coins = unspent.filter((coin) => coin.confirmations > 0 && !taken.has(coin.outpoint))
  return {
    feerate,
    coins,
    coinsSat: coins.map(({ amountSat }) => amountSat),
    reserveSat,
    spentMsat: spent ?? 0n,
  }
}

/** msat reserved or spent in a period; undefined before its first opening. */
export async function spentOfBudget(
  context: Context,
  { publicKey }: Identity,
  period: string,
): Promise<bigint | undefined> {
  const row = await context.storage.get(spending, [publicKey, openingBudget, period])
  return row?.amount_msat
}
