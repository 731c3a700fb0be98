import type { Chain } from './chain.ts'
import type { SeededRandom } from './seeded-random.ts'
import { type Coin, createTransactionId, type Wallet } from './wallet.ts'

/** A transaction that was published. Its inputs are spent and its outputs exist, unconfirmed. */
export interface ChainTransaction {
  readonly id: string
  readonly satPerVbyte: number
  readonly feeMsat: bigint
  readonly outputs: readonly { readonly wallet: Wallet; readonly coin: Coin }[]
  /** Called in the block that holds it. */
  confirmed?(height: number): void
}

/** Transactions that wait for a block. */
export interface Mempool {
  readonly waiting: ReadonlyMap<string, ChainTransaction>
  add(transaction: ChainTransaction): void
  /** Removes and returns what pays at least `satPerVbyte`, best feerate first. */
  takeForBlock(satPerVbyte: number): ChainTransaction[]
  /** Forgets it, as when something else spent its inputs. */
  drop(id: string): ChainTransaction | undefined
}

/** An empty mempool. */
export function createMempool(): Mempool {
  const waiting = new Map<string, ChainTransaction>()
  return {
    waiting,
    add(transaction) {
      waiting.set(transaction.id, transaction)
    },
    takeForBlock(satPerVbyte) {
      const taken = [...waiting.values()]
        .filter((transaction) => transaction.satPerVbyte >= satPerVbyte)
        .sort((a, b) => b.satPerVbyte - a.satPerVbyte)
      for (const { id } of taken) waiting.delete(id)
      return taken
    },
    drop(id) {
      const transaction = waiting.get(id)
      waiting.delete(id)
      return transaction
    },
  }
}

/** What a new transaction pays to whom. */
export interface NewTransaction {
  readonly satPerVbyte: number
  readonly feeMsat: bigint
  readonly payments: readonly { readonly wallet: Wallet; readonly amountSat: bigint }[]
  confirmed?(height: number, id: string): void
}

/** Publishes: the receivers see unconfirmed outputs at once. Outputs of nothing are left out. */
export function publishTransaction(
  chain: Chain,
  random: SeededRandom,
  request: NewTransaction,
): ChainTransaction {
  const id = createTransactionId(random)
  const outputs = request.payments
    .filter(({ amountSat }) => amountSat > 0n)
    .map(({ wallet, amountSat }, position) => {
      const coin: Coin = { outpoint: `${id}:${position}`, amountSat, confirmedAt: undefined }
      wallet.coins.set(coin.outpoint, coin)
      return { wallet, coin }
    })
  const transaction: ChainTransaction = {
    id,
    satPerVbyte: request.satPerVbyte,
    feeMsat: request.feeMsat,
    outputs,
    confirmed: (height) => request.confirmed?.(height, id),
  }
  chain.feesMsat += request.feeMsat
  chain.mempool.add(transaction)
  return transaction
}
