import { markdownTable } from 'markdown-table'
import { isMet, type Measurement, type Unit } from './measurement.ts'

const titles = ['', 'measured', 'median', 'range of rounds', 'target', '']

/** The results as a table that is also Markdown. */
export function printMeasurements(measurements: readonly Measurement[]): string {
  let last = ''
  const rows = measurements.map((measurement) => {
    const { section, what, value, unit, range } = measurement
    const title = section === last ? '' : section
    last = section
    return [
      title,
      what,
      printValue(value, unit),
      range ? range.map((bound) => printNumber(bound, unit)).join(' … ') : '',
      printTarget(measurement),
      printVerdict(measurement),
    ]
  })
  return markdownTable([titles, ...rows], { align: ['l', 'l', 'r', 'r', 'l', 'l'] })
}

function printTarget({ target, unit }: Measurement): string {
  if (!target) return ''
  return 'atLeast' in target
    ? `≥ ${printValue(target.atLeast, unit)}`
    : `≤ ${printValue(target.atMost, unit)}`
}

function printVerdict(measurement: Measurement): string {
  const met = isMet(measurement)
  if (met === undefined) return measurement.isReference ? 'for comparison' : ''
  return met ? 'met' : 'MISSED'
}

const suffixes: Readonly<Record<Unit, string>> = {
  ratio: ' ×',
  'per second': '/s',
  ms: ' ms',
  s: ' s',
  us: ' µs',
  kB: ' kB',
  MB: ' MB',
  count: '',
}

function printValue(value: number, unit: Unit): string {
  return `${printNumber(value, unit)}${suffixes[unit]}`
}

function printNumber(value: number, unit: Unit): string {
  const decimals =
    unit === 'ratio' ? 2 : value !== 0 && Math.abs(value) < 100 && unit !== 'count' ? 1 : 0
  return value.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
}
