import { type Outcome, PaymentNodeError, type UnavailableReason } from '@payment-node/core'
import type { Fact } from './meaning.ts'

const advice: Readonly<Record<UnavailableReason, string>> = {
  'not-started': 'Start the node.',
  unreachable: 'Check that LND runs and that its address (rpclisten) can be reached from here.',
  locked:
    'Unlock the wallet: lncli unlock, or set wallet-unlock-password-file so that LND does it at each start.',
  'wallet-missing': 'Create or restore the wallet with lncli create.',
  starting: 'Wait; when it lasts, check that the chain backend of LND is synced.',
  'waiting-to-start': 'This LND is a standby: another one of its cluster is the leader.',
  'not-synced': 'Wait until LND has caught up with the chain.',
  deadline: "Look at LND's load and log.",
  'permission-denied': 'Bake a macaroon with the permissions that this needs.',
  'certificate-rejected': 'Give lnd() the current tls.cert of this LND.',
  misconfigured:
    'Check that the address is the gRPC port of LND (rpclisten), not REST or another program.',
  overloaded: "Look at the disk, the database and the log of LND's machine.",
}

/** LND cannot be used now; `says` is a whole sentence. */
export function unavailable(
  reason: UnavailableReason,
  outcome: Outcome,
  says: string,
  cause?: unknown,
): PaymentNodeError<'node.unavailable'> {
  return new PaymentNodeError(
    'node.unavailable',
    says,
    { reason, outcome },
    { advice: advice[reason], ...(cause === undefined ? {} : { cause }) },
  )
}

/** A call that ended without LND's answer. */
export function lost(reason: UnavailableReason, fact: Fact): PaymentNodeError<'node.unavailable'> {
  const { call, error } = fact
  return unavailable(
    reason,
    call.effect === 'read' || wasNeverSent(error.details) ? 'none' : 'unknown',
    `${call.path} was not completed: ${cause(error)}.`,
    error,
  )
}

/** What gRPC says, without its framing around the errors of a connection that never came to be. */
export function cause({ details }: Fact['error']): string {
  const inner =
    /^No connection established\. Last error: (?:Error: )?(.*?)\.? Resolution note: /.exec(details)
  return (inner?.[1] ?? details.replace(/\.$/, '')) || 'the connection ended'
}

/**
 * gRPC had no connection to send the call on. Its own words are the only sign; should they change,
 * the outcome becomes `unknown`, which is the safe side.
 */
export function wasNeverSent(words: string): boolean {
  return /^No connection established|^Name resolution failed|,(Waiting for LB pick|waiting for name resolution)$/.test(
    words,
  )
}
