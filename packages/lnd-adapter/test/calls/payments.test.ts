import { status } from '@grpc/grpc-js'
import type { NewPayment } from '@payment-node/core'
import { expect, test } from 'vitest'
import { collect, errorOf } from '../collect.ts'
import { refuse, requestsOf, type StreamHandler, startPair } from '../fake-lnd.ts'
import { hash, payment, paymentRequest } from '../samples.ts'

const send = '/routerrpc.Router/SendPaymentV2'
const track = '/routerrpc.Router/TrackPaymentV2'
const forever = new Promise<void>(() => {})
const order: NewPayment = { paymentRequest, feeLimitMsat: 5000n, timeoutSeconds: 30 }

const route = {
  total_time_lock: 800_144,
  total_fees_msat: '11',
  total_amt_msat: '250011',
  hops: [{ chan_id: '18446744073709551615' }, { chan_id: '2' }],
}

test('a payment is sent with its limits, and its updates read as the port says', async () => {
  await using pair = await startPair({
    [send]: async (write) => {
      await write({ ...payment, status: 'INITIATED' })
      await write({ ...payment, status: 'IN_FLIGHT', htlcs: [{ status: 'IN_FLIGHT', route }] })
      await write({
        ...payment,
        status: 'SUCCEEDED',
        payment_preimage: 'ee'.repeat(32),
        htlcs: [
          { status: 'FAILED', route },
          { status: 'SUCCEEDED', route },
        ],
      })
    },
  })
  const updates = await collect(pair.node.pay(order))
  expect(updates.map(({ state }) => state)).toEqual(['in-flight', 'in-flight', 'succeeded'])
  const htlc = {
    amountMsat: 250_000n,
    feeMsat: 11n,
    firstChannelId: '18446744073709551615',
    expiryHeight: 800_144,
  }
  expect(updates.at(-1)).toEqual({
    paymentHash: hash,
    state: 'succeeded',
    amountMsat: 250_000n,
    feeMsat: 11n,
    preimage: 'ee'.repeat(32),
    index: 9n,
    createdAt: 1_700_000_000_123,
    htlcs: [
      { state: 'failed', ...htlc },
      { state: 'succeeded', ...htlc },
    ],
  })
  await collect(pair.node.pay({ ...order, amountMsat: 7n, feeLimitMsat: 0n, maximumParts: 3 }))
  const outgoingChannels = ['18446744073709551615', '2']
  await collect(pair.node.pay({ ...order, outgoingChannels, maximumCltv: 400 }))
  const usual = { payment_request: paymentRequest, timeout_seconds: 30, cancelable: false }
  expect(requestsOf(pair.server, send)).toMatchObject([
    {
      ...usual,
      amt_msat: '0',
      fee_limit_msat: '5000',
      max_parts: 16,
      cltv_limit: 0,
      outgoing_chan_ids: [],
    },
    { ...usual, amt_msat: '7', fee_limit_msat: '0', max_parts: 3 },
    { ...usual, cltv_limit: 400, outgoing_chan_ids: outgoingChannels },
  ])
})

test('a payment without sensible limits is not sent', async () => {
  await using pair = await startPair({ [send]: () => forever })
  const cases: readonly [field: string, wrong: object][] = [
    ['feeLimitMsat', { feeLimitMsat: -1n }],
    ['feeLimitMsat', { feeLimitMsat: undefined }],
    ['feeLimitMsat', { feeLimitMsat: 5 }],
    ['amountMsat', { amountMsat: 0n }],
    ['amountMsat', { amountMsat: -5n }],
    ['timeoutSeconds', { timeoutSeconds: 0 }],
    ['timeoutSeconds', { timeoutSeconds: 0.5 }],
    ['maximumParts', { maximumParts: 0 }],
    ['maximumCltv', { maximumCltv: 0 }],
    ['maximumCltv', { maximumCltv: -1 }],
    ['outgoingChannels', { outgoingChannels: ['0'] }],
    ['outgoingChannels', { outgoingChannels: ['1', 'x'] }],
    ['outgoingChannels', { outgoingChannels: ['18446744073709551616'] }],
    ['outgoingChannels', { outgoingChannels: '5' }],
    ['paymentRequest', { paymentRequest: '' }],
  ]
  for (const [field, wrong] of cases) {
    const error = await errorOf(collect(pair.node.pay({ ...order, ...wrong })))
    expect(error, field).toMatchObject({ code: 'input.invalid', details: { field } })
  }
  expect(pair.server.received).toEqual([])
})

test('following ends with the status, not with the stream', async () => {
  const cases: readonly [terminal: object, expected: object][] = [
    [{ status: 'SUCCEEDED' }, { state: 'succeeded' }],
    [{ status: 'FAILED', failure_reason: 'FAILURE_REASON_TIMEOUT' }, { failure: 'timeout' }],
    [{ status: 'FAILED', failure_reason: 'FAILURE_REASON_NO_ROUTE' }, { failure: 'no-route' }],
    [{ status: 'FAILED', failure_reason: 'FAILURE_REASON_ERROR' }, { failure: 'error' }],
    [{ status: 'FAILED', failure_reason: 'FAILURE_REASON_CANCELED' }, { failure: 'canceled' }],
    [{ status: 'FAILED', failure_reason: 99 }, { failure: 'error' }],
    [
      { status: 'FAILED', failure_reason: 'FAILURE_REASON_INCORRECT_PAYMENT_DETAILS' },
      { failure: 'incorrect-details' },
    ],
    [
      { status: 'FAILED', failure_reason: 'FAILURE_REASON_INSUFFICIENT_BALANCE' },
      { failure: 'insufficient-balance' },
    ],
  ]
  for (const [terminal, expected] of cases) {
    const handler: StreamHandler = async (write) => {
      await write({ ...payment, ...terminal })
      await forever
    }
    await using pair = await startPair({ [send]: handler, [track]: handler })
    for (const updates of [pair.node.pay(order), pair.node.trackPayment(hash)]) {
      expect(await collect(updates), JSON.stringify(terminal)).toMatchObject([expected])
    }
  }
})

test('a payment in flight is not failed, whatever reason or status it shows', async () => {
  await using pair = await startPair({
    [track]: async (write) => {
      const failure_reason = 'FAILURE_REASON_TIMEOUT'
      for (const status of ['IN_FLIGHT', 'INITIATED', 'UNKNOWN', 42]) {
        await write({ ...payment, status, failure_reason })
      }
      await write({ ...payment, status: 'FAILED', failure_reason })
    },
  })
  const updates = await collect(pair.node.trackPayment(hash))
  expect(updates.map(({ state, failure }) => failure ?? state)).toEqual([
    'in-flight',
    'in-flight',
    'in-flight',
    'in-flight',
    'timeout',
  ])
  expect(updates.every((update) => update.state === 'failed' || !('preimage' in update))).toBe(true)
})

test('any end without a terminal status leaves the outcome of a payment unknown', async () => {
  const ends: readonly StreamHandler[] = [
    () => {},
    async (write) => write({ ...payment, status: 'IN_FLIGHT' }),
    () => {
      throw refuse('routerrpc server shutting down')
    },
    () => {
      throw refuse('Connection dropped', status.UNAVAILABLE)
    },
    () => {
      throw refuse('a new kind of trouble')
    },
    () => {
      throw refuse('unable to locate invoice', status.NOT_FOUND)
    },
  ]
  for (const [index, end] of ends.entries()) {
    await using pair = await startPair({ [send]: end, [track]: end })
    expect(await errorOf(collect(pair.node.pay(order))), `end ${index}`).toMatchObject({
      code: 'node.unavailable',
      details: { outcome: 'unknown' },
    })
    const tracked = await errorOf(collect(pair.node.trackPayment(hash)))
    expect(tracked.code, `end ${index}`).toBe('node.unavailable')
  }
})

test('aborting ends the following only', async () => {
  const stop = new AbortController()
  let isCancelled = false
  await using pair = await startPair({
    [send]: async (write, _request, stream) => {
      stream.once('cancelled', () => {
        isCancelled = true
      })
      await write({ ...payment, status: 'IN_FLIGHT' })
      await forever
    },
  })
  const seen: string[] = []
  for await (const update of pair.node.pay(order, stop.signal)) {
    seen.push(update.state)
    stop.abort()
  }
  expect(seen).toEqual(['in-flight'])
  while (!isCancelled) await new Promise((resolve) => setImmediate(resolve))
  expect(await collect(pair.node.pay(order, stop.signal))).toEqual([])
  expect(requestsOf(pair.server, send)).toHaveLength(1)
})

test('a payment that exists is named with its hash and state', async () => {
  let words = ''
  let decoded: () => object = () => ({ payment_hash: hash })
  await using pair = await startPair({
    [send]: () => {
      throw refuse(words, status.ALREADY_EXISTS)
    },
    '/lnrpc.Lightning/DecodePayReq': () => decoded(),
  })
  for (const [given, state] of [
    ['invoice is already paid', 'paid'],
    ['payment is in transition', 'in-flight'],
    ['payment already exists', 'in-flight'],
  ] as const) {
    words = given
    expect(await errorOf(collect(pair.node.pay(order))), given).toMatchObject({
      code: 'node.payment-exists',
      details: { paymentHash: hash, state },
    })
  }
  // Which payment it is cannot be found out: then nothing is certain.
  decoded = () => {
    throw refuse('permission denied')
  }
  expect(await errorOf(collect(pair.node.pay(order)))).toMatchObject({
    code: 'node.unavailable',
    details: { outcome: 'unknown' },
  })
})

test('a hash that LND never stored is not found', async () => {
  await using pair = await startPair({
    [track]: () => {
      throw refuse("payment isn't initiated", status.NOT_FOUND)
    },
  })
  expect(await errorOf(collect(pair.node.trackPayment(hash)))).toMatchObject({
    code: 'node.payment-not-found',
    details: { paymentHash: hash },
  })
  const malformed = await errorOf(collect(pair.node.trackPayment('ab')))
  expect(malformed.code).toBe('input.invalid')
})

test('a decoded invoice reads as the port says', async () => {
  let answer: object = {}
  await using pair = await startPair({ '/lnrpc.Lightning/DecodePayReq': () => answer })
  answer = {
    destination: `03${'11'.repeat(32)}`,
    payment_hash: hash,
    timestamp: '1700000000',
    expiry: '3600',
    description: 'rent',
    cltv_expiry: '80',
    payment_addr: Buffer.alloc(32, 1),
    num_msat: '9007199254740993',
    features: {
      17: { name: 'multi-path-payments', is_known: true },
      14: { name: 'payment-addr', is_required: true, is_known: true },
    },
  }
  expect(await pair.node.decodeInvoice(paymentRequest)).toEqual({
    paymentHash: hash,
    destination: `03${'11'.repeat(32)}`,
    amountMsat: 9_007_199_254_740_993n,
    createdAt: 1_700_000_000_000,
    expirySeconds: 3600,
    description: 'rent',
    minFinalCltv: 80,
    features: [
      { bit: 14, name: 'payment-addr', isRequired: true, isKnown: true },
      { bit: 17, name: 'multi-path-payments', isRequired: false, isKnown: true },
    ],
    hasPaymentSecret: true,
    hasBlindedPaths: false,
  })
  answer = { payment_hash: hash, blinded_paths: [{}], description_hash: '05'.repeat(32) }
  expect(await pair.node.decodeInvoice(paymentRequest)).toMatchObject({
    amountMsat: null,
    descriptionHash: '05'.repeat(32),
    hasPaymentSecret: false,
    hasBlindedPaths: true,
  })
  answer = { payment_hash: hash, cltv_expiry: '9223372036854775807' }
  expect(await errorOf(pair.node.decodeInvoice(paymentRequest))).toMatchObject({
    code: 'node.invoice-malformed',
    details: { reason: 'malformed' },
  })
})

test('an invoice of another network is told from one that cannot be read', async () => {
  let words = ''
  await using pair = await startPair({
    '/lnrpc.Lightning/DecodePayReq': () => {
      throw refuse(words)
    },
  })
  const cases: readonly [request: string, words: string, reason: string][] = [
    ['lnbc1…', "invoice not for current active network 'regtest'", 'wrong-network'],
    // On mainnet "lnbcrt" begins like "lnbc", on testnet "lntbs" like "lntb": LND reads an amount.
    ['lnbcrt20u1…', 'strconv.ParseUint: parsing "rt20": invalid syntax', 'wrong-network'],
    ['lntbs20u1…', 'strconv.ParseUint: parsing "s20": invalid syntax', 'wrong-network'],
    ['LNBCRT1…', 'unknown multiplier t', 'wrong-network'],
    ['lnbcx1…', 'unknown multiplier x', 'malformed'],
    ['lnbc1…', 'invalid invoice signature', 'signature'],
  ]
  for (const [request, given, reason] of cases) {
    words = given
    expect(await errorOf(pair.node.decodeInvoice(request)), given).toMatchObject({
      code: 'node.invoice-malformed',
      details: { reason },
    })
  }
})
