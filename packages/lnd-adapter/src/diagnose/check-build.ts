import { type Diagnosis, PaymentNodeError } from '@payment-node/core'
import { buildTags } from '../calls/get-version.ts'
import type { Connection } from '../connection.ts'
import { failed, failedBy, ok, warning } from './entry.ts'

/** `build`: LND can be built without the service that cancels invoices. */
export async function checkBuild(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly Diagnosis[]> {
  try {
    const tags = await buildTags(connection, signal)
    if (tags.includes('invoicesrpc'))
      return [ok('build', 'All services that are used are built in.')]
    return [
      failed(
        'build',
        'This LND was built without invoicesrpc: invoices cannot be canceled.',
        'Use a release build of LND, or build with tags="invoicesrpc".',
      ),
    ]
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.macaroon-rejected')) return [failedBy('build', error)]
    return [warning('build', 'The build tags are not known.', error.advice)]
  }
}
