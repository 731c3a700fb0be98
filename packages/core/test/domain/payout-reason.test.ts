import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { payoutReasonOf, payoutReasons } from '../../src/domain/payout-reason.ts'

test('every reason has its sentence here and its row in the documents, and what is unknown is other', () => {
  const documents = readFileSync(
    new URL('../../../../docs/payouts.md', import.meta.url).pathname,
    'utf8',
  )
  const table = documents.slice(documents.indexOf('\n## Reasons\n'))
  const rows = table.split('\n').filter((line) => line.startsWith('| `'))
  const documented = rows.flatMap((line) =>
    [...line.split('|')[1]!.matchAll(/`([a-z-]+)`/g)].map(([, reason]) => reason!),
  )
  expect([...new Set(documented)].sort()).toEqual(Object.keys(payoutReasons).sort())
  for (const [reason, says] of Object.entries(payoutReasons)) {
    expect(says, reason).toMatch(/^[A-Z].+\.$/)
    expect(payoutReasonOf(reason)).toBe(reason)
  }
  for (const word of ['', 'toString', 'something new']) expect(payoutReasonOf(word)).toBe('other')
})
