import { type ServiceError, status } from '@grpc/grpc-js'
import { PaymentNodeError } from '@payment-node/core'
import type { Call } from './call.ts'
import { channelMeanings, unreachableMeanings } from './error-meanings/channels.ts'
import { connectionMeanings } from './error-meanings/connection.ts'
import {
  certificateWords,
  credentialMeanings,
  macaroonWords,
  permissionWords,
} from './error-meanings/credentials.ts'
import { invoiceMeanings, malformed } from './error-meanings/invoices.ts'
import type { Fact, Meaning, Subject } from './error-meanings/meaning.ts'
import { onchainMeanings } from './error-meanings/onchain.ts'
import { paymentMeanings, refused } from './error-meanings/payments.ts'
import { lost } from './error-meanings/unavailable.ts'
import { walletStateMeanings } from './error-meanings/wallet-state.ts'

/** In this order; the first row that fits decides. */
const meanings: readonly Meaning[] = [
  ...credentialMeanings,
  ...connectionMeanings,
  // Before LND's own state: a peer could say anything of its own.
  ...channelMeanings,
  ...onchainMeanings,
  ...walletStateMeanings,
  ...invoiceMeanings,
  ...paymentMeanings,
  ...unreachableMeanings,
]

/** LND's own trouble in the middle of a call, which is no judgement about the call. */
const trouble =
  /database|no space left|input\/output error|too many open files|context (canceled|deadline exceeded)|tim(ed|e) ?out/i

/**
 * The library's error for what gRPC reported; anything else is returned as it is. Most errors of LND
 * have code 2 (unknown), so its words decide; they are those of LND 0.19 to 0.21.
 */
export function mapError(error: unknown, call: Call, subject: Subject = {}): unknown {
  if (!isServiceError(error)) return error
  const fact: Fact = { error, call, subject }
  const meaning = meanings.find((row) => fits(row, fact))
  return meaning ? meaning.make(fact) : otherRefusal(fact)
}

/** What LND's words mean that no row knows. */
function otherRefusal(fact: Fact): PaymentNodeError {
  if (fact.call.otherRefusals === 'unknown' || trouble.test(fact.error.details)) {
    return lost('overloaded', fact)
  }
  return fact.call.otherRefusals === 'malformed'
    ? malformed(fact, 'malformed')
    : refused(fact, 'other')
}

function fits({ code, words, calls }: Meaning, { call, error }: Fact): boolean {
  return (
    (code === undefined || code === error.code) &&
    (words === undefined || words.test(error.details)) &&
    (calls === undefined || calls.some((name) => call.path.endsWith(`/${name}`)))
  )
}

/** LND or TLS rejected a credential, which always happens before the call does anything. */
export function isCredentialRejected(error: unknown): boolean {
  if (!isServiceError(error)) return false
  const { code, details } = error
  return (
    (code === status.UNAVAILABLE && certificateWords.test(details)) ||
    (code === status.UNKNOWN && (macaroonWords.test(details) || permissionWords.test(details)))
  )
}

/** The caller's signal ended the wait; only for what cannot have changed anything. */
export function waitAborted(): PaymentNodeError<'wait.aborted'> {
  return new PaymentNodeError('wait.aborted', 'The call was ended by its signal.', {})
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error
}
