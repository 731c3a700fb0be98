import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'

export const getVersionCall: Call<'/verrpc.Versioner/GetVersion'> = {
  path: '/verrpc.Versioner/GetVersion',
  uri: 'uri:/verrpc.Versioner/GetVersion',
  roles: ['readonly', 'receive', 'pay', 'channels', 'onchain', 'swaps'],
  effect: 'read',
  otherRefusals: 'refused',
}

/** The build tags say which services this LND was built with. */
export async function buildTags(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  return (await connection.unary(getVersionCall, {}, { signal })).build_tags
}
