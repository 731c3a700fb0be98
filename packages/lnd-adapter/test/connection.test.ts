import { randomBytes } from 'node:crypto'
import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { lnd } from '../src/index.ts'
import { errorOf } from './collect.ts'
import { refuse, startFakeLnd, startPair } from './fake-lnd.ts'
import { hash, invoice } from './samples.ts'
import { startTcpProxy } from './tcp-proxy.ts'

const newInvoice = {
  preimage: randomBytes(32),
  amountMsat: 1000n,
  expirySeconds: 60,
  isPrivate: false,
}

test('the outcome is none when nobody listens, and unknown when the answer got lost', async () => {
  const server = await startFakeLnd({
    answers: {
      '/lnrpc.Lightning/AddInvoice': async () => {
        await server.stop()
        throw refuse('too late')
      },
    },
  })
  const node = lnd(server.options())
  const lost = await errorOf(node.createInvoice(newInvoice))
  expect(lost).toMatchObject({ code: 'node.unavailable', details: { outcome: 'unknown' } })
  await untilOutcome('none', () => node.createInvoice(newInvoice))
  await node.close()
})

test('a call without an answer ends at the deadline', async () => {
  await using pair = await startPair(
    {
      '/lnrpc.Lightning/AddInvoice': () => new Promise(() => {}),
      '/lnrpc.Lightning/LookupInvoice': () => new Promise(() => {}),
    },
    { replyDeadlineMilliseconds: 60 },
  )
  const { node } = pair
  expect(await errorOf(node.createInvoice(newInvoice))).toMatchObject({
    code: 'node.unavailable',
    isRetryable: true,
    details: { reason: 'deadline', outcome: 'unknown' },
  })
  expect(await errorOf(node.lookupInvoice(hash))).toMatchObject({
    details: { reason: 'deadline', outcome: 'none' },
  })
})

test('a signal ends a call; a change that was sent may have happened', async () => {
  const stop = new AbortController()
  await using pair = await startPair({
    '/lnrpc.Lightning/AddInvoice': () => {
      stop.abort()
      return new Promise(() => {})
    },
    '/lnrpc.Lightning/LookupInvoice': () => {
      stopReading.abort()
      return new Promise(() => {})
    },
  })
  const stopReading = new AbortController()
  const { server, node } = pair
  expect(await errorOf(node.createInvoice(newInvoice, stop.signal))).toMatchObject({
    code: 'node.unavailable',
    details: { outcome: 'unknown' },
  })
  expect((await errorOf(node.lookupInvoice(hash, stopReading.signal))).code).toBe('wait.aborted')
  const sent = server.received.length
  expect((await errorOf(node.createInvoice(newInvoice, stop.signal))).code).toBe('wait.aborted')
  expect(server.received).toHaveLength(sent)
})

test('many calls at once share one connection', async () => {
  await using server = await startFakeLnd({
    answers: { '/lnrpc.Lightning/LookupInvoice': () => invoice },
  })
  await using proxy = await startTcpProxy(server.port)
  const node = lnd(server.options({ address: `127.0.0.1:${proxy.port}` }))
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: 64 }, () => node.lookupInvoice(hash)))
  }
  expect(proxy.connections()).toBe(1)
  await node.close()
})

test('replies of more than 4 MiB arrive whole', async () => {
  const memo = 'x'.repeat(600)
  await using pair = await startPair({
    '/lnrpc.Lightning/ListInvoices': () => ({
      invoices: Array.from({ length: 1000 }, (_, index) => ({
        ...invoice,
        add_index: String(index + 1),
        memo,
        payment_request: 'y'.repeat(5000),
      })),
    }),
  })
  const found = await pair.node.listInvoices({ afterAddIndex: 0n, limit: 1000 })
  expect(found).toHaveLength(1000)
  expect(found.at(-1)).toMatchObject({ addIndex: 1000n, memo })
})

test('after close the next call connects again', async () => {
  await using pair = await startPair({ '/lnrpc.Lightning/LookupInvoice': () => invoice })
  await pair.node.lookupInvoice(hash)
  await pair.node.close()
  expect((await pair.node.lookupInvoice(hash)).paymentHash).toBe(hash)
})

test('a call that LND was built without is unsupported', async () => {
  await using pair = await startPair({
    '/invoicesrpc.Invoices/CancelInvoice': () => {
      throw refuse('unknown service invoicesrpc.Invoices', status.UNIMPLEMENTED)
    },
  })
  expect(await errorOf(pair.node.cancelInvoice(hash))).toMatchObject({
    code: 'node.unsupported',
    details: { call: '/invoicesrpc.Invoices/CancelInvoice' },
  })
})

async function untilOutcome(outcome: string, call: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const { code, details } = await errorOf(call())
    expect(code).toBe('node.unavailable')
    if ((details as { outcome: string }).outcome === outcome) return
  }
}
