import { expect, test } from 'vitest'
import { checkPayable, type PayableCheck } from '../../src/domain/bolt11-check.ts'
import type { DecodedInvoice } from '../../src/ports/lightning-node.ts'

const now = 1_767_225_600_000
const minute = 60_000

const good: DecodedInvoice = {
  paymentHash: 'ab'.repeat(32),
  destination: `02${'cd'.repeat(32)}`,
  amountMsat: 1500n,
  createdAt: now - 10 * minute,
  expirySeconds: 3600,
  description: '',
  minFinalCltv: 80,
  features: [
    { bit: 8, name: 'tlv-onion', isRequired: true, isKnown: true },
    { bit: 14, name: 'payment-addr', isRequired: true, isKnown: true },
    { bit: 17, name: 'multi-path-payments', isRequired: false, isKnown: true },
  ],
  hasPaymentSecret: true,
  hasBlindedPaths: false,
}
const check: PayableCheck = {
  now,
  expiryMargin: minute,
  ownPublicKey: `03${'ef'.repeat(32)}`,
  amountMsat: undefined,
}
const feature = (bit: number, isKnown: boolean) => ({
  bit,
  name: isKnown ? 'known' : 'unknown',
  isRequired: bit % 2 === 0,
  isKnown,
})
/** Leaves so many milliseconds until the expiry. */
const leaving = (milliseconds: number): Partial<DecodedInvoice> => ({
  createdAt: now + milliseconds - 3_600_000,
})

type Row = [string, Partial<DecodedInvoice>, Partial<PayableCheck>, bigint | [string, string]]
const table: readonly Row[] = [
  ['as it comes', {}, {}, 1500n],
  ['with its own amount', {}, { amountMsat: 1500n }, 1500n],
  ['less than it asks', {}, { amountMsat: 1499n }, ['amount', 'amount-differs']],
  ['more than it asks', {}, { amountMsat: 1501n }, ['amount', 'amount-differs']],
  ['msat for sat', {}, { amountMsat: 1_500_000n }, ['amount', 'amount-differs']],
  ['no amount anywhere', { amountMsat: null }, {}, ['amount', 'amount-missing']],
  ['amount zero is no amount', { amountMsat: 0n }, {}, ['amount', 'amount-missing']],
  ['our amount', { amountMsat: null }, { amountMsat: 7n }, 7n],
  ['our amount for zero', { amountMsat: 0n }, { amountMsat: 7n }, 7n],
  ['ourselves', { destination: check.ownPublicKey }, {}, ['destination', 'own-node']],
  ['blinded', { hasBlindedPaths: true }, {}, ['destination', 'blinded-paths']],
  [
    'blinded has no secret, and is named by what it is',
    { hasBlindedPaths: true, hasPaymentSecret: false },
    {},
    ['destination', 'blinded-paths'],
  ],
  ['no secret', { hasPaymentSecret: false }, {}, ['destination', 'no-payment-secret']],
  [
    'unknown even bit',
    { features: [...good.features, feature(100, false)] },
    {},
    ['destination', 'unknown-required-feature'],
  ],
  ['unknown odd bit', { features: [...good.features, feature(101, false)] }, {}, 1500n],
  ['AMP required', { features: [...good.features, feature(30, true)] }, {}, ['destination', 'amp']],
  ['AMP optional', { features: [...good.features, feature(31, true)] }, {}, 1500n],
  ['expires now', leaving(0), {}, ['destination', 'expired']],
  ['expired long ago', leaving(-minute), {}, ['destination', 'expired']],
  ['a millisecond left', leaving(1), {}, ['destination', 'expires-too-soon']],
  ['just under the margin', leaving(minute - 1), {}, ['destination', 'expires-too-soon']],
  ['exactly the margin', leaving(minute), {}, 1500n],
  [
    'another margin',
    leaving(minute),
    { expiryMargin: 2 * minute },
    ['destination', 'expires-too-soon'],
  ],
  ['longest timelock', { minFinalCltv: 2016 }, {}, 1500n],
  ['longer timelock', { minFinalCltv: 2017 }, {}, ['destination', 'timelock-too-long']],
  ['from the future', { createdAt: now + minute }, {}, 1500n],
]

test('which invoices may be paid, and what is said of the others', () => {
  for (const [name, invoice, more, wanted] of table) {
    const found = checkPayable({ ...good, ...invoice }, { ...check, ...more })
    const seen = found.payable ? found.amountMsat : [found.field, found.reason]
    expect(seen, name).toEqual(wanted)
    if (!found.payable) expect(found.says.length, name).toBeGreaterThan(10)
  }
})
