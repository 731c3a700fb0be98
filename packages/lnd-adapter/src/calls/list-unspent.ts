import type { WalletOutput } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { Utxo } from '../generated/messages.ts'
import { integer, smallInteger } from '../wire-values.ts'

export const listUnspentCall: Call<'/walletrpc.WalletKit/ListUnspent'> = {
  path: '/walletrpc.WalletKit/ListUnspent',
  uri: 'uri:/walletrpc.WalletKit/ListUnspent',
  roles: ['readonly', 'onchain'],
  effect: 'read',
  otherRefusals: 'refused',
}

/** LND leaves out what is leased. Only its own account: it cannot sign for imported ones. */
export async function listUnspent(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly WalletOutput[]> {
  const request = { min_confs: 0, max_confs: 0, account: 'default' }
  const { utxos } = await connection.unary(listUnspentCall, request, { signal })
  return utxos.map(readOutput)
}

function readOutput({ outpoint, amount_sat, confirmations, address }: Utxo): WalletOutput {
  if (!outpoint) throw new TypeError('LND listed an output without its outpoint')
  return {
    outpoint: `${outpoint.txid_str}:${outpoint.output_index}`,
    amountSat: integer(amount_sat),
    confirmations: smallInteger(confirmations),
    address,
  }
}
