import { chainFaults } from './chain-faults.ts'
import { channelFaults } from './channel-faults.ts'
import { clockFaults } from './clock-faults.ts'
import { counterFaults } from './counter-faults.ts'
import { crashFaults } from './crash-faults.ts'
import { daemonFaults } from './daemon-faults.ts'
import type { FaultKind } from './fault.ts'
import { hostFaults } from './host-faults.ts'
import { lostCoinFaults } from './lost-coin-faults.ts'
import { nodeFaults } from './node-faults.ts'
import { onchainFaults } from './onchain-faults.ts'
import { payerFaults } from './payer-faults.ts'
import { peerFaults } from './peer-faults.ts'
import { processFaults } from './process-faults.ts'
import { replyFaults } from './reply-faults.ts'
import { storageFaults } from './storage-faults.ts'
import { swapFaults } from './swap-faults.ts'
import { webFaults } from './web-faults.ts'

/** Every kind that a plan can name; a new family is one more line here. */
export const allFaultKinds: readonly FaultKind[] = [
  ...crashFaults,
  ...storageFaults,
  ...replyFaults,
  ...nodeFaults,
  ...clockFaults,
  ...chainFaults,
  ...peerFaults,
  ...payerFaults,
  ...processFaults,
  ...hostFaults,
  ...counterFaults,
  ...channelFaults,
  ...webFaults,
  ...onchainFaults,
  ...lostCoinFaults,
  ...swapFaults,
  ...daemonFaults,
]
