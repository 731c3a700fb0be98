import type { CoinLease } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { UtxoLease } from '../generated/messages.ts'
import { secondsToTime } from '../wire-values.ts'

export const listLeasesCall: Call<'/walletrpc.WalletKit/ListLeases'> = {
  path: '/walletrpc.WalletKit/ListLeases',
  uri: 'uri:/walletrpc.WalletKit/ListLeases',
  roles: ['readonly', 'onchain'],
  effect: 'read',
  otherRefusals: 'refused',
}

/** LND leaves out what has expired. */
export async function listLeases(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly CoinLease[]> {
  const { locked_utxos } = await connection.unary(listLeasesCall, {}, { signal })
  return locked_utxos.map(readLease)
}

function readLease({ id, outpoint, expiration }: UtxoLease): CoinLease {
  if (!outpoint) throw new TypeError('LND listed a lease without its outpoint')
  return {
    lockId: id.toString('hex'),
    outpoint: `${outpoint.txid_str}:${outpoint.output_index}`,
    expiresAt: secondsToTime(expiration),
  }
}
