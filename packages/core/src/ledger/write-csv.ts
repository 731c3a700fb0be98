import type { Amount } from '../domain/amount.ts'
import { utcDay } from '../domain/utc-day.ts'

/** A cell: text that somebody else may have chosen, an amount, or a time (milliseconds since 1970). */
export type CsvCell = string | null | Amount | number

/**
 * Lines of CSV (RFC 4180) that a spreadsheet opens without running anything: text that begins like a formula
 * gets an apostrophe before it. Amounts are in sat with three decimals, times in ISO 8601, UTC.
 */
export function writeCsv(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(writeCell).join(',')}\r\n`).join('')
}

function writeCell(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return inUtc(cell)
  if (typeof cell === 'object') return inSat(cell)
  const harmless = /^[\s]*[=+\-@\t\r\n|%]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

function inUtc(at: number): string {
  const digits = (value: number, count = 2): string => `${Math.floor(value)}`.padStart(count, '0')
  const time = at % 86_400_000
  const [hours, minutes, seconds] = [time / 3_600_000, (time / 60_000) % 60, (time / 1000) % 60]
  return `${utcDay(at)}T${digits(hours)}:${digits(minutes)}:${digits(seconds)}.${digits(at % 1000, 3)}Z`
}

function inSat({ msat }: Amount): string {
  const [sign, amount] = msat < 0n ? ['-', -msat] : ['', msat]
  return `${sign}${amount / 1000n}.${`${amount % 1000n}`.padStart(3, '0')}`
}
