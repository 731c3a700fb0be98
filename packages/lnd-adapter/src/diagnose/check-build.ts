import { type Diagnosis, PaymentNodeError } from '@payment-node/core'
import { buildTags } from '../calls/get-version.ts'
import type { Connection } from '../connection.ts'
import { callsOf } from '../macaroon-permissions.ts'
import { failed, failedBy, ok, warning } from './entry.ts'

/** Services that LND can be built without, by their build tag, and what is then missing. */
const optional: Readonly<Record<string, string>> = {
  invoicesrpc: 'invoices cannot be canceled',
  walletrpc: 'the on-chain wallet cannot be used',
  chainrpc: 'lockups of swaps cannot be watched',
}

/** `build`: whether all services that the wanted roles use are built in. */
export async function checkBuild(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly Diagnosis[]> {
  try {
    const tags = await buildTags(connection, signal)
    const used = callsOf(connection.options.roles).map(({ path }) => path)
    const missing = Object.keys(optional).filter(
      (tag) => !tags.includes(tag) && used.some((path) => path.startsWith(`/${tag}.`)),
    )
    if (missing.length === 0) return [ok('build', 'All services that are used are built in.')]
    return [
      failed(
        'build',
        `This LND was built without ${missing.join(' and ')}: ${missing.map((tag) => optional[tag]).join(', and ')}.`,
        `Use a release build of LND, or build with tags="${missing.join(' ')}".`,
      ),
    ]
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.macaroon-rejected')) return [failedBy('build', error)]
    return [warning('build', 'The build tags are not known.', error.advice)]
  }
}
