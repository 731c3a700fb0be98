/**
 * The node's on-chain wallet. Not used by this release; declared so that the ports can be reviewed
 * together. Money rule 6: fund, sign, STORE raw transaction and txid, publish; every retry publishes
 * the same bytes.
 */
export interface OnchainWallet {
  /** A fresh address; every call uses one up (look-ahead is limited), so never call it per page view. */
  newAddress(type: 'taproot' | 'witness-public-key-hash', signal?: AbortSignal): Promise<string>
  /**
   * Selects and locks inputs under `lockId` (32 bytes, derived from our id) for `lockSeconds`, always
   * with a change output. Repeating with the same id may lock other inputs: release first.
   * Does not respect the anchor reserve: the caller checks it.
   */
  fund(request: FundTransaction, signal?: AbortSignal): Promise<FundedTransaction>
  /** Signs what was funded; nothing leaves. Deterministic for the same PSBT. */
  sign(psbt: Uint8Array, signal?: AbortSignal): Promise<SignedTransaction>
  /**
   * Hands the raw bytes to the network. Safe to repeat; "already known" and "already confirmed" are
   * success. A refusal says `node.refused`; a lost reply leaves the outcome unknown.
   */
  publish(rawTransaction: Uint8Array, label: string, signal?: AbortSignal): Promise<void>
  /** Gives locked inputs back to the wallet. */
  release(lockId: Uint8Array, outpoints: readonly string[], signal?: AbortSignal): Promise<void>
  /** The wallet's transactions from `fromHeight` on, unconfirmed ones included. */
  transactions(fromHeight: number, signal?: AbortSignal): Promise<readonly WalletTransaction[]>
  /** The wallet's unspent outputs. */
  unspent(signal?: AbortSignal): Promise<readonly WalletOutput[]>
  /** sat/vB for `blocks`; quality follows the chain backend. */
  estimateFeerate(blocks: number, signal?: AbortSignal): Promise<number>
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
  readonly amountSat: bigint
  readonly feeSat: bigint
  readonly confirmations: number
  readonly blockHeight?: number
  readonly label: string
}

/** An unspent output; `outpoint` is `txid:index`. */
export interface WalletOutput {
  readonly outpoint: string
  readonly amountSat: bigint
  readonly confirmations: number
  readonly address: string
}
