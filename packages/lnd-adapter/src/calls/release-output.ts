import { invalid, PaymentNodeError } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readLockId } from '../read-lock-id.ts'
import { readOutpoint, toOutpoint } from '../read-outpoint.ts'

export const releaseOutputCall: Call<'/walletrpc.WalletKit/ReleaseOutput'> = {
  path: '/walletrpc.WalletKit/ReleaseOutput',
  uri: 'uri:/walletrpc.WalletKit/ReleaseOutput',
  roles: ['onchain'],
  effect: 'write',
  otherRefusals: 'unknown',
}

/** One after the other. LND itself answers success for a coin that nobody holds. */
export async function releaseOutputs(
  connection: Connection,
  lockId: Uint8Array,
  outpoints: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const id = readLockId(lockId)
  if (!Array.isArray(outpoints)) throw invalid('outpoints', 'wrong-type', 'must be an array')
  const wanted = outpoints.map((outpoint) => toOutpoint(readOutpoint(outpoint, 'outpoints')))
  for (const outpoint of wanted) {
    try {
      await connection.unary(releaseOutputCall, { id, outpoint }, { signal })
    } catch (error) {
      if (!isNotHeld(error)) throw error
    }
  }
}

/** Spent and confirmed, or somebody else's: nothing of this id is left to give back. */
function isNotHeld(error: unknown): boolean {
  return PaymentNodeError.is(error, 'node.refused') && error.details.reason === 'not-held'
}
