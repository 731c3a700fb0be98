import type { BoltzTransaction } from '@payment-node/testkit/boltz-server'
import { Block, Transaction } from 'bitcoinjs-lib'
import type { Chain } from '../chain.ts'
import { ChainRpcError } from '../chain-rpc.ts'

interface ReadBlock {
  readonly previous: string
  /** By the outpoints that they spend. */
  readonly spendings: ReadonlyMap<string, Transaction>
}

/** Finds what spends an outpoint; btcd itself does not know. Blocks are read once. */
export function createSpendings(chain: Chain): {
  find(outpoint: string, fromHeight: number): Promise<BoltzTransaction | undefined>
} {
  const blocks = new Map<string, ReadBlock>()

  async function readBlock(hash: string): Promise<ReadBlock> {
    const known = blocks.get(hash)
    if (known) return known
    const block = Block.fromHex(await chain.rpc<string>('getblock', [hash, 0]))
    const spendings = new Map<string, Transaction>()
    for (const transaction of block.transactions ?? []) {
      for (const outpoint of outpointsOf(transaction)) spendings.set(outpoint, transaction)
    }
    const previous = Buffer.from(block.prevHash!).reverse().toString('hex')
    const read = { previous, spendings }
    blocks.set(hash, read)
    return read
  }

  return {
    async find(outpoint, fromHeight) {
      const tip = await chain.height()
      let hash = await chain.rpc<string>('getblockhash', [tip])
      for (let blockHeight = tip; blockHeight >= fromHeight; blockHeight--) {
        const { spendings, previous } = await readBlock(hash)
        const found = spendings.get(outpoint)
        if (found) return { transactionId: found.getId(), hex: found.toHex(), blockHeight }
        hash = previous
      }
      for (const id of await chain.mempool()) {
        const hex = await chain.rpc<string>('getrawtransaction', [id, 0]).catch(ignoreGone)
        if (hex !== undefined && outpointsOf(Transaction.fromHex(hex)).includes(outpoint)) {
          return { transactionId: id, hex, blockHeight: undefined }
        }
      }
      return undefined
    },
  }
}

/** It left the mempool between two calls. */
function ignoreGone(error: unknown): undefined {
  if (!(error instanceof ChainRpcError)) throw error
}

function outpointsOf(transaction: Transaction): string[] {
  return transaction.ins.map(
    ({ hash, index }) => `${Buffer.from(hash).reverse().toString('hex')}:${index}`,
  )
}
