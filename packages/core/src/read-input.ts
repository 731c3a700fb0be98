import { invalid } from './errors.ts'

/**
 * The object a verb was called with. Unknown names are refused, with the known one that is nearest:
 * a misspelt option that is silently dropped would be a wrong decision about money.
 */
export function readObject(
  value: unknown,
  field: string,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) throw invalid(field, 'missing', 'expected an object')
  requireRecord(value, field, 'an object')
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    const hint = near ? `did you mean ${near}?` : `known: ${known.join(', ') || 'none'}`
    throw invalid(`${field}.${name}`, 'unknown-option', `there is no such option; ${hint}`)
  }
  return value as Readonly<Record<string, unknown>>
}

/** Arrays, maps, dates and promises are objects whose entries would be silently empty. */
function requireRecord(value: unknown, field: string, wanted: string): asserts value is object {
  const form = Object.prototype.toString.call(value).slice(8, -1)
  if (form === 'Object') return
  throw invalid(field, 'wrong-type', `expected ${wanted}, not ${form.toLowerCase()}`)
}

export interface TextRule {
  readonly minimum?: number
  /** Bytes of UTF-8. */
  readonly maximum: number
  readonly pattern?: RegExp
  /** What the pattern wants, for the message. */
  readonly says?: string
}

/** Text within limits; control characters and lone surrogates are refused (they do not survive every storage). */
export function readText(value: unknown, field: string, rule: TextRule): string {
  if (value === undefined) throw invalid(field, 'missing', 'expected text')
  if (value === null) throw invalid(field, 'null', 'expected text')
  if (typeof value !== 'string')
    throw invalid(field, 'wrong-type', `expected text, not ${typeof value}`)
  if (value.length < (rule.minimum ?? 1)) throw invalid(field, 'empty', 'must not be empty')
  if (byteLength(value) > rule.maximum) {
    throw invalid(field, 'too-long', `is longer than ${rule.maximum} bytes`)
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing exactly those
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(value)) {
    throw invalid(field, 'control-character', 'contains a control character')
  }
  if (!value.isWellFormed()) throw invalid(field, 'not-unicode', 'is not well-formed Unicode')
  if (rule.pattern && !rule.pattern.test(value)) {
    throw invalid(field, 'malformed', rule.says ?? 'has the wrong form')
  }
  return value
}

/** Ids, idempotency keys, consumers: what hosts choose and look up again. */
export function readId(value: unknown, field: string): string {
  return readText(value, field, {
    maximum: 255,
    pattern: /^[\x21-\x7e]+$/,
    says: 'only printable ASCII without spaces',
  })
}

export function readBoolean(value: unknown, field: string, absent: boolean): boolean {
  if (value === undefined) return absent
  if (typeof value !== 'boolean') throw invalid(field, 'wrong-type', 'expected true or false')
  return value
}

export function readInteger(
  value: unknown,
  field: string,
  range: { minimum: number; maximum: number },
): number {
  if (typeof value !== 'number') throw invalid(field, 'wrong-type', 'expected a number')
  if (Number.isNaN(value)) throw invalid(field, 'not-a-number', 'is NaN')
  if (!Number.isFinite(value)) throw invalid(field, 'not-finite', 'is not finite')
  if (!Number.isInteger(value)) throw invalid(field, 'fraction', 'must be a whole number')
  if (value < range.minimum) throw invalid(field, 'too-small', `must be at least ${range.minimum}`)
  if (value > range.maximum) throw invalid(field, 'too-large', `must be at most ${range.maximum}`)
  return value
}

export function readOneOf<const T extends string>(
  value: unknown,
  field: string,
  allowed: readonly T[],
): T {
  if (value === undefined) throw invalid(field, 'missing', `expected one of ${allowed.join(', ')}`)
  if (typeof value !== 'string') throw invalid(field, 'wrong-type', 'expected text')
  if (!(allowed as readonly string[]).includes(value)) {
    throw invalid(field, 'unknown-value', `expected one of ${allowed.join(', ')}`)
  }
  return value as T
}

/** The host's own labels: text to text, at most 32 entries and 4 kB in all. */
export type Metadata = Readonly<Record<string, string>>

export function readMetadata(value: unknown, field: string): Metadata {
  if (value === undefined) return {}
  requireRecord(value, field, 'an object of text values')
  const entries = Object.entries(value)
  if (entries.length > 32) throw invalid(field, 'too-many', 'at most 32 entries')
  const read: Record<string, string> = {}
  let bytes = 0
  for (const [name, content] of entries) {
    if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name) || name === '__proto__') {
      throw invalid(
        field,
        'malformed-name',
        `${JSON.stringify(name)}: 1 to 64 of A-Z a-z 0-9 _ . -`,
      )
    }
    read[name] = readText(content, `${field}.${name}`, { minimum: 0, maximum: 1024 })
    bytes += name.length + byteLength(read[name])
  }
  if (bytes > 4096) throw invalid(field, 'too-large', 'more than 4096 bytes in all')
  return read
}

export function readSignal(value: unknown, field: string): AbortSignal | undefined {
  if (value === undefined) return undefined
  if (!(value instanceof AbortSignal)) throw invalid(field, 'wrong-type', 'expected an AbortSignal')
  return value
}

const encoder = new TextEncoder()
function byteLength(text: string): number {
  return encoder.encode(text).length
}

/** The known name within two typing mistakes, if any. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({
      candidate,
      distance: distance(name.toLowerCase(), candidate.toLowerCase()),
    }))
    .sort((a, b) => a.distance - b.distance)
  return ranked[0] && ranked[0].distance <= 2 ? ranked[0].candidate : undefined
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        next[j - 1]! + 1,
        row[j]! + 1,
        row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      )
    }
    row = next
  }
  return row[b.length]!
}
