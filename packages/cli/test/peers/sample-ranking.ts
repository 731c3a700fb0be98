import { createECDH } from 'node:crypto'

/** The public key of the private key `number`: the same in every run. */
export function keyOf(number: number): string {
  const curve = createECDH('secp256k1')
  curve.setPrivateKey(number.toString(16).padStart(64, '0'), 'hex')
  return curve.getPublicKey('hex', 'compressed')
}

/** A row of mempool.space's connectivity ranking, with all that its rows have. */
export interface SampleRow {
  readonly publicKey: string
  readonly alias: string
  readonly channels: number
  /** sat */
  readonly capacity: number
  /** Seconds since 1970. */
  readonly firstSeen: number
  readonly updatedAt: number
  readonly city: Readonly<Record<string, string>> | null
  readonly country: Readonly<Record<string, string>> | null
  readonly iso_code: string | null
  readonly subdivision: Readonly<Record<string, string>> | null
}

const aliases = [
  'River Bend',
  'Old Oak Routing',
  'LNWharf.example',
  'Kraken Deep 🐙',
  'Nordic Relay',
  'harbour-7',
  'Boreal Exchange',
  'Lisbon LN',
  'Zwölf Brücken',
  'The Ferry Company of the North',
]

/** `count` nodes, the best first: fewer channels, less money and younger from one to the next. */
export function sampleRanking(count = aliases.length): SampleRow[] {
  return Array.from({ length: count }, (_, index) => ({
    publicKey: keyOf(100 + index),
    alias: aliases[index] ?? `node ${index}`,
    channels: 2908 - 20 * index,
    capacity: 36_010_516_297 - 300_000_000 * index,
    firstSeen: 1_522_941_222 + 2_000_000 * index,
    updatedAt: 1_763_000_000 - 500 * index,
    city: index % 3 === 0 ? null : { de: 'Frankfurt am Main', en: 'Frankfurt am Main' },
    country: { de: 'Vereinigte Staaten', en: 'United States', fr: 'États Unis' },
    iso_code: index % 3 === 0 ? 'US' : 'DE',
    subdivision: null,
  }))
}
