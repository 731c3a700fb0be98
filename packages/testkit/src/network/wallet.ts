import type { SeededRandom } from './seeded-random.ts'

/** An output that the wallet can spend. */
export interface Coin {
  /** `txid:index`. */
  readonly outpoint: string
  readonly amountSat: bigint
  /** Height of its block; undefined while it waits in the mempool. */
  confirmedAt: number | undefined
}

/** On-chain money of a node. */
export interface Wallet {
  readonly coins: Map<string, Coin>
}

/** A wallet without money. */
export function createWallet(): Wallet {
  return { coins: new Map() }
}

/** A transaction id in display order. */
export function createTransactionId(random: SeededRandom): string {
  return Buffer.from(random.bytes(32)).toString('hex')
}

/** Sum of the wallet's outputs in satoshi, by confirmation. */
export function walletSat(wallet: Wallet): { confirmed: bigint; unconfirmed: bigint } {
  let confirmed = 0n
  let unconfirmed = 0n
  for (const coin of wallet.coins.values()) {
    if (coin.confirmedAt === undefined) unconfirmed += coin.amountSat
    else confirmed += coin.amountSat
  }
  return { confirmed, unconfirmed }
}

/**
 * Takes confirmed outputs, the largest first as LND does, until they are worth what that many inputs
 * need; undefined when there is too little.
 */
export function takeCoins(
  wallet: Wallet,
  neededSat: (inputs: number) => bigint,
): Coin[] | undefined {
  const confirmed = [...wallet.coins.values()]
    .filter((coin) => coin.confirmedAt !== undefined)
    .sort((a, b) => Number(b.amountSat - a.amountSat))
  let sum = 0n
  const count = confirmed.findIndex((coin, position) => {
    sum += coin.amountSat
    return sum >= neededSat(position + 1)
  })
  if (count < 0) return undefined
  const taken = confirmed.slice(0, count + 1)
  for (const coin of taken) wallet.coins.delete(coin.outpoint)
  return taken
}
