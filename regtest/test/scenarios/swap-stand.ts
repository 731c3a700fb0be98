import { macaroonPermissions } from '@payment-node/lnd-adapter'
import type { BoltzSettings } from '@payment-node/testkit/boltz-server'
import { Transaction } from 'bitcoinjs-lib'
import { createSpendings } from '../../boltz-server/find-spending.ts'
import { type RegtestBoltzServer, startBoltzServer } from '../../boltz-server/index.ts'
import type { Network } from '../../network.ts'
import type { RunningNode } from '../../start-node.ts'

/** Two nodes of their own with a channel, and a swap server on the second one. */
export interface SwapStand {
  readonly client: RunningNode
  readonly provider: RunningNode
  readonly channelPoint: string
  readonly swaps: RegtestBoltzServer
  /** Of the client, for a process that swaps. */
  readonly macaroon: string
  /** What the client's LND has, on chain and in the channel, in msat. Exact while nothing is under way. */
  assets(): Promise<bigint>
  /** The client's payments with a hash, as LND has them. */
  payments(hash: string): Promise<readonly LndListed[]>
  /** What became of an outpoint in btcd's chain; undefined: it is unspent, as far as blocks tell. */
  spending(outpoint: string): Promise<Spending | undefined>
}

/** A payment of `ListPayments`, the part that is looked at. */
export interface LndListed {
  readonly payment_hash: string
  /** SUCCEEDED, FAILED, IN_FLIGHT. */
  readonly status: string
  readonly value_msat: string
  readonly fee_msat: string
}

/** A confirmed transaction that spends an outpoint. */
export interface Spending {
  readonly transactionId: string
  readonly transaction: Transaction
  /** sat that it brought to the client's wallet, by the client's LND. */
  readonly receivedSat: bigint
}

const roles = ['receive', 'pay', 'channels', 'onchain', 'swaps'] as const

export async function openSwapStand(
  network: Network,
  name: string,
  {
    capacitySat = 4_000_000,
    pushSat = 0,
    settings,
  }: { capacitySat?: number; pushSat?: number; settings?: Partial<BoltzSettings> } = {},
): Promise<SwapStand> {
  const [client, provider] = await Promise.all([
    network.addNode({ alias: `${name}-client` }),
    network.addNode({ alias: `${name}-provider`, fundSat: 0 }),
  ])
  // A coin per lockup: more of them may be under way than blocks have come.
  await provider.fund(40_000_000, 20)
  await network.mine(1)
  await client.connect(provider)
  const channelPoint = await client.openChannel(provider, capacitySat, pushSat)
  await network.mine(6)
  await Promise.all([client, provider].map((end) => end.waitUntilChannelActive(channelPoint)))
  const swaps = await startBoltzServer({
    node: provider,
    clientNode: client,
    ...(settings && { settings }),
  })
  const macaroon = await client.bakeMacaroon(
    macaroonPermissions(roles).map((permission) => permission.replace(/^uri:/, '')),
    88_100,
  )
  const spendings = createSpendings(network.chain)
  const height = await network.chain.height()
  return {
    client,
    provider,
    channelPoint,
    swaps,
    macaroon,
    async assets() {
      const { total_balance } = await client.walletBalance()
      const { local_balance } = await client.rpc<{ local_balance: { msat: string } }>(
        'lnrpc.Lightning',
        'ChannelBalance',
      )
      return BigInt(total_balance) * 1000n + BigInt(local_balance.msat)
    },
    async payments(hash) {
      const { payments } = await client.rpc<{ payments: LndListed[] }>(
        'lnrpc.Lightning',
        'ListPayments',
        { include_incomplete: true },
      )
      return payments.filter(({ payment_hash }) => payment_hash === hash)
    },
    async spending(outpoint) {
      const found = await spendings.find(outpoint, height)
      if (found?.blockHeight === undefined) return undefined
      const { utxos } = await client.rpc<{ utxos: Utxo[] }>('lnrpc.Lightning', 'ListUnspent', {
        min_confs: 1,
        max_confs: 9_999_999,
      })
      const received = utxos.filter((utxo) => utxo.outpoint.txid_str === found.transactionId)
      return {
        transactionId: found.transactionId,
        transaction: Transaction.fromHex(found.hex),
        receivedSat: received.reduce((sum, { amount_sat }) => sum + BigInt(amount_sat), 0n),
      }
    },
  }
}

interface Utxo {
  readonly outpoint: { readonly txid_str: string }
  readonly amount_sat: string
}
