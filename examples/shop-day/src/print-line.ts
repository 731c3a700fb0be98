import { styleText } from 'node:util'
import type { LineKind } from './day-record.ts'

/** Lines are made for a terminal of this width. */
const width = 100

const looks = {
  shop: ['■', 'shop', 'bold'],
  keeper: ['◆', 'keeper', 'bold'],
  paid: ['↓', 'paid', 'green'],
  unpaid: ['·', 'unpaid', 'gray'],
  payout: ['↑', 'payout', 'blue'],
  swap: ['⇄', 'swap', 'cyan'],
  wait: ['…', 'held', 'cyan'],
  refused: ['×', 'refused', 'yellow'],
  trouble: ['!', 'trouble', 'magenta'],
  back: ['✓', 'back', 'green'],
  killed: ['✗', 'KILLED', 'red'],
} as const satisfies Readonly<Record<LineKind, readonly [string, string, string]>>

type Look = (typeof looks)[LineKind][2]

/** A line of the timeline; colours only where the stream is a terminal that wants them. */
export function formatLine(
  time: string,
  kind: LineKind,
  text: string,
  stream: NodeJS.WritableStream,
): string {
  const [symbol, word, look] = looks[kind]
  const label = `${symbol} ${word.padEnd(8)}`
  const indent = time.length + label.length + 4
  const [first, ...rest] = wrap(text, width - indent)
  const painted = paint(label, look, stream)
  return [`${time}  ${painted}  ${first}`, ...rest.map((line) => ' '.repeat(indent) + line)].join(
    '\n',
  )
}

export function paint(text: string, look: Look, stream: NodeJS.WritableStream): string {
  return styleText(look, text, { stream })
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
