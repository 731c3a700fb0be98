import type { Chain } from './chain.ts'
import type { ChainTransaction } from './chain-transaction.ts'
import type { SeededRandom } from './seeded-random.ts'

/** An output that the wallet can spend. */
export interface Coin {
  /** `txid:index`. */
  readonly outpoint: string
  readonly amountSat: bigint
  readonly address: string
  readonly wallet: Wallet
  /** The transaction that made it. */
  readonly creator: ChainTransaction
  /** Monotonic milliseconds until which an operation that is not over keeps it (LND's lease). */
  lockedUntil?: number
  /** Whose lock that is, in hex; absent: LND's own, for a channel. */
  lockId?: string
}

/** On-chain money of a node. */
export interface Wallet {
  /** What nothing has spent, by outpoint; locked ones too. */
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

/** How many confirmations a coin has for somebody who knows the chain up to `height`. */
export function confirmationsOf(transaction: ChainTransaction, height: number): number {
  const { confirmedAt } = transaction
  return confirmedAt === undefined ? 0 : Math.max(0, height - confirmedAt + 1)
}

/** Whether something has kept the coin for itself. */
export function isLocked(coin: Coin, monotonic: number): boolean {
  return coin.lockedUntil !== undefined && coin.lockedUntil > monotonic
}

/** Nobody keeps the coin any more. */
export function unlock(coin: Coin): void {
  delete coin.lockedUntil
  delete coin.lockId
}

/** Sums of the wallet's outputs in satoshi; what is locked is in neither of the other two. */
export function walletSat(
  wallet: Wallet,
  height: number,
  monotonic: number,
): { confirmed: bigint; unconfirmed: bigint; locked: bigint } {
  const sums = { confirmed: 0n, unconfirmed: 0n, locked: 0n }
  for (const coin of wallet.coins.values()) {
    if (isLocked(coin, monotonic)) sums.locked += coin.amountSat
    else if (confirmationsOf(coin.creator, height) > 0) sums.confirmed += coin.amountSat
    else sums.unconfirmed += coin.amountSat
  }
  return sums
}

/** The coin with this outpoint, whoever has it and whether or not it is spent. */
export function findCoin(chain: Chain, outpoint: string): Coin | undefined {
  const [transactionId] = outpoint.split(':')
  const creator = chain.transactions.get(transactionId ?? '')
  return creator?.coins.find((coin) => coin.outpoint === outpoint)
}
