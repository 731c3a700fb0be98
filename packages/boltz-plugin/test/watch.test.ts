import type { Clock, SwapReport } from '@payment-node/core'
import { systemClock } from '@payment-node/core'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { type Answer, openApi, outcomeOf, type Received } from './open-api.ts'

const say = (socket: WebSocket, message: object): void => socket.send(JSON.stringify(message))
const update = (args: readonly unknown[]): object => ({
  event: 'update',
  channel: 'swap.update',
  args,
})

function statuses({ path }: Received): Answer {
  const asked = new URL(path, 'http://server').searchParams.getAll('ids')
  const many = Object.fromEntries(asked.map((id) => [id, { status: 'swap.created' }]))
  return { body: asked.length > 0 ? many : { status: 'swap.created' } }
}

/** Real time, so many times as fast. */
const faster = (times: number): Clock => ({
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * times,
  sleep: (milliseconds, signal, background) =>
    systemClock.sleep(milliseconds / times, signal, background),
})
const hasty: Clock = faster(1000)

test('handlers are in place before the subscription, which is of a hundred swaps per message', async () => {
  const ids = Array.from({ length: 250 }, (_, place) => `swap${place}`)
  const api = await openApi(statuses, {
    onSocket: (socket) => {
      // At once, before anything was asked for.
      say(socket, update([{ id: 'swap7', status: 'transaction.mempool' }]))
    },
  })
  const ending = new AbortController()
  const seen: SwapReport[] = []
  for await (const report of api.provider.watch(ids, ending.signal)) {
    seen.push(report)
    const isEarly = seen.some(({ status }) => status === 'transaction.mempool')
    if (isEarly && new Set(seen.map(({ providerId }) => providerId)).size === 250) ending.abort()
  }
  const asked = api.messages.map((text) => JSON.parse(text))
  expect(asked.map(({ op, channel, args }) => [op, channel, args.length])).toEqual([
    ['subscribe', 'swap.update', 100],
    ['subscribe', 'swap.update', 100],
    ['subscribe', 'swap.update', 50],
  ])
  expect(asked.flatMap(({ args }) => args)).toEqual(ids)
})

test('garbage and news of other people are left out, repetitions too', async () => {
  const api = await openApi(statuses, {
    onSocket: (socket) => {
      socket.once('message', () => {
        socket.send('<html>')
        socket.send('null')
        socket.send('[1]')
        say(socket, { event: 'error', error: 'no' })
        say(socket, update(['text', null, 7, {}]))
        say(socket, update([{ id: 'other', status: 'invoice.settled' }]))
        say(socket, update([{ id: 'mine', status: 'x y' }]))
        say(socket, update([{ id: 'mine', error: 'could not find swap' }]))
        say(socket, { ...update([{ id: 'mine', status: 'invoice.expired' }]), channel: 'else' })
        for (let time = 0; time < 3; time++) {
          say(socket, update([{ id: 'mine', status: 'transaction.mempool' }]))
        }
        say(socket, update([{ id: 'mine', status: 'transaction.confirmed' }]))
      })
    },
  })
  const ending = new AbortController()
  const seen: string[] = []
  for await (const { providerId, status } of api.provider.watch(['mine'], ending.signal)) {
    expect(providerId).toBe('mine')
    seen.push(status)
    if (status === 'transaction.confirmed') ending.abort()
  }
  const inOrder = ['swap.created', 'transaction.mempool', 'transaction.confirmed']
  // What came while the reader was busy may be left out; nothing is told twice.
  expect(inOrder.filter((status) => seen.includes(status))).toEqual(
    [...new Set(seen)].sort((a, b) => inOrder.indexOf(a) - inOrder.indexOf(b)),
  )
  expect(seen.length).toBe(new Set(seen).size)
})

test('a line that is cut is opened and subscribed to again', async () => {
  let count = 0
  const api = await openApi(statuses, {
    clock: hasty,
    onSocket: (socket) => {
      const number = ++count
      socket.once('message', () => {
        if (number < 3) return socket.terminate()
        say(socket, update([{ id: 'mine', status: 'transaction.mempool' }]))
      })
    },
  })
  const ending = new AbortController()
  for await (const { status } of api.provider.watch(['mine'], ending.signal)) {
    if (status === 'transaction.mempool') ending.abort()
  }
  expect(api.sockets).toHaveLength(3)
  expect(api.messages.filter((text) => text.includes('"subscribe"'))).toHaveLength(3)
  await expect.poll(() => api.sockets[2]!.readyState).toBe(3)
})

test('behind a silent line the server is asked, and a line without a word is given up', async () => {
  let looks = 0
  const api = await openApi(
    (request) => {
      looks++
      return looks < 3 ? statuses(request) : { body: { status: 'transaction.mempool' } }
    },
    { clock: hasty, onSocket: () => {} },
  )
  const ending = new AbortController()
  for await (const { status } of api.provider.watch(['mine'], ending.signal)) {
    if (status !== 'transaction.mempool') continue
    await expect.poll(() => api.sockets.length).toBeGreaterThan(1)
    ending.abort()
  }
  expect(api.messages).toContain('{"op":"ping"}')
})

test('without a line and without answers a watch ends by throwing; with a line it goes on', async () => {
  const never = new AbortController().signal
  const broken = await openApi(() => ({ status: 500, body: {} }))
  const first = broken.provider.watch(['mine'], never)[Symbol.asyncIterator]().next()
  expect(await outcomeOf(first)).toBe('swap.provider-failed status-500 none')

  let failed = 0
  let isOpen = false
  const api = await openApi(
    (request) => {
      if (!isOpen) return statuses(request)
      failed++
      return { status: 500, body: {} }
    },
    {
      // Slow enough for a line on a busy machine not to pass for a dead one.
      clock: faster(100),
      onSocket: (socket) => {
        socket.on('message', () => {
          // What was asked for says that the other end has it open.
          isOpen = true
          if (failed < 2) return say(socket, { event: 'pong' })
          say(socket, update([{ id: 'mine', status: 'transaction.mempool' }]))
        })
      },
    },
  )
  const ending = new AbortController()
  for await (const { status } of api.provider.watch(['mine'], ending.signal)) {
    if (status === 'transaction.mempool') ending.abort()
  }
  expect(failed).toBeGreaterThanOrEqual(2)
})

test('a door without sockets is no reason to stop', async () => {
  const asked: string[] = []
  const { boltz } = await import('../src/index.ts')
  const provider = boltz({
    url: 'https://swaps.example/v2',
    clock: hasty,
    http: {
      contractVersion: 1,
      request: async ({ url }) => {
        asked.push(url)
        const status = asked.length < 3 ? 'swap.created' : 'transaction.mempool'
        return { status: 200, headers: {}, body: JSON.stringify({ status }) }
      },
    },
  })
  const ending = new AbortController()
  const seen: string[] = []
  for await (const { status } of provider.watch(['mine'], ending.signal)) {
    seen.push(status)
    if (status === 'transaction.mempool') ending.abort()
  }
  expect(seen).toEqual(['swap.created', 'transaction.mempool'])
  expect(asked[0]).toBe('https://swaps.example/v2/swap/mine')
})
