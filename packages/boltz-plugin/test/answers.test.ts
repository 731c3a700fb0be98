import { createVirtualClock } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { created, errorOf, newSwap, openApi, outcomeOf } from './open-api.ts'

const tree = created.swapTree
const claim = {
  providerId: created.id,
  transaction: '0200',
  inputIndex: 0,
  publicNonce: '02'.repeat(66),
  preimage: 'c0ffee'.padEnd(64, '7'),
}

test('a creation is sent and read field by field, and the answer is kept whole', async () => {
  const body = { ...created, referralId: 'new in a later version', swapTree: { ...tree } }
  const { provider, received } = await openApi(() => ({ status: 201, body }))
  expect(await provider.create(newSwap)).toEqual({
    providerId: created.id,
    invoice: created.invoice,
    lockupAddress: created.lockupAddress,
    refundPublicKey: created.refundPublicKey,
    timeoutHeight: 900,
    onchainAmountSat: 96_728n,
    leaves: {
      claimLeaf: { version: 192, script: '82012088' },
      refundLeaf: { version: 192, script: '20aa' },
    },
    raw: body,
  })
  expect(received).toEqual([
    {
      method: 'POST',
      path: '/swap/reverse',
      body: {
        from: 'BTC',
        to: 'BTC',
        invoiceAmount: 100_000,
        preimageHash: newSwap.paymentHash,
        claimPublicKey: newSwap.claimPublicKey,
        pairHash: newSwap.priceId,
        invoiceExpiry: 900,
        metadata: newSwap.metadata,
      },
    },
  ])
})

test('every field of a creation that cannot be ends it as unknown, and is named', async () => {
  const leaf = { version: 192, output: '51' }
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, place) => [`leaf${place}`, leaf]))
  const rows: readonly [field: string, over: object][] = [
    ['id', { id: undefined }],
    ['id', { id: 7 }],
    ['id', { id: '' }],
    ['id', { id: '../../admin' }],
    ['id', { id: 'a'.repeat(65) }],
    ['invoice', { invoice: 'lnbc 1' }],
    ['invoice', { invoice: `lnbc1${'q'.repeat(5000)}` }],
    ['invoice', { invoice: ['lnbc1'] }],
    ['lockupAddress', { lockupAddress: 'bcrt1p…' }],
    ['lockupAddress', { lockupAddress: null }],
    ['refundPublicKey', { refundPublicKey: 'cd'.repeat(32) }],
    ['refundPublicKey', { refundPublicKey: `04${'cd'.repeat(32)}` }],
    ['timeoutBlockHeight', { timeoutBlockHeight: 0 }],
    ['timeoutBlockHeight', { timeoutBlockHeight: 500_000_000 }],
    ['timeoutBlockHeight', { timeoutBlockHeight: 900.5 }],
    ['onchainAmount', { onchainAmount: undefined }],
    ['onchainAmount', { onchainAmount: 0 }],
    ['onchainAmount', { onchainAmount: -96_728 }],
    ['onchainAmount', { onchainAmount: '96728' }],
    ['onchainAmount', { onchainAmount: 1e300 }],
    ['swapTree', { swapTree: null }],
    ['swapTree', { swapTree: many }],
    ['leaf', { swapTree: { ...tree, claimLeaf: 'c0' } }],
    ['version', { swapTree: { ...tree, claimLeaf: { ...leaf, version: 256 } } }],
    ['output', { swapTree: { ...tree, claimLeaf: { ...leaf, output: 'xyz' } } }],
    ['output', { swapTree: { ...tree, claimLeaf: { ...leaf, output: '5' } } }],
    ['output', { swapTree: { ...tree, claimLeaf: { ...leaf, output: '51'.repeat(513) } } }],
  ]
  for (const [field, over] of rows) {
    const body = { ...created, ...over }
    const { provider } = await openApi(() => ({ status: 201, body }))
    const error = await errorOf(provider.create(newSwap))
    const name = `${field}: ${JSON.stringify(over).slice(0, 80)}`
    expect(error, name).toMatchObject({
      code: 'swap.provider-failed',
      details: { provider: 'local', reason: 'malformed', outcome: 'unknown' },
    })
    expect(error.message, name).toContain(field)
  }
})

test('what a refusal means, by its status and its words', async () => {
  const rows: readonly [status: number, body: unknown, expected: string][] = [
    [400, { error: '6000000 exceeds maximal of 5000000' }, 'swap.refused above-maximum none'],
    [400, { error: '10 is less than minimal of 50000' }, 'swap.refused below-minimum none'],
    [400, { error: 'onchain amount is too low' }, 'swap.refused below-minimum none'],
    [400, { error: 'invalid pair hash' }, 'swap.refused quote-stale none'],
    [400, { error: 'insufficient liquidity' }, 'swap.refused insufficient-liquidity none'],
    [500, { error: 'insufficient liquidity' }, 'swap.refused insufficient-liquidity none'],
    [409, { error: 'exists' }, 'swap.refused hash-used unknown'],
    [
      400,
      { error: 'a swap with this preimage hash exists already' },
      'swap.refused hash-used unknown',
    ],
    [503, { error: 'swaps are suspended until further notice' }, 'swap.refused suspended none'],
    [400, { error: 'swap creation is disabled' }, 'swap.refused suspended none'],
    [400, { error: 'hook rejected' }, 'swap.refused other none'],
    [401, '', 'swap.refused other none'],
    [404, '<html>', 'swap.refused other none'],
    [400, { error: { nested: true } }, 'swap.refused other none'],
    [500, { error: 'internal error' }, 'swap.provider-failed status-500 unknown'],
    [502, '<html>', 'swap.provider-failed status-502 unknown'],
    [304, '', 'swap.provider-failed status-304 unknown'],
    [307, '', 'swap.provider-failed status-307 unknown'],
    [204, '', 'swap.provider-failed not-json unknown'],
    [200, '{"id": "a",', 'swap.provider-failed not-json unknown'],
    [200, `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, 'swap.provider-failed not-json unknown'],
    [200, `"${'['.repeat(100)}"`, 'swap.provider-failed malformed unknown'],
    [200, '"\\"'.repeat(20_000), 'swap.provider-failed not-json unknown'],
    [200, `"\\"${'['.repeat(100)}"`, 'swap.provider-failed malformed unknown'],
    [200, `{"id":"${'a'.repeat(70_000)}"}`, 'swap.provider-failed body-too-large unknown'],
    [200, { error: 'says no, and 200' }, 'swap.provider-failed malformed unknown'],
  ]
  for (const [status, body, expected] of rows) {
    const { provider } = await openApi(() => ({ status, body }))
    const name = `${status} ${JSON.stringify(body).slice(0, 60)}`
    expect(await outcomeOf(provider.create(newSwap)), name).toBe(expected)
  }
})

test('too many requests: it is left alone for as long as it says, within reason', async () => {
  const rows: readonly [header: string | undefined, seconds: number][] = [
    ['3', 3],
    [undefined, 30],
    ['soon', 30],
    ['-5', 30],
    ['999999999', 600],
  ]
  for (const [header, seconds] of rows) {
    const clock = createVirtualClock()
    const headers = header === undefined ? {} : { 'retry-after': header }
    const { provider, received } = await openApi(() => ({ status: 429, headers }), { clock })
    const ask = (): Promise<string> => outcomeOf(provider.limits())
    expect(await ask()).toBe('swap.refused rate-limited none')
    await clock.advance(seconds * 1000 - 1)
    expect(await ask()).toBe('swap.refused rate-limited none')
    expect(received, `before ${header}`).toHaveLength(1)
    await clock.advance(1)
    await ask()
    expect(received, `after ${header}`).toHaveLength(2)
  }
})

test('what the server says in a refusal is shown short, on one line, without what may be a secret', async () => {
  const error = `no\nway \u0000 ${'ab'.repeat(32)} ${'words '.repeat(100)}`
  const { provider } = await openApi(() => ({ status: 400, body: { error } }))
  const { message } = await errorOf(provider.create(newSwap))
  expect(message).toMatch(/^local makes no such swap: no way … words words /)
  expect(message.length).toBeLessThan(260)
})

test('no error repeats the preimage, whatever the server says back', async () => {
  const { preimage } = claim
  const reversed = [...preimage].reverse().join('')
  const rows: readonly [status: number, body: unknown][] = [
    [400, { error: `bad preimage ${preimage}` }],
    [400, { error: [...preimage].join(' ') }],
    [400, { error: `${preimage.slice(0, 20)} ${preimage.slice(20, 40)} ${preimage.slice(40)}` }],
    [500, { error: Buffer.from(preimage, 'hex').toString('base64') }],
    [500, { error: reversed }],
    [200, { pubNonce: preimage, partialSignature: preimage }],
    [200, preimage],
    [200, { [preimage]: preimage }],
  ]
  for (const [status, body] of rows) {
    const { provider } = await openApi(() => ({ status, body }))
    const error = await errorOf(provider.requestClaimSignature(claim))
    const { message, details, cause } = error
    const shown = [message, JSON.stringify(details), String(cause), error.advice].join('\n')
    const plain = shown.replaceAll(/[^0-9a-z]/gi, '')
    for (const piece of [preimage, reversed, preimage.slice(20, 40)]) {
      expect(plain, JSON.stringify(body)).not.toContain(piece)
    }
  }
})

test('half a signature is read strictly, and what is lost is unknown', async () => {
  const honest = { pubNonce: 'AB'.repeat(66), partialSignature: 'cd'.repeat(32) }
  const good = await openApi(() => ({ body: honest }))
  expect(await good.provider.requestClaimSignature(claim)).toEqual({
    publicNonce: 'ab'.repeat(66),
    partialSignature: 'cd'.repeat(32),
  })
  expect(good.received).toEqual([
    {
      method: 'POST',
      path: `/swap/reverse/${created.id}/claim`,
      body: {
        index: 0,
        transaction: claim.transaction,
        preimage: claim.preimage,
        pubNonce: claim.publicNonce,
      },
    },
  ])
  for (const body of [
    {},
    { ...honest, pubNonce: 'ab'.repeat(65) },
    { ...honest, partialSignature: `${'cd'.repeat(31)}zz` },
    { ...honest, partialSignature: null },
  ]) {
    const { provider } = await openApi(() => ({ body }))
    const outcome = await outcomeOf(provider.requestClaimSignature(claim))
    expect(outcome, JSON.stringify(body)).toBe('swap.provider-failed malformed unknown')
  }
  const hostile = { ...claim, providerId: '../../admin' }
  const { provider, received } = await openApi(() => ({ body: honest }))
  expect(await outcomeOf(provider.requestClaimSignature(hostile))).toBe(
    'swap.provider-failed malformed none',
  )
  expect(received).toEqual([])
})
