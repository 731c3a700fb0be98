import { type Outcome, PaymentNodeError, type SwapRefusal } from '@payment-node/core'

/** Why the daemon gave no usable answer. */
export type FailedReason =
  | 'unreachable'
  | 'deadline'
  | 'certificate-rejected'
  | 'macaroon-rejected'
  | 'credentials-unreadable'
  | 'bad-answer'
  | 'other-network'
  | 'duplicate-label'
  /** The daemon could not pay the swap server for the right to use it (L402). */
  | 'payment-required'
  /** The swap server did not answer the daemon. */
  | 'server-unreachable'
  | 'unsupported'
  | 'other'

const advice: Readonly<Record<FailedReason, string>> = {
  unreachable: 'Check that loopd runs and that its address (rpclisten) can be reached from here.',
  deadline: "Look at loopd's load and log.",
  'certificate-rejected':
    "Give loop() the current tls.cert of this loopd, or its certificate's serverName.",
  'macaroon-rejected': 'Give loop() the loop.macaroon of this loopd.',
  'credentials-unreadable': 'Check the certificate and macaroon options of loop().',
  'bad-answer': 'Compare the versions of loopd and of this package.',
  'other-network': 'Give loop() a daemon that works with the same LND as the payment node.',
  'duplicate-label': 'Look at loop listswaps: more than one swap runs under one id.',
  'payment-required': "loopd's L402 token was not accepted; see its log, and loop listauth.",
  'server-unreachable': "Try later; loopd's log says more.",
  unsupported: 'Update loopd.',
  other: "Look at loopd's log.",
}

/** The daemon gave no usable answer; `says` is a whole sentence. */
export function failed(
  provider: string,
  reason: FailedReason,
  outcome: Outcome,
  says: string,
  cause?: unknown,
): PaymentNodeError<'swap.provider-failed'> {
  return new PaymentNodeError(
    'swap.provider-failed',
    says,
    { provider, reason, outcome },
    { advice: advice[reason], ...(cause !== undefined && { cause }) },
  )
}

/** The daemon answers, and does not make the swap: nothing was started. */
export function refused(
  provider: string,
  reason: SwapRefusal,
  says: string,
  cause?: unknown,
): PaymentNodeError<'swap.refused'> {
  return new PaymentNodeError(
    'swap.refused',
    says,
    { provider, reason, outcome: 'none' },
    { ...(cause !== undefined && { cause }) },
  )
}
