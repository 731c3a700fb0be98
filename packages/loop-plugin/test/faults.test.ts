import { setTimeout } from 'node:timers/promises'
import type { DelegatedSwap } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type Pair, startPair, wanted } from './daemon.ts'

/** The first so many that the stream brings. */
async function heard({ provider }: Pair, count: number): Promise<DelegatedSwap[]> {
  const seen: DelegatedSwap[] = []
  const ending = new AbortController()
  for await (const swap of provider.watch(ending.signal)) {
    seen.push(swap)
    if (seen.length === count) ending.abort()
  }
  return seen
}

test('a new swap that is in no list yet is there when the stream was opened', async () => {
  await using pair = await startPair({ faults: ['slow-list'] })
  const { provider } = pair
  await provider.start(wanted())
  expect(await provider.list()).toEqual([])
  expect((await heard(pair, 1)).length).toBe(1)
  expect((await provider.list()).length).toBe(1)
})

test('replayed and reordered states are told as they come', async () => {
  await using pair = await startPair({ faults: ['replays'] })
  const { server } = pair
  server.add({ label: 'old', amountSat: 1n })
  server.add({ label: 'new', amountSat: 2n })
  expect((await heard(pair, 4)).map(({ label }) => label)).toEqual(['new', 'old', 'new', 'old'])
})

test('a stream that says nothing hides nothing from the list', async () => {
  await using pair = await startPair({ faults: ['monitor-silent'] })
  const { provider, server } = pair
  server.add({ label: 'a', amountSat: 1n })
  const ending = new AbortController()
  const listening = (async () => {
    for await (const swap of provider.watch(ending.signal)) throw new Error(`heard ${swap.label}`)
  })()
  while (!server.received.some(({ method }) => method === 'Monitor')) await setTimeout(5)
  server.advance(server.swaps[0]!, { state: 'PREIMAGE_REVEALED' })
  expect((await provider.list()).map(({ state }) => state)).toEqual(['running'])
  ending.abort()
  await listening
})

test('TEMPORARY needs somebody, and is over when the daemon was restarted', async () => {
  await using pair = await startPair({ faults: ['temporary'] })
  const { provider, server } = pair
  await provider.start(wanted())
  const state = async (): Promise<string> => {
    const [swap] = await provider.list()
    return `${swap!.state} ${swap!.failure}`
  }
  expect(await state()).toBe('needs-operator temporary')
  server.restart()
  expect(await state()).toBe('accepted undefined')
})

test('another amount than was asked for is handed on, for core to judge', async () => {
  await using pair = await startPair({ faults: ['wrong-amount'] })
  await pair.provider.start(wanted())
  expect((await pair.provider.list())[0]!.amountSat).toBe(1_000_001n)
})

test('a daemon that answers late is waited for', async () => {
  await using pair = await startPair({ faults: ['late'] })
  const { provider, server } = pair
  const asked = provider.limits()
  while (server.received.length === 0) await setTimeout(5)
  server.letAnswer()
  expect((await asked).minimumSat).toBe(250_000n)
})
