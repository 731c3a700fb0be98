import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readNumber } from '../read-number.ts'
import { integer } from '../wire-values.ts'

export const requiredReserveCall: Call<'/walletrpc.WalletKit/RequiredReserve'> = {
  path: '/walletrpc.WalletKit/RequiredReserve',
  uri: 'uri:/walletrpc.WalletKit/RequiredReserve',
  roles: ['readonly', 'onchain'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function requiredReserve(
  connection: Connection,
  additionalPublicChannels: number,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  const additional = readNumber(additionalPublicChannels, 'additionalPublicChannels', 0, 1_000_000)
  const request = { additional_public_channels: additional }
  const reply = await connection.unary(requiredReserveCall, request, { signal })
  return integer(reply.required_reserve)
}
