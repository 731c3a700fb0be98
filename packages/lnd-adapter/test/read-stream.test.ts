import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { lnd } from '../src/index.ts'
import { collect, errorOf } from './collect.ts'
import { macaroon, refuse, requestsOf, startFakeLnd, startPair } from './fake-lnd.ts'
import { settled } from './samples.ts'
import { startTcpProxy } from './tcp-proxy.ts'

const subscribe = '/lnrpc.Lightning/SubscribeInvoices'
const forever = new Promise<void>(() => {})
const never = new AbortController().signal

test('a connection that falls silent without closing ends the stream', async () => {
  await using server = await startFakeLnd({
    answers: {
      [subscribe]: async (write) => {
        await write(settled(1))
        await forever
      },
    },
  })
  await using proxy = await startTcpProxy(server.port)
  const node = lnd(
    server.options({
      address: `127.0.0.1:${proxy.port}`,
      keepalive: { afterMilliseconds: 50, timeoutMilliseconds: 50 },
    }),
  )
  const read = async (): Promise<void> => {
    for await (const batch of node.watchSettlements({ afterSettleIndex: 0n }, never)) {
      if (batch.length > 0) proxy.goSilent()
    }
  }
  expect(await errorOf(read())).toMatchObject({
    code: 'node.unavailable',
    details: { reason: 'unreachable' },
  })
  await node.close()
})

test('the first batch is empty and comes before anything has happened', async () => {
  await using pair = await startPair({ [subscribe]: () => forever })
  const { server, node } = pair
  const stop = new AbortController()
  const batches = node
    .watchSettlements({ afterSettleIndex: 5n }, stop.signal)
    [Symbol.asyncIterator]()
  expect(await batches.next()).toEqual({ done: false, value: [] })
  expect(requestsOf(server, subscribe)).toEqual([{ settle_index: '5' }])
  stop.abort()
  expect(await batches.next()).toEqual({ done: true, value: undefined })
})

test('it is no subscription while LND is not active', async () => {
  await using pair = await startPair({
    '/lnrpc.State/GetState': () => ({ state: 'RPC_ACTIVE' }),
    [subscribe]: () => forever,
  })
  const error = await errorOf(collect(pair.node.watchSettlements({ afterSettleIndex: 0n }, never)))
  expect(error).toMatchObject({ code: 'node.unavailable', details: { reason: 'starting' } })
})

test('only settlements pass, in batches of what has arrived', async () => {
  const told = Promise.withResolvers<void>()
  await using pair = await startPair({
    [subscribe]: async (write) => {
      for (const state of ['OPEN', 'CANCELED', 'ACCEPTED']) await write({ ...settled(0), state })
      for (let index = 1; index <= 5; index++) await write(settled(index))
      told.resolve()
      await forever
    },
  })
  const seen: bigint[] = []
  for await (const batch of pair.node.watchSettlements({ afterSettleIndex: 0n }, never)) {
    seen.push(...batch.map(({ settleIndex }) => settleIndex))
    if (seen.length === 5) break
    await told.promise
  }
  expect(seen).toEqual([1n, 2n, 3n, 4n, 5n])
})

test('a hundred thousand replayed settlements wait at LND for a slow reader, and all arrive', {
  timeout: 60_000,
}, async () => {
  const total = 100_000
  let written = 0
  await using pair = await startPair({
    [subscribe]: async (write, _request, stream) => {
      for (let index = 1; index <= total; index++) {
        // What gRPC itself would hold at the server is not what is measured.
        if (stream.writableLength > 64) await write(settled(index))
        else void write(settled(index))
        written = index
      }
      await forever
    },
  })
  const batches = pair.node
    .watchSettlements({ afterSettleIndex: 1n }, never)
    [Symbol.asyncIterator]()
  await batches.next()
  const first = await batches.next()
  // The reader does nothing until the server cannot go on: two looks without progress.
  await untilSteady(() => written)
  expect(written).toBeLessThan(5000)
  let count = first.value?.length ?? 0
  let largest = count
  while (count < total) {
    const { value = [] } = await batches.next()
    count += value.length
    largest = Math.max(largest, value.length)
  }
  expect(count).toBe(total)
  expect(largest).toBeLessThanOrEqual(1100)
  await batches.return?.()
})

test('when LND ends a subscription, well or not, the connection counts as lost', async () => {
  const ends: readonly (() => void)[] = [
    () => {},
    () => {
      throw refuse('server shutting down')
    },
    () => {
      throw refuse('Connection dropped', status.UNAVAILABLE)
    },
  ]
  for (const end of ends) {
    await using pair = await startPair({
      [subscribe]: async (write) => {
        await write(settled(1))
        end()
      },
    })
    const seen: unknown[] = []
    const read = async (): Promise<void> => {
      for await (const batch of pair.node.watchSettlements({ afterSettleIndex: 0n }, never)) {
        seen.push(...batch)
      }
    }
    expect(await errorOf(read())).toMatchObject({
      code: 'node.unavailable',
      details: { reason: 'unreachable' },
    })
    expect(seen).toHaveLength(1)
  }
})

test('leaving the loop and closing the node end the stream at LND too', async () => {
  const cancelled: string[] = []
  await using pair = await startPair({
    [subscribe]: (_write, _request, stream) =>
      new Promise((resolve) => {
        stream.once('cancelled', () => {
          cancelled.push('settlements')
          resolve()
        })
      }),
  })
  for await (const _batch of pair.node.watchSettlements({ afterSettleIndex: 0n }, never)) break
  await until(() => cancelled.length === 1)
  const read = collect(pair.node.watchSettlements({ afterSettleIndex: 0n }, never))
  read.catch(() => {})
  await until(() => requestsOf(pair.server, subscribe).length === 2)
  await pair.node.close()
  expect((await errorOf(read)).code).toBe('node.unavailable')
  await until(() => cancelled.length === 2)
})

test('a rejected macaroon is read again before the stream gives up', async () => {
  await using server = await startFakeLnd({ answers: { [subscribe]: () => forever } })
  const fresh = Buffer.from('0203', 'hex')
  const sources = [macaroon, fresh]
  const node = lnd(server.options({ macaroon: async () => sources.shift() ?? fresh }))
  server.macaroons.clear()
  server.macaroons.add(fresh.toString('hex'))
  const stop = new AbortController()
  const batches = node
    .watchSettlements({ afterSettleIndex: 0n }, stop.signal)
    [Symbol.asyncIterator]()
  expect((await batches.next()).value).toEqual([])
  stop.abort()
  expect(await batches.next()).toMatchObject({ done: true })
  await node.close()
})

test('with a macaroon that stays rejected the stream says so', async () => {
  await using pair = await startPair({ [subscribe]: () => forever })
  pair.server.macaroons.clear()
  const error = await errorOf(collect(pair.node.watchSettlements({ afterSettleIndex: 0n }, never)))
  expect(error).toMatchObject({ code: 'node.macaroon-rejected', details: { call: subscribe } })
})

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve))
}

/** Until a figure stays the same over many turns of the event loop. */
async function untilSteady(figure: () => number): Promise<void> {
  for (let same = 0, last = -1; same < 2000; ) {
    same = figure() === last ? same + 1 : 0
    last = figure()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
