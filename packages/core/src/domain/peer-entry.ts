import { invalid } from '../errors.ts'
import type { PeerCandidate } from '../ports/channel-source.ts'
import { readInteger, readObject, readText } from '../read-input.ts'
import type { AmountInput } from './amount.ts'
import { readCapacity } from './channel-capacity.ts'
import { readPeerAddress } from './peer-address.ts'

/** One entry of a list of peers. */
export interface PeerEntry {
  /** 33 bytes, compressed, hex. */
  readonly publicKey: string
  /** `host:port`; an IPv6 address in brackets; `.onion` where LND uses Tor. */
  readonly address: string
  /** For people. */
  readonly alias?: string
  /** What to open with it: `'2000000 sat'`, 20,000 to 16,777,215 sat. Absent: `channels.capacity`. */
  readonly capacity?: AmountInput
  /** From 1, best first. Absent: its place in the list. No two entries have the same. */
  readonly rank?: number
}

/** Whether a compressed key is a point of secp256k1. */
export type CurveCheck = (publicKey: string) => boolean

/** Checks one entry; `position` is its place from 1. Throws `input.invalid` that names the field. */
export function readPeerEntry(
  value: unknown,
  position: number,
  isOnCurve: CurveCheck,
): PeerCandidate {
  const known = ['publicKey', 'address', 'alias', 'capacity', 'rank']
  const { publicKey, address, alias, capacity, rank } = readObject(value, 'entry', known)
  return {
    publicKey: readPublicKey(publicKey, 'publicKey', isOnCurve),
    address: readPeerAddress(address, 'address'),
    ...(alias !== undefined && { alias: readAlias(alias) }),
    rank:
      rank === undefined ? position : readInteger(rank, 'rank', { minimum: 1, maximum: 1_000_000 }),
    ...(capacity !== undefined && {
      capacitySat: readCapacity(capacity, 'capacity').msat / 1000n,
    }),
  }
}

/** The public key of a node: 33 bytes, compressed, a point of the curve; lower-case hex. */
export function readPublicKey(value: unknown, field: string, isOnCurve: CurveCheck): string {
  const text = readText(value, field, { maximum: 400 })
  const refused = (reason: string, says: string) => invalid(field, reason, says)
  if (/^[0-9a-f]{66}@/i.test(text)) {
    throw refused('with-address', 'write only the key here; what follows @ is the address')
  }
  if (!/^[0-9a-f]*$/i.test(text)) throw refused('malformed', 'must be hexadecimal digits')
  if (text.length !== 66) {
    throw refused('malformed', `has ${text.length} hexadecimal digits; a key has 66 (33 bytes)`)
  }
  if (!/^0[23]/.test(text)) throw refused('malformed', 'must begin with 02 or 03 (compressed)')
  const key = text.toLowerCase()
  if (!isOnCurve(key)) throw refused('not-on-curve', 'is no key of any node: mistyped?')
  return key
}

function readAlias(value: unknown): string {
  const pattern = /^[^\p{Cc}]+$/u
  return readText(value, 'alias', { maximum: 128, pattern, says: 'must be one line' })
}
