import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readNumber } from '../read-number.ts'
import { smallInteger } from '../wire-values.ts'

export const estimateFeeCall: Call<'/walletrpc.WalletKit/EstimateFee'> = {
  path: '/walletrpc.WalletKit/EstimateFee',
  uri: 'uri:/walletrpc.WalletKit/EstimateFee',
  roles: ['readonly', 'onchain'],
  effect: 'read',
  otherRefusals: 'refused',
}

/** sat/vB; a virtual byte is 4 weight units. LND before 0.20 refuses a target of 1 block. */
export async function estimateFeerate(
  connection: Connection,
  blocks: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const request = { conf_target: readNumber(blocks, 'blocks', 2, 1008) }
  const { sat_per_kw } = await connection.unary(estimateFeeCall, request, { signal })
  return (smallInteger(sat_per_kw) * 4) / 1000
}

/** Blocks; any target is answered with the same minimum. */
const anyTarget = 144

/** sat/vB that the node's mempool takes at least; 0 from an LND before 0.18. */
export async function minimumFeerate(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<number> {
  const request = { conf_target: anyTarget }
  const reply = await connection.unary(estimateFeeCall, request, { signal })
  return (smallInteger(reply.min_relay_fee_sat_per_kw) * 4) / 1000
}
