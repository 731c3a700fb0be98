import type { NodeConnection } from './node-controls.ts'

/** LND's wallet balance; sat as decimal strings. */
export interface WalletBalance {
  readonly total_balance: string
  readonly confirmed_balance: string
  readonly unconfirmed_balance: string
  readonly locked_balance: string
  readonly reserved_balance_anchor_chan: string
}

/** On-chain money of a node. */
export interface WalletControls {
  /** A new address of the node's wallet (taproot unless said otherwise). */
  newAddress(type?: 'TAPROOT_PUBKEY' | 'WITNESS_PUBKEY_HASH'): Promise<string>
  /** `WalletBalance`. */
  walletBalance(): Promise<WalletBalance>
  /**
   * Gives the node confirmed coins from block rewards, as several outputs (several channels or
   * sends at once need several), and waits until the wallet has them. Mines one block.
   */
  fund(amountSat: bigint | number, outputs?: number): Promise<void>
}

export function createWalletControls({ rpc, chain, waitFor }: NodeConnection): WalletControls {
  const newAddress: WalletControls['newAddress'] = async (type = 'TAPROOT_PUBKEY') =>
    (await rpc<{ address: string }>('lnrpc.Lightning', 'NewAddress', { type })).address
  const walletBalance = (): Promise<WalletBalance> =>
    rpc<WalletBalance>('lnrpc.Lightning', 'WalletBalance')
  return {
    newAddress,
    walletBalance,
    fund: async (amountSat, outputs = 1) => {
      const before = BigInt((await walletBalance()).confirmed_balance)
      const payments = []
      for (let output = 0; output < outputs; output++) {
        const share = BigInt(amountSat) / BigInt(outputs)
        payments.push({ address: await newAddress(), amountSat: share })
      }
      const expected = payments.reduce((sum, payment) => sum + payment.amountSat, before)
      await chain.sendMany(payments)
      await chain.mine(1)
      await waitFor(
        `a confirmed wallet balance of ${expected} sat`,
        async () => BigInt((await walletBalance()).confirmed_balance) >= expected,
      )
    },
  }
}
