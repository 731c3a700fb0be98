import { type Diagnosis, PaymentNodeError } from '@payment-node/core'
import type { Call, MethodPath, RequestOf, StreamPath, UnaryPath } from '../call.ts'
import {
  canBeAsked,
  checkMacaroonPermissionsCall,
  isAllowed,
} from '../calls/check-macaroon-permissions.ts'
import { getInfoCall } from '../calls/get-info.ts'
import type { Connection } from '../connection.ts'
import { isStream } from '../find-type.ts'
import { callsOf } from '../macaroon-permissions.ts'
import { readStream } from '../read-stream.ts'
import type { MacaroonRole } from '../roles.ts'
import { failed, failedBy, ok, warning } from './entry.ts'

type Verdict = 'allowed' | 'denied' | 'unknown'

/** Nothing of what this package does needs it, and who may do it may do everything. */
const everything = '/lnrpc.Lightning/BakeMacaroon'

/** `permissions`: what the wanted roles lack. `privilege`: whether the macaroon allows too much. */
export async function checkPermissions(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly Diagnosis[]> {
  try {
    const isAskable = await canBeAsked(connection, signal)
    const needed = callsOf(connection.options.roles)
    const verdicts = new Map<Call, Verdict>()
    // One after the other: a diagnosis must not load the node.
    for (const call of needed) {
      if (call === checkMacaroonPermissionsCall) continue
      const verdict = isAskable
        ? await ask(connection, call.path, signal)
        : await tryCall(connection, call, signal)
      verdicts.set(call, verdict)
    }
    return [
      report(verdicts, connection.options.roles),
      ...(isAskable ? [await checkPrivilege(connection, signal)] : []),
    ]
  } catch (error) {
    return [failedBy('permissions', error)]
  }
}

async function ask(
  connection: Connection,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  return (await isAllowed(connection, path, signal)) ? 'allowed' : 'denied'
}

/** By making the call, when it cannot change anything. Any answer but a denial is a permission. */
async function tryCall(
  connection: Connection,
  call: Call,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  if (call.effect === 'write') return 'unknown'
  try {
    if (isStream(call.path)) await subscribeOnce(connection, call as Call<StreamPath>, signal)
    else await connection.unary(call as Call<UnaryPath>, smallRequest(call), { signal })
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.macaroon-rejected')) return 'denied'
    if (PaymentNodeError.is(error, 'node.unavailable')) throw error
  }
  return 'allowed'
}

/** A request that finds nothing: old LNDs list everything when no limit is given. */
function smallRequest({ path }: Call): object {
  return smallRequests[path] ?? {}
}

const smallRequests: { readonly [P in MethodPath]?: RequestOf<P> } = {
  '/lnrpc.Lightning/ListPayments': { max_payments: 1n },
  '/lnrpc.Lightning/ListInvoices': { num_max_invoices: 1n },
  '/lnrpc.Lightning/ForwardingHistory': { num_max_events: 1 },
  // Later than any block.
  '/lnrpc.Lightning/GetTransactions': { start_height: 2 ** 31 - 1, end_height: -1 },
  '/lnrpc.Lightning/ListPeers': { latest_error: true },
  '/routerrpc.Router/TrackPaymentV2': { payment_hash: new Uint8Array(32) },
}

/**
 * A denial may come after the first batch. GetInfo on the same connection takes longer than that,
 * since its macaroon is looked at in the same way; ending the stream then shows what had come.
 */
async function subscribeOnce(
  connection: Connection,
  call: Call<StreamPath>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const stop = new AbortController()
  const reading = { signal: stop.signal, beside: 'streams', saysSubscribed: true } as const
  const batches = readStream(connection, call, smallRequest(call), reading)
  await batches.next()
  await connection.unary(getInfoCall, {}, { signal, besideStreams: true })
  stop.abort()
  await batches.next()
}

function report(verdicts: ReadonlyMap<Call, Verdict>, wanted: readonly MacaroonRole[]): Diagnosis {
  const uris = (verdict: Verdict): readonly Call[] =>
    [...verdicts].flatMap(([call, found]) => (found === verdict ? [call] : []))
  const denied = uris('denied')
  const unknown = uris('unknown')
  if (denied.length > 0) {
    const missing = denied.map(({ uri, roles }) => `${uri} (${roles.join(', ')})`).join(', ')
    const lacking = wanted.filter((role) => denied.some(({ roles }) => roles.includes(role)))
    return failed(
      'permissions',
      `The macaroon is not enough for ${lacking.join(', ')}. It does not allow: ${missing}.`,
      `Bake one with what macaroonPermissions lists for ${wanted.join(', ')}, or leave the roles that are not needed out of the option roles.`,
    )
  }
  if (unknown.length > 0) {
    return warning(
      'permissions',
      `Not known whether the macaroon allows: ${unknown.map(({ uri }) => uri).join(', ')}.`,
      'Allow uri:/lnrpc.Lightning/CheckMacaroonPermissions, and use LND 0.21, to have them checked.',
    )
  }
  return ok('permissions', `The macaroon allows all ${verdicts.size} calls that are needed.`)
}

async function checkPrivilege(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<Diagnosis> {
  if (!(await isAllowed(connection, everything, signal))) {
    return ok('privilege', 'The macaroon allows no more than it should.')
  }
  return warning(
    'privilege',
    'The macaroon allows everything, as admin.macaroon does.',
    'Bake one with macaroonPermissions and its own root key id, so that it can be revoked alone.',
  )
}
