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

/** Takes confirmed outputs of at least `amountSat`, oldest first; undefined when there is too little. */
export function takeCoins(wallet: Wallet, amountSat: bigint): Coin[] | undefined {
  const taken: Coin[] = []
  let sum = 0n
  for (const coin of wallet.coins.values()) {
    if (sum >= amountSat) break
    if (coin.confirmedAt === undefined) continue
    taken.push(coin)
    sum += coin.amountSat
  }
  if (sum < amountSat) return undefined
  for (const coin of taken) wallet.coins.delete(coin.outpoint)
  return taken
}
