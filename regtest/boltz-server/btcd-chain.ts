import type { BoltzChain, BoltzOutput, BoltzTransaction } from '@payment-node/testkit/boltz-server'
import { address, Psbt, Transaction } from 'bitcoinjs-lib'
import { ChainRpcError } from '../chain-rpc.ts'
import type { RegtestNode } from '../node-controls.ts'
import { createSpendings } from './find-spending.ts'

const satPerVbyte = 2
const lookEveryMilliseconds = 200
/** Signals that it may be replaced (BIP125). */
const replaceable = 0xfffffffd

interface Coin {
  readonly hash: string
  readonly index: number
  readonly script: Uint8Array
  readonly value: bigint
}

/** btcd's chain as the server's, with the wallet of an LND that pays the lockups. */
export function btcdChain(node: RegtestNode): BoltzChain {
  const { chain } = node
  const spendings = createSpendings(chain)
  /** The coin that each transaction spends: it is used for no other. */
  const used = new Map<string, Coin>()

  const walletScript = async (): Promise<Uint8Array> => {
    const { version, data } = address.fromBech32(await node.newAddress())
    return Uint8Array.from([version === 0 ? 0 : 0x50 + version, data.length, ...data])
  }
  const sign = async (coin: Coin, outputs: readonly BoltzOutput[]): Promise<string> => {
    const psbt = new Psbt().setVersion(2)
    psbt.addInput({
      hash: coin.hash,
      index: coin.index,
      sequence: replaceable,
      witnessUtxo: { script: coin.script, value: coin.value },
    })
    for (const { script, amountSat } of outputs) psbt.addOutput({ script, value: amountSat })
    const { raw_final_tx } = await node.rpc<{ raw_final_tx: Buffer }>(
      'walletrpc.WalletKit',
      'FinalizePsbt',
      { funded_psbt: Buffer.from(psbt.toBuffer()) },
    )
    return raw_final_tx.toString('hex')
  }
  const chooseCoin = async (leastSat: bigint): Promise<Coin> => {
    const { utxos } = await node.rpc<{ utxos: readonly Utxo[] }>(
      'walletrpc.WalletKit',
      'ListUnspent',
      { min_confs: 1, max_confs: 9_999_999 },
    )
    const taken = new Set([...used.values()].map(({ hash, index }) => `${hash}:${index}`))
    const coins = utxos.map(({ outpoint, pk_script, amount_sat }) => ({
      hash: outpoint.txid_str,
      index: outpoint.output_index,
      script: Buffer.from(pk_script, 'hex'),
      value: BigInt(amount_sat),
    }))
    const coin = coins.find(
      ({ hash, index, value }) => value > leastSat && !taken.has(`${hash}:${index}`),
    )
    if (!coin) throw new Error(`No free coin of the server's wallet has ${leastSat} sat`)
    return coin
  }

  return {
    network: node.details.network,
    height: () => chain.height(),
    feerate: async () => satPerVbyte,
    walletScript,
    async makePayment(outputs, options = {}) {
      const rival = options.rivalOf && Transaction.fromHex(options.rivalOf).getId()
      const target = outputs.reduce((sum, { amountSat }) => sum + amountSat, 0n)
      const coin = (rival && used.get(rival)) || (await chooseCoin(target + 50_000n))
      // One input, and one output more for the change; a rival pays enough to take the other's place.
      const size = 70 + 43 * (outputs.length + 1)
      const rate = (options.satPerVbyte ?? satPerVbyte) * (rival ? 10 : 1)
      const changeSat = coin.value - target - BigInt(Math.ceil(size * rate))
      const change = { script: await walletScript(), amountSat: changeSat }
      const hex = await sign(coin, [change, ...outputs])
      used.set(Transaction.fromHex(hex).getId(), coin)
      return hex
    },
    async publish(hex) {
      try {
        return await chain.rpc<string>('sendrawtransaction', [hex])
      } catch (error) {
        if (!(error instanceof ChainRpcError && /already have transaction/.test(error.message))) {
          throw error
        }
        return Transaction.fromHex(hex).getId()
      }
    },
    find: (transactionId) => findTransaction(chain, transactionId),
    findSpending: (outpoint, fromHeight) => spendings.find(outpoint, fromHeight),
    watch(changed) {
      let before = ''
      const timer = setInterval(() => {
        Promise.all([chain.rpc<string>('getbestblockhash'), chain.mempool()])
          .then(([best, waiting]) => {
            const now = [best, ...waiting.sort()].join()
            if (now !== before) changed()
            before = now
          })
          .catch(() => {})
      }, lookEveryMilliseconds)
      return () => clearInterval(timer)
    },
    replace: async (rivalHex) => {
      await chain.rpc('sendrawtransaction', [rivalHex])
    },
    async reorganize(depth, rivalHex) {
      await chain.takeBack(depth)
      if (rivalHex !== undefined) await chain.rpc('sendrawtransaction', [rivalHex])
      await chain.mine(depth + 1)
    },
  }
}

interface Utxo {
  readonly outpoint: { readonly txid_str: string; readonly output_index: number }
  readonly pk_script: string
  readonly amount_sat: string
}

async function findTransaction(
  chain: RegtestNode['chain'],
  transactionId: string,
): Promise<BoltzTransaction | undefined> {
  try {
    const found = await chain.rpc<{ hex: string; confirmations?: number }>('getrawtransaction', [
      transactionId,
      1,
    ])
    const { hex, confirmations = 0 } = found
    const height = await chain.height()
    const blockHeight = confirmations > 0 ? height - confirmations + 1 : undefined
    return { transactionId, hex, blockHeight }
  } catch (error) {
    if (error instanceof ChainRpcError) return undefined
    throw error
  }
}
