import { status } from '@grpc/grpc-js'
import { PaymentNodeError } from '@payment-node/core'
import type { Fact, Meaning } from './meaning.ts'
import { cause } from './unavailable.ts'

/** Node's words when TLS does not accept LND's certificate. */
export const certificateWords: RegExp =
  /^No connection established.*(certificate|self.signed|altnames|CERT_|unable to verify|unable to get (local )?issuer)/i

/** LND's interceptor and its macaroon library, before the call is looked at. */
export const macaroonWords: RegExp =
  /^(verification failed: |cannot (get|retrieve) macaroon|expected 1 macaroon, got \d|caveat ".*" not satisfied|unknown macaroon version|invalid ID$|encoding\/hex: |empty macaroon data|cannot determine data format|unmarshal v[12]: |unmarshal base64|bad macaroon|root key with id )/

/** The macaroon is genuine but does not allow the call. */
export const permissionWords: RegExp = /^permission denied$/

export const credentialMeanings: readonly Meaning[] = [
  { code: status.UNAVAILABLE, words: certificateWords, make: certificateRejected },
  { code: status.UNKNOWN, words: permissionWords, make: permissionDenied },
  { code: status.PERMISSION_DENIED, make: permissionDenied },
  { code: status.UNKNOWN, words: macaroonWords, make: macaroonRejected },
  { code: status.UNAUTHENTICATED, make: macaroonRejected },
]

function certificateRejected({ error }: Fact): PaymentNodeError {
  const isOtherName = /altnames/i.test(error.details)
  return new PaymentNodeError(
    'node.certificate-rejected',
    `The certificate that LND shows cannot be trusted: ${cause(error)}.`,
    { reason: isOtherName ? 'name-mismatch' : 'untrusted' },
    {
      advice: isOtherName
        ? "Add this host to LND's certificate (tlsextraip or tlsextradomain), or set serverName."
        : 'Give lnd() the current tls.cert of this LND; when it was not renewed, somebody may be in between.',
      cause: error,
    },
  )
}

function permissionDenied({ call, error }: Fact): PaymentNodeError {
  return new PaymentNodeError(
    'node.macaroon-rejected',
    `The macaroon does not allow ${call.path}.`,
    { reason: 'permission-denied', call: call.path },
    {
      advice: `Bake one with uri:${call.path}; macaroonPermissions lists what each role needs.`,
      cause: error,
    },
  )
}

function macaroonRejected({ call, error }: Fact): PaymentNodeError {
  return new PaymentNodeError(
    'node.macaroon-rejected',
    `LND does not accept the macaroon: ${error.details}.`,
    { reason: 'invalid', call: call.path },
    {
      advice:
        'Give lnd() a macaroon of this LND whose root key still exists and that has not expired.',
      cause: error,
    },
  )
}
