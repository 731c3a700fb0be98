import { expect, test } from 'vitest'
import { type InvoiceFact, type InvoiceState, stepInvoice } from '../../src/domain/invoice.ts'

const paid: InvoiceFact = { kind: 'settled', paidMsat: 1n }
const nothing: InvoiceFact = { kind: 'settled', paidMsat: 0n }
const lessThanNothing: InvoiceFact = { kind: 'settled', paidMsat: -1n }
const expired: InvoiceFact = { kind: 'expired' }
const canceled: InvoiceFact = { kind: 'canceled' }

const inTime = { state: 'settled', isLate: false }
const late = { state: 'settled', isLate: true }
const refused = (why: string) => ({ refused: why })

const table: readonly [InvoiceState, InvoiceFact, unknown][] = [
  ['open', paid, inTime],
  ['open', nothing, refused('nothing-paid')],
  ['open', lessThanNothing, refused('nothing-paid')],
  ['open', expired, { state: 'expired' }],
  ['open', canceled, { state: 'canceled' }],
  ['expired', paid, late],
  ['expired', nothing, refused('nothing-paid')],
  ['expired', lessThanNothing, refused('nothing-paid')],
  ['expired', expired, refused('already-ended')],
  ['expired', canceled, refused('already-ended')],
  ['canceled', paid, late],
  ['canceled', nothing, refused('nothing-paid')],
  ['canceled', lessThanNothing, refused('nothing-paid')],
  ['canceled', expired, refused('already-ended')],
  ['canceled', canceled, refused('already-ended')],
  ['settled', paid, refused('already-settled')],
  ['settled', nothing, refused('already-settled')],
  ['settled', lessThanNothing, refused('already-settled')],
  ['settled', expired, refused('already-settled')],
  ['settled', canceled, refused('already-settled')],
]

test('the invoice machine: every state with every fact', () => {
  const pairs = new Set(table.map(([state, fact]) => `${state} ${fact.kind}`))
  expect(pairs.size).toBe(4 * 3)
  for (const [state, fact, wanted] of table) {
    const paidText = 'paidMsat' in fact ? ` ${fact.paidMsat}` : ''
    expect(stepInvoice(state, fact), `${state} + ${fact.kind}${paidText}`).toEqual(wanted)
  }
})
