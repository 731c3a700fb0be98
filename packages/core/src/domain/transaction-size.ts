/** The kinds of script that an output can pay to, by their usual names. */
export type OutputType = 'p2pkh' | 'p2sh' | 'p2wpkh' | 'p2wsh' | 'p2tr'

/** What a transaction spends and pays, for its size. */
export interface TransactionShape {
  /** Coins of the wallet. */
  readonly inputs: number
  /** Every output, the change among them. */
  readonly outputs: readonly OutputType[]
}

/** Bytes of an output: its amount (8), the length of its script (1) and the script. */
const outputBytes: Readonly<Record<OutputType, number>> = {
  p2pkh: 34,
  p2sh: 32,
  p2wpkh: 31,
  p2wsh: 43,
  p2tr: 43,
}

/**
 * Satoshi below which nodes do not relay an output (`dustrelayfee` of 3 sat/vB: what creating and spending
 * it costs; BOLT 3 lists the same figures).
 */
const dustLimit: Readonly<Record<OutputType, bigint>> = {
  p2pkh: 546n,
  p2sh: 540n,
  p2wpkh: 294n,
  p2wsh: 330n,
  p2tr: 330n,
}

/** Weight units: version (4 bytes), lock time (4 bytes), and the marker and flag of the witness. */
const frameWeight = 4 * 8 + 2
/**
 * Weight units of an input of the widest usual kind of LND's wallet (P2WPKH): outpoint, empty script and
 * sequence (41 bytes), and a witness of a signature and a key. A taproot input has 230.
 */
const inputWeight = 4 * 41 + 108

/** LND's change goes to a taproot output. */
export const changeType: OutputType = 'p2tr'

/** A transaction planned for this share of a limit stays within it, whatever LND charges for. */
const chargeable = 0.97

/**
 * What LND is asked for, in sat/vB, so that what is paid per real virtual byte stays below the hard ceiling: its
 * wallet charges for a byte or two more than the transaction will have, which is at most 2 % of the smallest one.
 */
export function askableFeerate(satPerVbyte: number, hardCeiling: number): number {
  return Math.min(satPerVbyte, hardCeiling * chargeable)
}

/**
 * The most that a transaction may cost as it is planned, at `satPerVbyte`, so that what LND charges for it stays
 * within `limitSat`. At the hard ceiling all of the limit, since less is asked for there.
 */
export function plannableFeeSat(
  limitSat: bigint,
  satPerVbyte: number,
  hardCeiling: number,
): bigint {
  const share = (satPerVbyte * chargeable) / askableFeerate(satPerVbyte, hardCeiling)
  return BigInt(Math.floor(Number(limitSat) * share))
}

/** Virtual bytes that LND charges for a child that spends a change output, by key, into another one: it has one less. */
export const childBytes = 112

/** Virtual bytes of a transaction that spends the wallet's coins, rounded up; never less than it will have. */
export function virtualBytesOf({ inputs, outputs }: TransactionShape): number {
  const counts = 4 * (countBytes(inputs) + countBytes(outputs.length))
  const paid = outputs.reduce((sum, type) => sum + 4 * outputBytes[type], 0)
  return Math.ceil((frameWeight + counts + inputs * inputWeight + paid) / 4)
}

/** Bytes of a count (CompactSize). */
function countBytes(count: number): number {
  return count < 253 ? 1 : 3
}

/** Satoshi below which an output of this kind is not relayed. */
export function dustLimitSat(type: OutputType): bigint {
  return dustLimit[type]
}

/**
 * What an address pays to, by its form; that it is valid and for this network was checked where it came in.
 * A witness version that nobody uses yet counts as the largest.
 */
export function outputTypeOf(address: string): OutputType {
  const separator = address.lastIndexOf('1')
  const isSegwit = separator > 0 && /^(bc|tb|bcrt|sb)$/i.test(address.slice(0, separator))
  if (!isSegwit) return /^[23]/.test(address) ? 'p2sh' : 'p2pkh'
  const version = address[separator + 1]!.toLowerCase()
  if (version !== 'q') return 'p2tr'
  // After the version: five bits of the program per character, then six characters of checksum.
  const programBytes = Math.floor(((address.length - separator - 2 - 6) * 5) / 8)
  return programBytes === 20 ? 'p2wpkh' : 'p2wsh'
}
