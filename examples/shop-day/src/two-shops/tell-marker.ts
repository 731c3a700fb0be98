import { clockFace } from '../clock-face.ts'
import type { LineKind } from '../day-record.ts'
import { formatLine } from '../print-line.ts'
import type { Marker, MarkerKind } from './record.ts'

/** What the lines after it are about. */
export const introduction =
  '\nTwo shops, the same customers for four days: one runs the library, the other LND alone.\n'

const kinds: Readonly<Record<MarkerKind, LineKind>> = {
  opened: 'keeper',
  drain: 'swap',
  swap: 'swap',
  'swap-failed': 'refused',
  partner: 'payout',
  blocked: 'wait',
  trouble: 'trouble',
  back: 'back',
  pressed: 'shop',
}

/** A line of the terminal for a point of the chart. */
export function tellMarker({ at, kind, text }: Marker, output: NodeJS.WritableStream): void {
  const day = new Date(at).toLocaleDateString('en-GB', { weekday: 'short', timeZone: 'UTC' })
  output.write(`${formatLine(`${day} ${clockFace(at)}`, kinds[kind], text, output)}\n`)
}
