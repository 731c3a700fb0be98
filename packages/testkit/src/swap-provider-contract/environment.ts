import type {
  ClaimSignatureRequest,
  NewSwap,
  SelfCustodialSwapProvider,
  SwapTerms,
} from '@payment-node/core'
import type { BoltzFault } from '../boltz-server/faults.ts'

/**
 * What the contract needs around the plugin under test: a server of its protocol, whose conduct the contract
 * commands. `boltzEnvironment` of `@payment-node/testkit/boltz-server` is one for Boltz API v2.
 */
export interface SwapProviderEnvironment {
  /** The plugin anew, on the same server; it remembers nothing of the ones before. */
  connect(): SelfCustodialSwapProvider
  /** The server does these from now on, and nothing else that is wrong. */
  misbehave(...faults: readonly ProviderFault[]): void
  /** The faults that this server has; the rules about others are left out. */
  readonly faults: readonly ProviderFault[]
  /** How often a fault has happened. */
  struck(fault: ProviderFault): number
  /** Amounts that the server takes, in sat. */
  readonly amountSat: bigint
  /** A swap to create, with a hash and a key that nobody had before. */
  newSwap(): NewSwap
  /** What the server knows of its swaps, oldest first. */
  swaps(): readonly KnownSwap[]
  /** Pays a swap's invoice; resolves with the lockup transaction, hex, when the server tells it. */
  lockUp(providerId: string): Promise<string>
  /** A claim of a locked up swap, to be signed. */
  claimRequest(providerId: string): Promise<ClaimSignatureRequest>
}

/** A swap as the server has it, and as it would tell it honestly. */
export interface KnownSwap
  extends Pick<NewSwap, 'amountSat' | 'paymentHash' | 'claimPublicKey' | 'metadata'> {
  readonly expirySeconds: number
  readonly terms: Pick<
    SwapTerms,
    | 'providerId'
    | 'invoice'
    | 'lockupAddress'
    | 'refundPublicKey'
    | 'timeoutHeight'
    | 'onchainAmountSat'
    | 'leaves'
  >
}

/** What a server may do; the words are those of the fake Boltz server, which says what each of them means. */
export type ProviderFault =
  // Any request.
  | 'server-error'
  | 'not-json'
  | 'empty-answer'
  | 'cut-answer'
  | 'huge-answer'
  | 'deep-answer'
  | 'redirected'
  | 'vanished'
  | 'silent'
  | 'too-many-requests'
  // Prices and creation.
  | 'pairs-absurd'
  | 'pairs-empty'
  | 'creation-refused'
  | 'creation-conflict'
  | 'creation-answer-lost'
  | 'pair-hash-stale'
  | 'limits-change'
  | 'wrong-types'
  | 'negative-numbers'
  | 'huge-numbers'
  | 'hostile-id'
  | 'onchain-amount-missing'
  | 'miner-fee-invoice'
  | 'extra-leaf'
  // What it says of a swap.
  | 'status-unknown-swap'
  | 'status-unknown-word'
  | 'web-socket-refused'
  | 'web-socket-silent'
  | 'web-socket-drops'
  | 'web-socket-garbage'
  // The claim.
  | 'claim-refused'
  | 'claim-keeps-preimage'
  | 'no-partial-signature'
  // Restore.
  | 'restore-empty'

/** All that the contract knows to command. */
export const providerFaults: readonly ProviderFault[] = [
  // Any request.
  'server-error',
  'not-json',
  'empty-answer',
  'cut-answer',
  'huge-answer',
  'deep-answer',
  'redirected',
  'vanished',
  'silent',
  'too-many-requests',
  // Prices and creation.
  'pairs-absurd',
  'pairs-empty',
  'creation-refused',
  'creation-conflict',
  'creation-answer-lost',
  'pair-hash-stale',
  'limits-change',
  'wrong-types',
  'negative-numbers',
  'huge-numbers',
  'hostile-id',
  'onchain-amount-missing',
  'miner-fee-invoice',
  'extra-leaf',
  // What it says of a swap.
  'status-unknown-swap',
  'status-unknown-word',
  'web-socket-refused',
  'web-socket-silent',
  'web-socket-drops',
  'web-socket-garbage',
  // The claim.
  'claim-refused',
  'claim-keeps-preimage',
  'no-partial-signature',
  // Restore.
  'restore-empty',
] satisfies readonly BoltzFault[]
