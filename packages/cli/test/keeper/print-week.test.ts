import { sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { printWeek } from '../../src/keeper/print-week.ts'
import type { WeekReport } from '../../src/keeper/report-week.ts'
import { openTerminal } from '../../src/terminal/terminal.ts'

type Week = NonNullable<WeekReport['week']>

function firstLines(opened: number, failed: number): string {
  const one = {
    peer: `02${'1'.repeat(64)}`,
    capacity: sat(2_000_000),
    cost: sat(330),
    decidedAt: 1_767_225_600_000,
    mode: 'act',
    opening: 'opening_1',
  } as const
  const week: Week = {
    since: one.decidedAt,
    until: one.decidedAt + 1,
    openings: Array.from({ length: opened }, () => one),
    failed,
    capacity: sat(2_000_000 * opened),
    cost: sat(330 * opened),
    times: [],
  }
  let text = ''
  const terminal = openTerminal({ write: (part) => (text += part) }, { NO_COLOR: '1' })
  printWeek(terminal, { command: 'keeper report', configuration: 'here', week, says: null })
  return text.split('\n\n')[0]!.split('\n').slice(1).join(' ').trim()
}

test('what failed is said apart from what was opened', () => {
  const rows: [number, number, string][] = [
    [0, 0, 'It had nothing to open.'],
    [0, 1, 'It opened nothing. 1 opening failed.'],
    [1, 2, 'of on-chain fees. 2 openings failed.'],
    [2, 0, 'of on-chain fees.'],
  ]
  for (const [opened, failed, end] of rows) {
    const text = firstLines(opened, failed)
    expect(text.endsWith(end), text).toBe(true)
    if (opened > 0) expect(text).toMatch(/^It opened/)
  }
})
