import { invalid } from '../errors.ts'

/** Seconds as a number, or text: `'90s'`, `'15m'`, `'2h'`, `'30d'`, `'1w'`. */
export type Duration = number | `${number}${'s' | 'm' | 'h' | 'd' | 'w'}` | (string & {})

const seconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const

/** Reads a duration into seconds. Throws `input.invalid`; looks at the range only when given. */
export function readDuration(
  value: unknown,
  field: string,
  range: { minimum: number; maximum: number } = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
): number {
  const read = typeof value === 'string' ? fromText(value, field) : fromNumber(value, field)
  if (read < range.minimum) {
    throw invalid(field, 'too-short', `${read} s is less than ${range.minimum} s`)
  }
  if (read > range.maximum) {
    throw invalid(field, 'too-long', `${read} s is more than ${range.maximum} s`)
  }
  return read
}

function fromText(text: string, field: string): number {
  const match = /^(0|[1-9][0-9]{0,9})([smhdw])$/.exec(text)
  if (!match) {
    throw invalid(
      field,
      'malformed',
      `${JSON.stringify(text)} is not seconds or like '15m', '2h', '30d'`,
    )
  }
  return Number(match[1]) * seconds[match[2] as keyof typeof seconds]
}

function fromNumber(value: unknown, field: string): number {
  if (typeof value !== 'number') {
    throw invalid(field, 'wrong-type', 'expected seconds or text like 15m')
  }
  if (Number.isNaN(value)) throw invalid(field, 'not-a-number', 'is NaN')
  if (!Number.isFinite(value)) throw invalid(field, 'not-finite', 'is not finite')
  if (!Number.isInteger(value)) throw invalid(field, 'fraction', 'must be whole seconds')
  return value
}
