import { channelInvariants } from './channel-invariants.ts'
import { counterInvariants } from './counter-invariants.ts'
import { daemonInvariants } from './daemon-invariants.ts'
import { eventInvariants } from './event-invariants.ts'
import type { Invariant } from './invariant.ts'
import { invoiceInvariants } from './invoice-invariants.ts'
import { ledgerInvariants } from './ledger-invariants.ts'
import { onchainInvariants } from './onchain-invariants.ts'
import { operatorInvariants } from './operator-invariants.ts'
import { partnerInvariants } from './partner-invariants.ts'
import { payoutInvariants } from './payout-invariants.ts'
import { processInvariants } from './process-invariants.ts'
import { proofInvariants } from './proof-invariants.ts'
import { sendingInvariants } from './sending-invariants.ts'
import { stateInvariants } from './state-invariants.ts'
import { swapInvariants } from './swap-invariants.ts'
import { webhookInvariants } from './webhook-invariants.ts'

/** Every promise that is checked in every run; cheap and telling ones first. */
export const allInvariants: readonly Invariant[] = [
  ...ledgerInvariants,
  ...stateInvariants,
  ...payoutInvariants,
  ...sendingInvariants,
  ...invoiceInvariants,
  ...eventInvariants,
  ...processInvariants,
  ...counterInvariants,
  ...channelInvariants,
  ...proofInvariants,
  ...onchainInvariants,
  ...partnerInvariants,
  ...webhookInvariants,
  ...operatorInvariants,
  ...swapInvariants,
  ...daemonInvariants,
]
