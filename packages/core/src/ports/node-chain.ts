/**
 * What the node's own view of the chain says about outputs that are not its wallet's (LND: `chainrpc`
 * RegisterConfirmationsNtfn, RegisterSpendNtfn): a swap's lockup is believed from here and from nowhere else.
 * Both streams first tell what has happened since `fromHeight`, then what happens; they end by throwing when
 * the connection is lost, and are asked for again.
 */
export interface ChainWatch {
  /**
   * Transactions with an output of exactly this script, once they have `confirmations`. A reorganization
   * that takes one out again is told, and then its next confirmation. Of several that pay the script LND tells
   * one: of those in blocks already the newest, else the first that comes. A transaction id asks for that one.
   */
  watchConfirmation(watched: WatchedOutput, signal: AbortSignal): AsyncIterable<OutputConfirmation>
  /** The confirmed transaction that spends an outpoint; and that a reorganization took it out again. */
  watchSpend(watched: WatchedOutpoint, signal: AbortSignal): AsyncIterable<OutpointSpend>
}

/** An output to wait for. */
export interface WatchedOutput {
  /** The output script, hex. */
  readonly script: string
  /** Only this transaction; left out: whichever pays the script. */
  readonly transactionId?: string
  /** 1 or more. */
  readonly confirmations: number
  /** The first block that may hold it. Too late a height misses it; 0 is slow. */
  readonly fromHeight: number
}

/** What became of a {@link WatchedOutput}. */
export type OutputConfirmation =
  | {
      readonly kind: 'confirmed'
      readonly transactionId: string
      readonly rawTransaction: Uint8Array
      readonly blockHeight: number
    }
  | { readonly kind: 'reorganized' }

/** An outpoint whose spending to wait for. */
export interface WatchedOutpoint {
  /** `txid:index` */
  readonly outpoint: string
  /** The script that it pays, hex. */
  readonly script: string
  readonly fromHeight: number
}

/** What became of a {@link WatchedOutpoint}. */
export type OutpointSpend =
  | {
      readonly kind: 'spent'
      readonly transactionId: string
      readonly rawTransaction: Uint8Array
      readonly inputIndex: number
      readonly blockHeight: number
    }
  | { readonly kind: 'reorganized' }
