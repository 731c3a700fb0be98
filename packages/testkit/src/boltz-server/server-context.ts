import type { Clock } from '@payment-node/core'
import type { BoltzFaults } from './faults.ts'
import type { BoltzChain, BoltzLightning, MusigSigner } from './ports.ts'
import type { SwapTree } from './swap-tree.ts'
import type { Updates } from './updates.ts'

/** What the server asks, and how long it waits. */
export interface BoltzSettings {
  /** Percent of the invoice's amount. */
  readonly feePercent: number
  /** What it takes for its lockup transaction, and what it thinks that a claim costs; sat. */
  readonly lockupFeeSat: number
  readonly claimFeeSat: number
  /** Limits of the invoice's amount, sat. */
  readonly minimumSat: number
  readonly maximumSat: number
  /** Blocks from the creation to the timeout. */
  readonly timeoutBlocks: number
  /** Blocks by which the held payment outlives the timeout. */
  readonly cltvMarginBlocks: number
}

/** A swap as the server keeps it; tests look into it. */
export interface BoltzSwap {
  readonly id: string
  readonly createdAt: number
  readonly createdAtHeight: number
  readonly paymentHash: string
  readonly claimPublicKey: string
  readonly invoice: string
  /** It is one of the server's own node; otherwise a fault took it from elsewhere. */
  readonly isInvoiceOurs: boolean
  readonly invoiceAmountSat: number
  readonly onchainAmountSat: number
  readonly expiresAt: number
  readonly timeoutHeight: number
  /** Of the server; hex. */
  readonly secretKey: string
  readonly publicKey: string
  /** The tree that the output commits to, whatever was told. */
  readonly tree: SwapTree
  /** Who signs together, in order. */
  readonly publicKeys: readonly string[]
  readonly internalKey: string
  readonly parity: number
  /** What an honest lockup pays. */
  readonly script: Uint8Array
  /** The answer to its creation, before anything garbled it. */
  readonly told: Readonly<Record<string, unknown>>
  /** How the server takes the lockup, from which height on. */
  readonly takeBack: { readonly leaf: 'refundLeaf' | 'extraLeaf'; readonly fromHeight: number }
  /** The preimage of another hash that was invoiced instead. */
  readonly stolenWith?: { readonly preimage: string; readonly paymentHash: string }
  metadata?: string
  status: string
  /** What is said instead of the status. */
  lie?: string
  /** Every status with its time, also those that nobody was told. */
  readonly history: { readonly status: string; readonly at: number }[]
  lockup?: BoltzLockup
  /** Its lockup waits for a late hour, or for nothing. */
  isLockupDelayed: boolean
  wasReorganized: boolean
  preimage: string | undefined
  isSettled: boolean
  refund?: { readonly hex: string; readonly transactionId: string }
  failureReason?: string
  readonly claims: BoltzClaimRequest[]
  /** The nonce that a harvester uses every time. */
  harvest?: { readonly publicNonce: string; readonly partialSignature: string }
  /** One step at a time. */
  turn: Promise<void>
}

/** Where the server has locked up. */
export interface BoltzLockup {
  readonly hex: string
  readonly transactionId: string
  readonly outputIndex: number
  readonly amountSat: bigint
  readonly script: Uint8Array
}

/** What a client has sent to have a claim signed. */
export interface BoltzClaimRequest {
  readonly preimage: string | undefined
  readonly transaction: string | undefined
  readonly publicNonce: string | undefined
  /** The client has sent this nonce before. */
  readonly isNonceRepeated: boolean
}

/** What the parts of the server share. */
export interface ServerContext {
  readonly lightning: BoltzLightning
  /** The client's own node, for the fault `invoice-own-node`. */
  readonly clientLightning: BoltzLightning | undefined
  readonly chain: BoltzChain
  readonly signer: MusigSigner
  readonly faults: BoltzFaults
  readonly clock: Clock
  readonly random: (bytes: number) => Uint8Array
  readonly settings: BoltzSettings
  readonly swaps: BoltzSwap[]
  readonly updates: Updates
  /** How often pairs were asked for. */
  pairReads: number
  isReachable: boolean
  /** Takes the swap's next step, after the one that is running. */
  tend(swap: BoltzSwap): Promise<void>
}

/** A refusal with its HTTP status. */
export class BoltzRefusal extends Error {
  readonly httpStatus: number
  readonly headers: Readonly<Record<string, string>>

  constructor(message: string, httpStatus = 400, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.httpStatus = httpStatus
    this.headers = headers
  }
}
