import type { ChainTransaction } from './chain-transaction.ts'
import { type ChangeSignal, createChangeSignal } from './change-signal.ts'
import { applyTransaction, killTransaction, takeForBlock } from './mempool.ts'
import type { NodeState } from './node-state.ts'
import { unlock } from './wallet.ts'

/** The simulated block chain with its fee market. */
export interface Chain {
  /** Height of the newest block. */
  readonly height: number
  /** Every transaction that was ever made, by id, in the order of making. */
  readonly transactions: Map<string, ChainTransaction>
  /** What spends an outpoint, among transactions whose effects count. */
  readonly spenders: Map<string, ChainTransaction>
  /** What the next block asks, in sat/vB. */
  satPerVbyte: number
  /** What the mempool asks at least, in sat/vB. */
  minimumSatPerVbyte: number
  /** Everything that was ever made from nothing, in msat. */
  issuedMsat: bigint
  /** Fees and leftovers that went to miners, in msat. */
  feesMsat: bigint
  /** Heights of the last common blocks of the reorganizations so far. */
  readonly forks: number[]
  /** The mempool or the blocks are others than before. */
  readonly changed: ChangeSignal
  /** One block with what pays enough; an empty one has nothing. */
  addBlock(isEmpty?: boolean): void
  /** Takes the newest blocks away; their transactions wait again. */
  removeBlocks(count: number): void
  /** Puts a transaction into the newest block; what spends the same outputs dies. */
  confirmNow(transaction: ChainTransaction): void
}

/** The deepest reorganization, in blocks. */
export const maximumDepth = 6

/** A chain at `height` whose blocks hold transactions of at least the current feerate. */
export function createChain(height: number): Chain {
  const blocks: ChainTransaction[][] = Array.from({ length: maximumDepth }, () => [])
  const firstHeight = height - maximumDepth + 1
  const chain: Chain = {
    get height() {
      return firstHeight + blocks.length - 1
    },
    transactions: new Map(),
    spenders: new Map(),
    satPerVbyte: 1,
    minimumSatPerVbyte: 0,
    issuedMsat: 0n,
    feesMsat: 0n,
    forks: [],
    changed: createChangeSignal(),
    addBlock(isEmpty = false) {
      const included = isEmpty ? [] : takeForBlock(chain)
      blocks.push(included)
      for (const transaction of included) confirm(transaction, chain.height)
      chain.changed.fire()
    },
    removeBlocks(count) {
      for (let removed = 0; removed < count; removed++) {
        for (const transaction of (blocks.pop() ?? []).reverse()) {
          transaction.state = 'waiting'
          transaction.confirmedAt = undefined
          transaction.events.unconfirmed?.()
        }
      }
      chain.forks.push(chain.height)
      chain.changed.fire()
    },
    confirmNow(transaction) {
      for (const input of transaction.inputs) {
        const rival = chain.spenders.get(input)
        if (rival && rival !== transaction) killTransaction(chain, rival)
      }
      chain.transactions.set(transaction.id, transaction)
      applyTransaction(chain, transaction)
      blocks.at(-1)!.push(transaction)
      confirm(transaction, chain.height)
    },
  }
  return chain
}

function confirm(transaction: ChainTransaction, height: number): void {
  transaction.state = 'confirmed'
  transaction.confirmedAt = height
  // LND lets go of what is spent for good.
  for (const coin of transaction.taken) unlock(coin)
  transaction.events.confirmed?.(height)
}

/** Whether `node` takes part in the chain now. */
export function followsChain(node: NodeState): boolean {
  return node.lifecycle === 'running' && node.isSynced
}
