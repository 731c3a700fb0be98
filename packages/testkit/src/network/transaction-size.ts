/** What LND's wallet has: the two sorts of coins whose addresses it gives out. */
export type CoinKind = 'taproot' | 'witness-public-key-hash'

// Bytes of an input without its witness: outpoint, empty script, sequence.
const inputBytes = 41
// Amount and the length of the script.
const outputBytes = 9
/** A taproot output script. */
export const changeScriptBytes = 34

/** Weight of an input's witness as LND's wallet reckons it (the longest), and as it becomes (on average). */
const witnesses: Readonly<Record<CoinKind, { reckoned: number; real: number }>> = {
  taproot: { reckoned: 67, real: 66 },
  'witness-public-key-hash': { reckoned: 109, real: 108 },
}

/** Virtual bytes for which LND's wallet charges: at most one or two more than it will have. */
export function reckonedBytes(inputs: readonly CoinKind[], scripts: readonly number[]): number {
  // The wallet counts the witnesses once more, and rounds up.
  const witness = 3 + inputs.reduce((sum, kind) => sum + witnesses[kind].reckoned, 0)
  return plainBytes(inputs, scripts) + Math.floor((witness + 3) / 4)
}

/** Virtual bytes of the signed transaction (BIP141). */
export function signedBytes(inputs: readonly CoinKind[], scripts: readonly number[]): number {
  const witness = 2 + inputs.reduce((sum, kind) => sum + witnesses[kind].real, 0)
  return plainBytes(inputs, scripts) + Math.ceil(witness / 4)
}

/** `scripts`: bytes of each output's script, the change included. */
function plainBytes(inputs: readonly CoinKind[], scripts: readonly number[]): number {
  const outputs = scripts.reduce((sum, bytes) => sum + outputBytes + bytes, 0)
  return (
    8 +
    countBytes(inputs.length) +
    countBytes(scripts.length) +
    inputs.length * inputBytes +
    outputs
  )
}

function countBytes(count: number): number {
  return count < 0xfd ? 1 : 3
}

/** Below this an output does not relay (3 sat/vB for making and spending it), in sat. */
export function dustSat(script: Uint8Array): bigint {
  const isWitness =
    script.length >= 4 && (script[0] === 0 || (script[0]! >= 0x51 && script[0]! <= 0x60))
  const spending = isWitness ? 67 : 148
  return BigInt(3 * (outputBytes + script.length + spending))
}
