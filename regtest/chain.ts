import { type ChainDetails, callChain } from './chain-rpc.ts'
import { type Payment, spendMinerCoins } from './miner-coins.ts'

/** A chain that may have been started by another process. */
export interface Chain {
  readonly details: ChainDetails
  /** Any method of btcd's JSON-RPC. */
  rpc<Result>(method: string, params?: readonly unknown[]): Promise<Result>
  /** Height of the best block. */
  height(): Promise<number>
  /** Mines blocks and returns their hashes; does not wait for any LND (`network.mine` does). */
  mine(blocks: number): Promise<string[]>
  /**
   * Takes the newest blocks back. Their transactions wait in the mempool again; nodes notice when
   * more blocks than that are mined anew (a reorg).
   */
  takeBack(blocks: number): Promise<void>
  /** Sends from the miner's coins, unconfirmed; returns the transaction id. */
  send(address: string, amountSat: bigint | number): Promise<string>
  /** The same to many different addresses in one transaction. */
  sendMany(payments: readonly Payment[]): Promise<string>
  /** Ids of the transactions waiting for a block. */
  mempool(): Promise<string[]>
}

/** Uses a running chain from any process. */
export function attachChain(details: ChainDetails): Chain {
  const rpc = <Result>(method: string, params?: readonly unknown[]): Promise<Result> =>
    callChain<Result>(details, method, params)
  return {
    details,
    rpc,
    height: () => rpc('getblockcount'),
    mine: (blocks) => rpc('generate', [blocks]),
    takeBack: async (blocks) => {
      const height = await rpc<number>('getblockcount')
      await rpc('invalidateblock', [await rpc('getblockhash', [height - blocks + 1])])
    },
    send: (address, amountSat) => spendMinerCoins(details, [{ address, amountSat }]),
    sendMany: (payments) => spendMinerCoins(details, payments),
    mempool: () => rpc('getrawmempool'),
  }
}
