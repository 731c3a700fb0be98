import { invalid } from '../errors.ts'

/** Where a page of a statement ended, and with which balance (msat). */
export interface StatementPlace {
  readonly after: [number, string]
  readonly balanceMsat: bigint
}

/** Opaque to hosts. */
export function writeStatementCursor(after: [number, string], balanceMsat: bigint): string {
  return Buffer.from(JSON.stringify([...after, `${balanceMsat}`])).toString('base64url')
}

/** Throws `input.invalid` for what is not the cursor of a statement. */
export function readStatementCursor(value: unknown): StatementPlace | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string')
    throw invalid('cursor', 'wrong-type', 'expected the cursor of a page')
  const place = parse(value)
  if (place) return place
  throw invalid('cursor', 'malformed', 'is not the cursor of a page of a statement')
}

function parse(text: string): StatementPlace | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (!Array.isArray(read) || read.length !== 3) return undefined
    const [at, transaction, balance] = read as unknown[]
    if (!Number.isSafeInteger(at)) return undefined
    if (typeof transaction !== 'string' || !/^[\x21-\x7e]{1,300}$/.test(transaction))
      return undefined
    if (typeof balance !== 'string' || !/^-?\d{1,20}$/.test(balance)) return undefined
    return { after: [at as number, transaction], balanceMsat: BigInt(balance) }
  } catch {
    return undefined
  }
}
