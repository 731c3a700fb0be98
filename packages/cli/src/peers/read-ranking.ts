import { refuseRanking } from './refuse-ranking.ts'

/** One node of mempool.space's ranking by channels. */
export interface RankedNode {
  /** Place in the ranking, from 1. */
  readonly place: number
  readonly publicKey: string
  readonly alias: string
  readonly channels: number
  readonly capacitySat: bigint
  /** Milliseconds since 1970. */
  readonly firstSeenAt: number
}

/** More rows than any ranking has. */
const mostRows = 10_000

/** Which fields a row must have, and what they must be; others (the country, …) are not looked at. */
const checks: Readonly<Record<string, readonly [says: string, test: (value: unknown) => boolean]>> =
  {
    publicKey: [
      'a public key (66 hexadecimal digits)',
      (value) => typeof value === 'string' && /^0[23][0-9a-f]{64}$/i.test(value),
    ],
    alias: ['text', (value) => typeof value === 'string'],
    channels: ['a whole number', isCount],
    capacity: ['a whole number of satoshi', isCount],
    firstSeen: ['a time in seconds since 1970', isSeconds],
    updatedAt: ['a time in seconds since 1970', isSeconds],
  }

const advice = 'Nothing was changed. Ask again later, or give another ranking with --url or --file.'

/**
 * Reads the answer of `/api/v1/lightning/nodes/rankings/connectivity`; throws `peer-list.invalid`
 * that names the first row that is not as it should be. `ranking` is its name, for errors.
 */
export function readRanking(text: string, ranking: string): readonly RankedNode[] {
  const refuse = (row: number | null, field: string, reason: string, says: string) =>
    refuseRanking({ ranking, row, field, reason }, says, advice)
  let rows: unknown
  try {
    rows = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    const begin = JSON.stringify(text.trim().slice(0, 40))
    throw refuse(null, 'json', 'not-json', `is not JSON; it begins with ${begin}.`)
  }
  if (!Array.isArray(rows)) {
    throw refuse(null, 'json', 'wrong-type', 'is not an array of nodes.')
  }
  if (rows.length === 0) throw refuse(null, 'rows', 'empty', 'has no rows.')
  if (rows.length > mostRows) {
    throw refuse(null, 'rows', 'too-many', `has ${rows.length} rows; at most ${mostRows} are read.`)
  }
  const places = new Map<string, number>()
  return rows.map((row: unknown, index) => {
    const place = index + 1
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw refuse(place, 'row', 'wrong-type', 'is not an object.')
    }
    const values = row as Readonly<Record<string, unknown>>
    for (const [field, [wanted, isRight]] of Object.entries(checks)) {
      const value = values[field]
      if (isRight(value)) continue
      if (value === undefined) throw refuse(place, field, 'missing', `${field} is missing.`)
      const found = JSON.stringify(value).slice(0, 80)
      throw refuse(place, field, 'malformed', `${field} is not ${wanted}, but ${found}.`)
    }
    const node = toNode(values as unknown as Row, place)
    const before = places.get(node.publicKey)
    if (before !== undefined) {
      throw refuse(place, 'publicKey', 'duplicate', `publicKey is that of row ${before}, too.`)
    }
    places.set(node.publicKey, place)
    return node
  })
}

interface Row {
  readonly publicKey: string
  readonly alias: string
  readonly channels: number
  readonly capacity: number
  readonly firstSeen: number
}

function toNode(row: Row, place: number): RankedNode {
  return {
    place,
    publicKey: row.publicKey.toLowerCase(),
    alias: row.alias,
    channels: row.channels,
    capacitySat: BigInt(row.capacity),
    firstSeenAt: row.firstSeen * 1000,
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** Milliseconds would be some 50,000 years from now. */
function isSeconds(value: unknown): boolean {
  return isCount(value) && (value as number) > 0 && (value as number) < 1e11
}
