import type { WalletBalance } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { satoshis } from '../wire-values.ts'

export const walletBalanceCall: Call<'/lnrpc.Lightning/WalletBalance'> = {
  path: '/lnrpc.Lightning/WalletBalance',
  uri: 'uri:/lnrpc.Lightning/WalletBalance',
  roles: ['readonly', 'receive', 'onchain'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function walletBalance(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<WalletBalance> {
  const reply = await connection.unary(walletBalanceCall, {}, { signal })
  return {
    confirmedMsat: satoshis(reply.confirmed_balance),
    unconfirmedMsat: satoshis(reply.unconfirmed_balance),
    lockedMsat: satoshis(reply.locked_balance),
    reservedMsat: satoshis(reply.reserved_balance_anchor_chan),
  }
}
