/** The node's on-chain wallet: its coins, its transactions, what the chain asks. */
export interface OnchainWallet {
  /** A fresh address; every call uses one up (look-ahead is limited), so never call it per page view. */
  newAddress(type: 'taproot' | 'witness-public-key-hash', signal?: AbortSignal): Promise<string>
  /** The wallet's unspent outputs that nothing has locked, unconfirmed ones included. */
  unspent(signal?: AbortSignal): Promise<readonly WalletOutput[]>
  /** The wallet's transactions from block `fromHeight` on, oldest first, unconfirmed ones last. */
  transactions(fromHeight: number, signal?: AbortSignal): Promise<readonly WalletTransaction[]>
  /** sat/vB to confirm within `blocks` (at least 2); may be fractional; quality follows the chain backend. */
  estimateFeerate(blocks: number, signal?: AbortSignal): Promise<number>
  /**
   * sat that must stay in the wallet for bumping force closes when `additionalPublicChannels` more
   * were open (LND: 10,000 per public anchor channel, at most 100,000).
   */
  requiredReserve(additionalPublicChannels: number, signal?: AbortSignal): Promise<bigint>
  /**
   * Hands the raw bytes to the network. Safe to repeat; "already known" and "already confirmed" are
   * success. A refusal says `node.refused` (an input is spent, the fee is below what the mempool
   * takes); a lost reply leaves the outcome unknown.
   */
  publish(rawTransaction: Uint8Array, label: string, signal?: AbortSignal): Promise<void>
}

/**
 * Making transactions. Not used by this release; declared so that the ports can be reviewed together.
 * Money rule 6: fund, sign, STORE raw transaction and txid, publish; every retry publishes the same bytes.
 */
export interface TransactionFunding {
  /**
   * Selects and locks inputs under `lockId` (32 bytes, derived from our id) for `lockSeconds`, always
   * with a change output. Repeating with the same id may lock other inputs: release first.
   * Does not respect the anchor reserve: the caller checks it.
   */
  fund(request: FundTransaction, signal?: AbortSignal): Promise<FundedTransaction>
  /** Signs what was funded; nothing leaves. Deterministic for the same PSBT. */
  sign(psbt: Uint8Array, signal?: AbortSignal): Promise<SignedTransaction>
  /** Gives locked inputs back to the wallet. */
  release(lockId: Uint8Array, outpoints: readonly string[], signal?: AbortSignal): Promise<void>
}

/** What a transaction shall pay, and how its inputs are locked. */
export interface FundTransaction {
  /** Address → sat. One entry per address. */
  readonly outputs: Readonly<Record<string, bigint>>
  readonly satPerVbyte: number
  readonly lockId: Uint8Array
  readonly lockSeconds: number
  readonly minimumConfirmations: number
}

/** A PSBT with chosen inputs and change; `inputs` as `txid:index`. */
export interface FundedTransaction {
  readonly psbt: Uint8Array
  readonly inputs: readonly string[]
  readonly changeIndex: number
}

/** Ready to be stored, then published. */
export interface SignedTransaction {
  readonly rawTransaction: Uint8Array
  readonly transactionId: string
}

/** A transaction that touches the wallet. */
export interface WalletTransaction {
  readonly transactionId: string
  /** What the wallet gained; negative when it paid. Fees included. */
  readonly amountSat: bigint
  /** 0n when the wallet cannot know it (somebody else's transaction). */
  readonly feeSat: bigint
  /** 0 while it waits; negative never. */
  readonly confirmations: number
  readonly blockHeight?: number
  /** LND's own: `0:openchannel:…`, `0:closechannel:…`, `0:sweep`, `0:justicetx`. */
  readonly label: string
  /** Outpoints it spends, `txid:index`, the wallet's own and others. */
  readonly spends: readonly string[]
  /** Sum of all its outputs, the wallet's own and others: what is missing to the inputs is the fee. */
  readonly outputsSat: bigint
  /** The whole transaction, to be published again. */
  readonly rawTransaction: Uint8Array
}

/** An unspent output; `outpoint` is `txid:index`. */
export interface WalletOutput {
  readonly outpoint: string
  readonly amountSat: bigint
  readonly confirmations: number
  readonly address: string
}
