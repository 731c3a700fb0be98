import { createHash } from 'node:crypto'
import type { NewNodeInvoice } from '@payment-node/core'
import { expect, test } from 'vitest'
import { errorOf } from '../collect.ts'
import { refuse, requestsOf, startPair } from '../fake-lnd.ts'
import { hash, invoice, paymentRequest } from '../samples.ts'

const preimage = Buffer.alloc(32, 7)
const paymentHash = createHash('sha256').update(preimage).digest('hex')
const add = '/lnrpc.Lightning/AddInvoice'

const plain: NewNodeInvoice = {
  preimage,
  amountMsat: 9_007_199_254_740_993n,
  memo: 'two coffees',
  expirySeconds: 3600,
  isPrivate: true,
}

function added(): object {
  return {
    r_hash: Buffer.from(paymentHash, 'hex'),
    payment_request: paymentRequest,
    add_index: '18446744073709551615',
  }
}

test('an invoice is added with our preimage and exact amount, and its time read from its text', async () => {
  await using pair = await startPair({ [add]: added })
  expect(await pair.node.createInvoice(plain)).toEqual({
    paymentHash,
    paymentRequest,
    addIndex: 18_446_744_073_709_551_615n,
    // The timestamp that BOLT11 states for its examples.
    createdAt: 1_496_314_658_000,
  })
  const open: NewNodeInvoice = {
    preimage,
    amountMsat: null,
    descriptionHash: Buffer.alloc(32, 9),
    expirySeconds: 1,
    isPrivate: false,
  }
  await pair.node.createInvoice(open)
  expect(requestsOf(pair.server, add)).toMatchObject([
    {
      r_preimage: preimage,
      value_msat: '9007199254740993',
      memo: 'two coffees',
      expiry: '3600',
      private: true,
    },
    { value_msat: '0', memo: '', description_hash: Buffer.alloc(32, 9), private: false },
  ])
})

test('an invoice that LND would read in another way is not sent', async () => {
  await using pair = await startPair({ [add]: added })
  const cases: readonly [field: string, wrong: Partial<NewNodeInvoice>][] = [
    ['preimage', { preimage: Buffer.alloc(31) }],
    ['preimage', { preimage: 'ab'.repeat(32) as never }],
    ['amountMsat', { amountMsat: 0n }],
    ['amountMsat', { amountMsat: -1n }],
    ['descriptionHash', { descriptionHash: Buffer.alloc(33) }],
    ['expirySeconds', { expirySeconds: 0 }],
    ['expirySeconds', { expirySeconds: 1.5 }],
    ['expirySeconds', { expirySeconds: 31_536_001 }],
  ]
  for (const [field, wrong] of cases) {
    expect(await errorOf(pair.node.createInvoice({ ...plain, ...wrong })), field).toMatchObject({
      code: 'input.invalid',
      details: { field },
    })
  }
  expect(pair.server.received).toEqual([])
})

test('an invoice for another preimage than ours is not handed out', async () => {
  await using pair = await startPair({ [add]: () => ({ ...added(), r_hash: Buffer.alloc(32) }) })
  await expect(pair.node.createInvoice(plain)).rejects.toThrow(/another preimage/)
})

test('a payment hash that exists is named', async () => {
  await using pair = await startPair({
    [add]: () => {
      throw refuse('invoice with payment hash already exists')
    },
  })
  expect(await errorOf(pair.node.createInvoice(plain))).toMatchObject({
    code: 'node.invoice-exists',
    details: { paymentHash },
  })
})

test('an invoice reads as the port says, in every state', async () => {
  let answer: object = {}
  await using pair = await startPair({ '/lnrpc.Lightning/LookupInvoice': () => answer })
  answer = { ...invoice, description_hash: Buffer.alloc(32, 1), private: true }
  expect(await pair.node.lookupInvoice(hash)).toEqual({
    paymentHash: hash,
    paymentRequest: 'lnbcrt1…',
    state: 'open',
    amountMsat: 1000n,
    paidMsat: 0n,
    memo: 'two coffees',
    descriptionHash: '01'.repeat(32),
    expirySeconds: 3600,
    createdAt: 1_700_000_000_000,
    addIndex: 7n,
    settleIndex: 0n,
    isPrivate: true,
    isKeysend: false,
    isAmp: false,
  })
  answer = {
    ...invoice,
    state: 'SETTLED',
    value_msat: '0',
    amt_paid_msat: '9007199254740993',
    settle_index: '3',
    settle_date: '1700000100',
    is_keysend: true,
    is_amp: true,
  }
  expect(await pair.node.lookupInvoice(hash)).toMatchObject({
    state: 'settled',
    amountMsat: null,
    paidMsat: 9_007_199_254_740_993n,
    settledAt: 1_700_000_100_000,
    settleIndex: 3n,
    isKeysend: true,
    isAmp: true,
  })
  // Held, not paid: LND counts it already, the port does not.
  answer = { ...invoice, state: 'ACCEPTED', amt_paid_msat: '1000' }
  expect(await pair.node.lookupInvoice(hash)).toMatchObject({ state: 'accepted', paidMsat: 0n })
  answer = { ...invoice, state: 'CANCELED' }
  expect(await pair.node.lookupInvoice(hash)).toMatchObject({ state: 'canceled' })
  answer = { ...invoice, state: 9 }
  await expect(pair.node.lookupInvoice(hash)).rejects.toThrow(/unknown invoice state 9/)
  expect(requestsOf(pair.server, '/lnrpc.Lightning/LookupInvoice')[0]).toEqual({
    r_hash: Buffer.from(hash, 'hex'),
  })
})

test('hashes are checked before they are sent', async () => {
  await using pair = await startPair()
  for (const wrong of ['', 'ab', 'AB'.repeat(32), 'zz'.repeat(32), 'ab'.repeat(33)]) {
    for (const call of [pair.node.lookupInvoice, pair.node.cancelInvoice]) {
      expect(await errorOf(call(wrong)), wrong).toMatchObject({
        code: 'input.invalid',
        details: { field: 'paymentHash' },
      })
    }
  }
  expect(pair.server.received).toEqual([])
})

test('canceling names what was faster', async () => {
  let words = ''
  await using pair = await startPair({
    '/invoicesrpc.Invoices/CancelInvoice': () => {
      if (words !== '') throw refuse(words)
      return {}
    },
  })
  await pair.node.cancelInvoice(hash)
  words = 'invoice already settled'
  const settled = await errorOf(pair.node.cancelInvoice(hash))
  expect(settled).toMatchObject({ code: 'node.invoice-settled', details: { paymentHash: hash } })
  words = 'unable to locate invoice'
  const missing = await errorOf(pair.node.cancelInvoice(hash))
  expect(missing).toMatchObject({ code: 'node.invoice-not-found', details: { paymentHash: hash } })
})

test('pages start after an index and always have a limit', async () => {
  await using pair = await startPair({
    '/lnrpc.Lightning/ListInvoices': () => ({ invoices: [invoice] }),
    '/lnrpc.Lightning/ListPayments': () => ({ payments: [] }),
  })
  const { server, node } = pair
  expect(await node.listInvoices({ afterAddIndex: 6n, limit: 2 })).toMatchObject([{ addIndex: 7n }])
  expect(await node.listPayments({ afterIndex: 4n, limit: 1000 })).toEqual([])
  expect(await node.highWater()).toEqual({ invoiceAddIndex: 7n, paymentIndex: 0n })
  expect(requestsOf(server, '/lnrpc.Lightning/ListInvoices')).toEqual([
    { index_offset: '6', num_max_invoices: '2', reversed: false },
    { index_offset: '0', num_max_invoices: '1', reversed: true },
  ])
  expect(requestsOf(server, '/lnrpc.Lightning/ListPayments')).toMatchObject([
    { index_offset: '4', max_payments: '1000', reversed: false, include_incomplete: true },
    { max_payments: '1', reversed: true, include_incomplete: true },
  ])
  for (const limit of [0, -1, 1.5, 1001]) {
    const error = await errorOf(node.listInvoices({ afterAddIndex: 0n, limit }))
    expect(error, String(limit)).toMatchObject({ details: { field: 'limit' } })
  }
  expect((await errorOf(node.listPayments({ afterIndex: -1n, limit: 1 }))).code).toBe(
    'input.invalid',
  )
})
