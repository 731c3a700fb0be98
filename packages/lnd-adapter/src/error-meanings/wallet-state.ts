import { status } from '@grpc/grpc-js'
import { PaymentNodeError } from '@payment-node/core'
import type { WalletState } from '../generated/messages.ts'
import type { Meaning } from './meaning.ts'
import { lost, unavailable } from './unavailable.ts'

/** LND's interceptors while it is not ready: they refuse before the call is looked at. */
export const walletStateMeanings: readonly Meaning[] = [
  { words: /^wallet locked, unlock it/, make: () => notReady('LOCKED')! },
  { words: /^wallet not created/, make: () => notReady('NON_EXISTING')! },
  { words: /^waiting to start/, make: () => notReady('WAITING_TO_START')! },
  { words: /in the process of starting/, make: () => notReady('UNLOCKED')! },
  { words: /shutting down|^server exiting|^shutdown$/i, make: (fact) => lost('unreachable', fact) },
  {
    code: status.UNIMPLEMENTED,
    make: ({ call }) =>
      new PaymentNodeError(
        'node.unsupported',
        `This LND was built without ${call.path}.`,
        { call: call.path },
        { advice: 'Use a release build of LND, or one with the same build tags.' },
      ),
  },
]

/** Why LND cannot be used in this state of its wallet; undefined when it can. */
export function notReady(state: WalletState): PaymentNodeError<'node.unavailable'> | undefined {
  switch (state) {
    case 'SERVER_ACTIVE':
      return undefined
    case 'LOCKED':
      return unavailable('locked', 'none', "LND's wallet is locked.")
    case 'NON_EXISTING':
      return unavailable('wallet-missing', 'none', 'LND has no wallet yet.')
    case 'WAITING_TO_START':
      return unavailable('waiting-to-start', 'none', 'LND waits to become the leader.')
    default:
      return unavailable('starting', 'none', `LND is starting (state ${state}).`)
  }
}
