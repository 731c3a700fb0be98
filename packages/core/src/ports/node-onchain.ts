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
   * sat/vB below which the node's own mempool takes no transaction; 0 when it does not say (LND before 0.18).
   * Left out: nobody can say.
   */
  minimumFeerate?(signal?: AbortSignal): Promise<number>
  /**
   * sat that must stay in the wallet for bumping force closes when `additionalPublicChannels` more
   * were open (LND: 10,000 per public anchor channel, at most 100,000).
   */
  requiredReserve(additionalPublicChannels: number, signal?: AbortSignal): Promise<bigint>
  /**
   * Hands the raw bytes to the network. Safe to repeat; "already known" and "already confirmed" are
   * success, and a child may come before its parent. A refusal says `node.refused`: `input-spent` (by
   * a transaction in a block or only in the mempool: it does not say that it is over), `fee-too-low`,
   * `rejected` (by policy; with btcd also for too low a fee), `malformed`. A lost reply leaves the
   * outcome unknown.
   */
  publish(rawTransaction: Uint8Array, label: string, signal?: AbortSignal): Promise<void>
}

/**
 * Making transactions from the wallet's coins (LND: FundPsbt, FinalizePsbt, ReleaseOutput, ListLeases).
 * Money rule 6: fund, sign, STORE raw transaction and txid, publish ({@link OnchainWallet.publish});
 * every retry publishes the same bytes. Nothing here reaches the network.
 *
 * A refusal is `node.refused` with one of {@link FundingRefusal} as `details.reason`. Nothing is locked then.
 */
export interface TransactionFunding {
  /**
   * Chooses coins (or takes `coins`), adds a fresh taproot change output of the wallet, and locks the
   * inputs under `lockId` for `lockSeconds`, also across restarts of the node.
   *
   * Repeating with the same id is NOT recognised: it locks other coins on top. After a lost reply
   * (`outcome: 'unknown'`) look at {@link leases} and {@link release} what this id holds, then fund
   * again. Does not respect the anchor reserve, and has no limit for the fee: the caller checks both
   * before it signs.
   */
  fund(request: FundTransaction, signal?: AbortSignal): Promise<FundedTransaction>
  /**
   * Signs what was funded; nothing leaves, nothing is remembered. The same PSBT gives the same bytes
   * whenever it is signed, even when its inputs are spent by now. Refused `malformed` for what is no
   * unsigned PSBT, and `other` for inputs that are not the wallet's.
   */
  sign(psbt: Uint8Array, signal?: AbortSignal): Promise<SignedTransaction>
  /**
   * Gives locked inputs back to the wallet. Safe to repeat: what `lockId` does not hold (free, spent,
   * unknown, or held by another id, which keeps it) is left alone. Only for a transaction that will never
   * be published: its inputs can be chosen again from now on.
   */
  release(lockId: Uint8Array, outpoints: readonly string[], signal?: AbortSignal): Promise<void>
  /**
   * Everything that is locked now, by whatever program (channel fundings too). A lock outlives the
   * publishing and ends with the first confirmation of the spending, with its time, or with `release`;
   * until then LND counts the coin as `locked` although it is spent.
   */
  leases(signal?: AbortSignal): Promise<readonly CoinLease[]>
}

/** Why the node does not fund or sign. */
export type FundingRefusal =
  /** The free coins (or the given ones) do not pay for the outputs and the fee. */
  | 'wallet-too-small'
  /** A given coin is spent, locked, not ours, or has too few confirmations. */
  | 'outpoints-unavailable'
  /** What is left would be dust: the transaction would have no change, so that no child could speed it up. */
  | 'no-change'
  /** An output is below what relays (taproot 330 sat, P2WPKH 294 sat). */
  | 'dust'
  /** Not an address of this network. */
  | 'bad-address'
  /** These bytes are no unsigned PSBT. */
  | 'malformed'
  | 'other'

/** What a transaction shall pay, and how its inputs are locked. */
export interface FundTransaction {
  /** Address → sat. One entry per address. May be empty with `coins`: then all of it but the fee is change. */
  readonly outputs: Readonly<Record<string, bigint>>
  /** At least 0.1; rounded down to 0.004 (sat per 1000 weight units). */
  readonly satPerVbyte: number
  /** 32 bytes, derived from our id. */
  readonly lockId: Uint8Array
  /** Whole seconds, at least 1. */
  readonly lockSeconds: number
  /** Of each input; 0 allows unconfirmed ones. */
  readonly minimumConfirmations: number
  /**
   * Exactly these inputs (`txid:index`) and no others, such as the change of a transaction that its
   * child shall speed up (CPFP). Such a transaction signals that it may be replaced (BIP125); one whose
   * inputs the wallet chose does not.
   */
  readonly coins?: readonly string[]
}

/** A PSBT with its inputs and change; inputs and outputs are in the order of BIP69. */
export interface FundedTransaction {
  readonly psbt: Uint8Array
  /** `txid:index`, all of them locked now. */
  readonly inputs: readonly string[]
  /** Which output is the change. */
  readonly changeIndex: number
  readonly changeSat: bigint
  /** Inputs minus outputs. */
  readonly feeSat: bigint
}

/** Ready to be stored, then published. */
export interface SignedTransaction {
  readonly rawTransaction: Uint8Array
  readonly transactionId: string
  /** Virtual bytes (BIP141), rounded up. */
  readonly virtualBytes: number
}

/** A coin that somebody keeps for a transaction. */
export interface CoinLease {
  /** Hex of 32 bytes. LND's own for channel fundings is `ede19a92…`. */
  readonly lockId: string
  /** `txid:index` */
  readonly outpoint: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
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
