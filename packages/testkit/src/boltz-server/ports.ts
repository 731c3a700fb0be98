/** A hold invoice as the server sees it. */
export type HoldState = 'open' | 'held' | 'settled' | 'canceled'

/** What the server invoices. */
export interface HoldInvoiceTerms {
  /** Hex. */
  readonly paymentHash: string
  /** null: the payer chooses. */
  readonly amountMsat: bigint | null
  readonly memo: string
  readonly expirySeconds: number
  /** Blocks. */
  readonly minFinalCltv: number
}

/** The server's Lightning node: hold invoices and nothing else. */
export interface BoltzLightning {
  /** 33 bytes, compressed, hex. */
  readonly publicKey: string
  /** Returns the BOLT11 text. */
  addHoldInvoice(terms: HoldInvoiceTerms): Promise<string>
  holdState(paymentHash: string): Promise<HoldState>
  /** Takes the held payment of this preimage (hex). Fails when nothing is held; safe to repeat. */
  settle(preimage: string): Promise<void>
  /** Sends a held payment back, or ends an open invoice; safe to repeat. */
  cancel(paymentHash: string): Promise<void>
  /** Calls `changed` whenever the invoice may have another state; returns what ends it. */
  watch(paymentHash: string, changed: () => void): () => void
}

/** An output to make. */
export interface BoltzOutput {
  readonly script: Uint8Array
  readonly amountSat: bigint
}

/** A transaction that somebody looked up. */
export interface BoltzTransaction {
  readonly transactionId: string
  readonly hex: string
  /** undefined: it waits for a block. */
  readonly blockHeight: number | undefined
}

/** The server's chain, with a wallet that pays the lockups. */
export interface BoltzChain {
  readonly network: 'regtest' | 'simnet'
  height(): Promise<number>
  /** sat/vB for the next blocks. */
  feerate(): Promise<number>
  /**
   * Signs a transaction with these outputs, in this order, and change anywhere among them; nothing is published.
   * With `rivalOf` (hex of a transaction of this wallet) it spends the same coins, so that only one can confirm.
   */
  makePayment(
    outputs: readonly BoltzOutput[],
    options?: { readonly rivalOf?: string; readonly satPerVbyte?: number },
  ): Promise<string>
  /** Hands a transaction (hex) to the network; returns its id. Fails when it is not taken. */
  publish(hex: string, options?: { readonly satPerVbyte?: number }): Promise<string>
  find(transactionId: string): Promise<BoltzTransaction | undefined>
  /** What spends an outpoint (`txid:index`), in the mempool or in a block from `fromHeight` on. */
  findSpending(outpoint: string, fromHeight: number): Promise<BoltzTransaction | undefined>
  /** A script of the wallet, for what is taken back. */
  walletScript(): Promise<Uint8Array>
  /** Calls `changed` with new blocks and transactions; returns what ends it. */
  watch(changed: () => void): () => void

  /** A rival of a waiting transaction takes its place: it is in a block before the other can be. */
  replace(rivalHex: string): Promise<void>
  /** The mempool forgets a transaction. Left out: this chain cannot. */
  evict?(transactionId: string): Promise<void>
  /** The newest blocks give way to others, with `rivalHex` in the first one. Left out: this chain cannot. */
  reorganize?(depth: number, rivalHex?: string): Promise<void>
}

/** Who signs together, in this order, and the tree that their key is tweaked with. */
export interface MusigKeys {
  /** Compressed, hex; the server's first. */
  readonly publicKeys: readonly string[]
  /** 32 bytes, hex; empty: not tweaked. */
  readonly merkleRoot: string
}

/** The aggregated key of a taproot output. */
export interface AggregatedKey {
  /** x only, hex. */
  readonly internalKey: string
  readonly outputKey: string
  readonly parity: number
}

/** What the server signs. */
export interface PartialSigning extends MusigKeys {
  /** 32 bytes, hex. */
  readonly secretKey: string
  readonly message: string
  /** The other party's public nonce, 66 bytes, hex. */
  readonly theirNonce: string
}

/** The server's half, hex. */
export interface SignedHalf {
  readonly publicNonce: string
  readonly partialSignature: string
}

/**
 * The server's half of MuSig2 (BIP327). `createMusigSigner` is one; the program `regtest/go-musig2` (btcd) is another,
 * and the first is held to what the second has recorded.
 */
export interface MusigSigner {
  aggregate(keys: MusigKeys): Promise<AggregatedKey>
  /** With a fresh nonce each time. */
  sign(signing: PartialSigning): Promise<SignedHalf>
}
