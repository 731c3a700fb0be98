import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { formatLine } from '../src/print-line.ts'

test('a long text goes on under itself within 100 columns; colours only for a terminal', () => {
  const text = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ')
  const file = new PassThrough()
  const lines = formatLine('08:00', 'paid', text, file).split('\n')
  expect(lines.length).toBeGreaterThan(2)
  expect(lines.filter((line) => line.length > 100)).toEqual([])
  expect(lines.join(' ').replaceAll(/ +/g, ' ')).toBe(`08:00 ↓ paid ${text}`)
  const column = lines[0]!.indexOf('word0')
  expect(lines.slice(1).map((line) => line.search(/\S/))).toEqual(lines.slice(1).map(() => column))
  const terminal = Object.assign(new PassThrough(), { isTTY: true, hasColors: () => true })
  const environment = { ...process.env }
  delete process.env.NO_COLOR
  const painted = formatLine('08:00', 'paid', 'x', terminal as never)
  process.env = environment
  expect(painted).toContain('\u001b[32m')
})
