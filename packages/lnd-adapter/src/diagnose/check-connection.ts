import { X509Certificate } from 'node:crypto'
import { type Diagnosis, PaymentNodeError } from '@payment-node/core'
import { getState } from '../calls/get-state.ts'
import type { Connection } from '../connection.ts'
import { notReady } from '../error-meanings/wallet-state.ts'
import { failedBy, ok, warning } from './entry.ts'

const day = 86_400_000

/** `reachable`, `certificate` and `wallet`: what needs no macaroon. */
export async function checkConnection(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly Diagnosis[]> {
  const { address } = connection.options
  try {
    const state = await getState(connection, { signal })
    const problem = notReady(state)
    return [
      ok('reachable', `LND answers at ${address}.`),
      await checkCertificate(connection),
      problem ? failedBy('wallet', problem) : ok('wallet', 'The wallet is open and LND is active.'),
    ]
  } catch (error) {
    const isCertificate = PaymentNodeError.is(error, 'node.certificate-rejected')
    return [failedBy(isCertificate ? 'certificate' : 'reachable', error)]
  }
}

async function checkCertificate(connection: Connection): Promise<Diagnosis> {
  const { certificate } = await connection.credentials()
  const end = Date.parse(new X509Certificate(certificate).validTo)
  const says = `The certificate is accepted; it ends on ${new Date(end).toISOString().slice(0, 10)}.`
  return end - Date.now() < 30 * day
    ? warning(
        'certificate',
        says,
        'Set tlsautorefresh, or delete tls.cert and tls.key and restart LND; give lnd() the new one.',
      )
    : ok('certificate', says)
}
