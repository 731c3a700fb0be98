import { msat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { writeCsv } from '../../src/ledger/write-csv.ts'

test('text that a spreadsheet would run is made harmless; quotes, commas and line ends are kept', () => {
  for (const [text, written] of [
    ['plain text', 'plain text'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['  =1', "'  =1"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=HYPERLINK("http://evil","x")', `"'=HYPERLINK(""http://evil"",""x"")"`],
    ['', ''],
    [null, ''],
  ] as const)
    expect(writeCsv([[text]]), JSON.stringify(text)).toBe(`${written}\r\n`)
})

test('amounts and times are exact and no text', () => {
  for (const [cell, written] of [
    [msat(0), '0.000'],
    [msat(-1), '-0.001'],
    [msat(1_234_567), '1234.567'],
    [msat(-2_100_000_000_000_000_001n + 1n), '-2100000000000000.000'],
    [0, '1970-01-01T00:00:00.000Z'],
    [1_796_083_199_999, new Date(1_796_083_199_999).toISOString()],
    [951_827_696_007, '2000-02-29T12:34:56.007Z'],
  ] as const)
    expect(writeCsv([[cell, 'x']])).toBe(`${written},x\r\n`)
})
