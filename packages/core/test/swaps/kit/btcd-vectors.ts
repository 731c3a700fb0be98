import { readFileSync } from 'node:fs'

/** A swap as btcd made it. */
export interface SwapVector {
  readonly name: string
  readonly serverSecretKey: string
  readonly serverPublicKey: string
  readonly clientSecretKey: string
  readonly clientPublicKey: string
  readonly preimage: string
  readonly paymentHash: string
  readonly timeoutHeight: number
  readonly claimLeaf: {
    readonly script: string
    readonly hash: string
    readonly controlBlock: string
  }
  readonly refundLeaf: { readonly script: string; readonly hash: string }
  readonly internalKey: string
  readonly outputKey: string
  readonly parity: number
  readonly addresses: Readonly<Record<string, string>>
  readonly lockup: {
    readonly transaction: string
    readonly transactionId: string
    readonly outputIndex: number
    readonly amountSat: number
    readonly script: string
  }
  readonly claim: {
    readonly unsigned: string
    readonly destinationScript: string
    readonly amountSat: number
    readonly keyPathSighash: string
    readonly claimLeafSighash: string
    readonly cooperative: string
    readonly scriptPath: string
  }
  readonly session: {
    readonly serverSecretNonce: string
    readonly serverPublicNonce: string
    readonly clientPublicNonce: string
    readonly serverPartialSignature: string
  }
}

/** Written by `regtest/go-musig2`. */
export const swapVectors: readonly SwapVector[] = JSON.parse(
  readFileSync(new URL('../vectors/boltz.json', import.meta.url), 'utf8'),
).swaps
