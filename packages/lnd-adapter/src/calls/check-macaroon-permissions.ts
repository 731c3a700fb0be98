import { PaymentNodeError } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'

export const checkMacaroonPermissionsCall: Call<'/lnrpc.Lightning/CheckMacaroonPermissions'> = {
  path: '/lnrpc.Lightning/CheckMacaroonPermissions',
  uri: 'uri:/lnrpc.Lightning/CheckMacaroonPermissions',
  roles: ['readonly', 'receive', 'pay', 'channels', 'onchain', 'swaps'],
  effect: 'read',
  otherRefusals: 'refused',
}

/**
 * Whether {@link isAllowed} can be believed. An old LND (0.19) does not know the flag and finds any
 * genuine macaroon good for the empty list of permissions that is left; a method that does not exist
 * shows it. False also when the macaroon does not allow asking.
 */
export async function canBeAsked(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    return !(await isAllowed(connection, '/lnrpc.Lightning/DoesNotExist', signal))
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.macaroon-rejected')) return false
    throw error
  }
}

/** Whether our macaroon allows a method (`/lnrpc.Lightning/GetInfo`), without calling it. */
export async function isAllowed(
  connection: Connection,
  fullMethod: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { macaroon } = await connection.credentials()
  const request = { macaroon, fullMethod, check_default_perms_from_full_method: true }
  try {
    return (await connection.unary(checkMacaroonPermissionsCall, request, { signal })).valid
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.refused')) return false
    throw error
  }
}
