import type { Context, Identity } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'

/**
 * Makes sure that the LND which answers is ours: behind the same address there may be another one, whose
 * channels and payments say nothing about these books. Throws `node.unavailable`.
 */
export async function confirmNode(
  context: Context,
  identity: Identity,
  signal?: AbortSignal,
): Promise<void> {
  const { publicKey, network } = await context.lightning.getInfo(signal)
  if (publicKey === identity.publicKey && network === identity.network) return
  context.live.checkConnection()
  throw new PaymentNodeError(
    'node.unavailable',
    'Another Lightning node answers; it is not compared with these books.',
    { reason: 'misconfigured', outcome: 'none' },
  )
}
