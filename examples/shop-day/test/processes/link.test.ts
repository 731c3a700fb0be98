import { setImmediate as turn } from 'node:timers/promises'
import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { createLink, type Link, type Message, type Served } from '../../src/processes/link.ts'

/** Two links that speak to each other as two processes do: by copies, and never at once. */
function connect(served: Served): { ours: Link; theirs: Link } {
  const listeners: ((message: Message) => void)[] = []
  const side = (own: number, other: number, serves: Served): Link =>
    createLink(
      {
        send: (message) => {
          const copy = structuredClone(message)
          setImmediate(() => listeners[other]!(copy))
        },
        onMessage: (listener) => {
          listeners[own] = listener
        },
      },
      serves,
    )
  return { ours: side(0, 1, {}), theirs: side(1, 0, served) }
}

async function readAll(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const read: unknown[] = []
  for await (const item of items) read.push(item)
  return read
}

test('answers, streams and errors cross with their values', async () => {
  const refused = new PaymentNodeError(
    'node.unavailable',
    'It is away.',
    { reason: 'locked', outcome: 'unknown' },
    { advice: 'Unlock it.', fundsAtRisk: true },
  )
  const { ours } = connect({
    add: ([one, other]) => (one as bigint) + (other as bigint),
    refuse: () => {
      throw refused
    },
    async *count([to]) {
      for (let number = 1; number <= (to as number); number++) yield number
      if (to === 3) throw refused
    },
  })
  expect(await ours.ask('add', [2n ** 60n, 1n])).toBe(2n ** 60n + 1n)
  expect(await readAll(ours.follow('count', [2]))).toEqual([1, 2])
  await expect(ours.ask('nothing', [])).rejects.toThrow('does not serve nothing')
  for (const work of [ours.ask('refuse', []), readAll(ours.follow('count', [3]))]) {
    const error: unknown = await work.catch((thrown: unknown) => thrown)
    expect(PaymentNodeError.is(error) && error.toJSON()).toEqual(refused.toJSON())
  }
})

test('an abort reaches who works; a reader who leaves does the same', async () => {
  let stopped = 0
  const { ours } = connect({
    async *forever(_, signal) {
      signal.addEventListener('abort', () => stopped++)
      yield 1
      while (!signal.aborted) await turn()
    },
  })
  const aborting = new AbortController()
  for await (const _ of ours.follow('forever', [], aborting.signal)) aborting.abort()
  expect(stopped).toBe(1)
  for await (const _ of ours.follow('forever', [])) break
  while (stopped < 2) await turn()
})

test('when the other side is gone, who waits for it hears so, and work for it ends', async () => {
  const ended = Promise.withResolvers<void>()
  const { ours, theirs } = connect({
    hang: (_, signal) => {
      signal.addEventListener('abort', () => ended.resolve())
      return new Promise(() => undefined)
    },
    async *silence(_, signal) {
      yield 1
      while (!signal.aborted) await turn()
    },
  })
  const waiting = ours.ask('hang', []).catch((error: Error) => error.message)
  const reading = readAll(ours.follow('silence', [])).catch((error: Error) => error.message)
  await turn()
  await turn()
  ours.close(new Error('gone'))
  theirs.close(new Error('gone'))
  await ended.promise
  expect([await waiting, await reading]).toEqual(['gone', 'gone'])
  await expect(ours.ask('hang', [])).rejects.toThrow('gone')
})
