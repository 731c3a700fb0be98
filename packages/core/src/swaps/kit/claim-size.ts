/** With the provider's half of the signature, or alone with the preimage on chain. */
export type ClaimPath = 'cooperative' | 'script'

/** Bytes of version, lock time, two counts, outpoint, empty script and sequence. */
const frameBytes = 4 + 4 + 2 + 36 + 1 + 4
/** Bytes of an output's amount and script length. */
const outputFrameBytes = 8 + 1
/** Bytes of marker, flag and the count of witness items. */
const witnessFrameBytes = 3
/** Bytes of items with their lengths: a Schnorr signature; preimage, claim leaf and control block. */
const signatureBytes = 1 + 64
const scriptBytes = 1 + 32 + (1 + 61) + (1 + 65)

/** Virtual bytes of a claim that pays these scripts, rounded up: 99 and 140 with one P2WPKH output. */
export function claimVirtualBytes(path: ClaimPath, scripts: readonly Uint8Array[]): number {
  const witness = witnessFrameBytes + signatureBytes + (path === 'script' ? scriptBytes : 0)
  const outputs = scripts.reduce((sum, { length }) => sum + outputFrameBytes + length, 0)
  return Math.ceil((4 * (frameBytes + outputs) + witness) / 4)
}
