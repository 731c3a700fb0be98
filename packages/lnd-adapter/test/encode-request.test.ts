import { expect, test } from 'vitest'
import { encodeRequest } from '../src/encode-request.ts'

test('a request is refused when protobufjs would change it silently', () => {
  const cases: readonly [what: string, type: string, request: object, words: RegExp][] = [
    [
      'hex text in a bytes field',
      'lnrpc.PaymentHash',
      { r_hash: 'ab'.repeat(32) },
      /r_hash must be bytes/,
    ],
    [
      'a field with a typing error',
      'routerrpc.SendPaymentRequest',
      { fee_limit_mSat: 1n },
      /no field fee_limit_mSat/,
    ],
    [
      'a field that 0.21 removed',
      'routerrpc.SendPaymentRequest',
      { outgoing_chan_id: 1n },
      /no field outgoing_chan_id/,
    ],
    [
      'a name from Object.prototype',
      'lnrpc.PaymentHash',
      { constructor: 1 },
      /no field constructor/,
    ],
    [
      'a number where 64 bits are due',
      'routerrpc.SendPaymentRequest',
      { fee_limit_msat: 1 },
      /bigint that fits int64/,
    ],
    [
      'more than int64',
      'routerrpc.SendPaymentRequest',
      { fee_limit_msat: 2n ** 63n },
      /fits int64/,
    ],
    ['less than uint64', 'lnrpc.InvoiceSubscription', { settle_index: -1n }, /fits uint64/],
    ['a fraction', 'routerrpc.SendPaymentRequest', { max_parts: 1.5 }, /fits uint32/],
    ['a negative uint32', 'routerrpc.SendPaymentRequest', { max_parts: -1 }, /fits uint32/],
    ['more than int32', 'routerrpc.SendPaymentRequest', { timeout_seconds: 2 ** 31 }, /fits int32/],
    ['null', 'lnrpc.PaymentHash', { r_hash: null }, /must be bytes/],
    [
      'text for a truth value',
      'lnrpc.ListPaymentsRequest',
      { reversed: 'false' },
      /must be a bool/,
    ],
    [
      'a field of a message inside',
      'lnrpc.ChanBackupSnapshot',
      { multi_chan_backup: { bytes: 1 } },
      /MultiChanBackup has no field bytes/,
    ],
    ['one item for a list', 'lnrpc.CheckMacPermRequest', { permissions: {} }, /must be an array/],
    [
      'a wrong item of a list',
      'lnrpc.CheckMacPermRequest',
      { permissions: [{ entity: 1 }] },
      /entity must be a string/,
    ],
    [
      'a value that an enum lacks',
      'lnrpc.Invoice',
      { state: 'PAID' },
      /value of lnrpc.Invoice.InvoiceState/,
    ],
    ['a list for a map', 'walletrpc.TxTemplate', { outputs: ['a'] }, /object with text as keys/],
    [
      'a Map for a map',
      'walletrpc.TxTemplate',
      { outputs: new Map([['a', 1n]]) },
      /object with text as keys/,
    ],
    [
      'a wrong value in a map',
      'walletrpc.TxTemplate',
      { outputs: { a: 1 } },
      /outputs must be a big/,
    ],
    ['a message that is not declared', 'lnrpc.SendCoinsRequest', {}, /not declared/],
  ]
  for (const [what, type, request, words] of cases) {
    expect(() => encodeRequest(type, request), what).toThrow(words)
  }
})

test('64-bit numbers become decimal text, and what is undefined is left out', () => {
  const request = {
    value_msat: 9_007_199_254_740_993n,
    r_preimage: new Uint8Array(32),
    memo: undefined,
    state: 'OPEN',
  }
  expect(encodeRequest('lnrpc.Invoice', request)).toEqual({
    value_msat: '9007199254740993',
    r_preimage: new Uint8Array(32),
    state: 'OPEN',
  })
})
