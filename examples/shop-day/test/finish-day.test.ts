import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import type { Evidence } from '../src/audit/gather-evidence.ts'
import { finishDay } from '../src/finish-day.ts'
import { soundEvidence } from './audit/sound-evidence.ts'

const folder = mkdtempSync(join(tmpdir(), 'finish-day-'))
afterAll(() => rmSync(folder, { recursive: true }))

function finish(evidence: Evidence): { isGood: boolean; printed: string; page: string } {
  const printed: string[] = []
  const output = new Writable({
    write(chunk, _, done) {
      printed.push(String(chunk))
      done()
    },
  })
  const reportFile = join(folder, 'report.html')
  const text = 'a line with </script> & "quotes"'
  const record = {
    lines: [{ at: 0, kind: 'shop' as const, text }],
    samples: [],
    payments: [],
    channels: [],
    kills: [{ from: 1, to: 1 }],
    outages: [],
  }
  const day = {
    ...{ title: 'A day', record, evidence, receivableMsat: null, isPrecise: false, next: '' },
    ...{ keeper: { active: 1, wanted: 3, budgetMsat: 30_000_000n }, aliases: new Map() },
  }
  const isGood = finishDay(day, { reportFile, output })
  return { isGood, printed: printed.join(''), page: readFileSync(reportFile, 'utf8') }
}

test('a sound day is a good one; a process that never came back is not called survived', () => {
  const { isGood, printed, page } = finish(soundEvidence())
  expect(isGood).toBe(true)
  expect(printed).toContain('paid twice        0 of 1 debts')
  expect(printed).toContain('kills survived    0 of 1')
  expect(printed).toContain('channels          1 of 3 active')
  expect(printed).toContain('opening 2,578 sat of a budget of 30,000 sat, closing 1,200 sat')
  expect(page).toContain('Nothing lost, nothing paid twice')
  expect(page).toContain('a line with &#60;/script&#62; &#38; &#34;quotes&#34;')
})

test('a fault is named in the summary and on the page, and the day is not a good one', () => {
  const { isGood, printed, page } = finish({ ...soundEvidence(), paidByCustomers: [] })
  expect(isGood).toBe(false)
  expect(printed).toContain('FAULT: money is lost')
  expect(page).toContain('Wrong: money is lost; an invoice was credited twice')
  expect(page).not.toContain('Nothing lost')
})

test('a name cannot end a script of the page', () => {
  const { books, ...others } = soundEvidence()
  const invoices = books.invoices.map((one) => ({ ...one, partner: '</script><b>' }))
  const { page } = finish({ ...others, books: { ...books, invoices } })
  // The data, the chart library and the drawing in two parts.
  expect(page.match(/<script/g)).toHaveLength(4)
  expect(page.match(/<\/script/g)).toHaveLength(4)
})
