import { type ChainTransaction, createMempool, type Mempool } from './mempool.ts'
import type { NodeState } from './node-state.ts'

/** The simulated block chain with its fee market. */
export interface Chain {
  /** Height of the newest block. */
  readonly height: number
  readonly mempool: Mempool
  /** What the next block asks, in sat/vB. */
  satPerVbyte: number
  /** Everything that was ever made from nothing, in msat. */
  issuedMsat: bigint
  /** Fees and leftovers that went to miners, in msat. */
  feesMsat: bigint
  /** One block with what pays enough. */
  addBlock(): readonly ChainTransaction[]
}

/** A chain at `height` whose blocks hold transactions of at least the current feerate. */
export function createChain(height: number): Chain {
  const mempool = createMempool()
  let current = height
  return {
    get height() {
      return current
    },
    mempool,
    satPerVbyte: 1,
    issuedMsat: 0n,
    feesMsat: 0n,
    addBlock() {
      current++
      const included = mempool.takeForBlock(this.satPerVbyte)
      for (const transaction of included) {
        for (const { wallet, coin } of transaction.outputs) {
          if (wallet.coins.has(coin.outpoint)) coin.confirmedAt = current
        }
        transaction.confirmed?.(current)
      }
      return included
    },
  }
}

/** Whether `node` takes part in the chain now. */
export function followsChain(node: NodeState): boolean {
  return node.lifecycle === 'running' && node.isSynced
}
