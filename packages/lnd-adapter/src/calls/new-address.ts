import { invalid } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'

export const newAddressCall: Call<'/lnrpc.Lightning/NewAddress'> = {
  path: '/lnrpc.Lightning/NewAddress',
  uri: 'uri:/lnrpc.Lightning/NewAddress',
  roles: ['onchain'],
  effect: 'write',
  otherRefusals: 'refused',
}

const types = {
  taproot: 'TAPROOT_PUBKEY',
  'witness-public-key-hash': 'WITNESS_PUBKEY_HASH',
} as const

export async function newAddress(
  connection: Connection,
  type: keyof typeof types,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (!Object.hasOwn(types, type)) {
    throw invalid('type', 'unknown', `must be ${Object.keys(types).join(' or ')}`)
  }
  return (await connection.unary(newAddressCall, { type: types[type] }, { signal })).address
}
