import { setTimeout } from 'node:timers/promises'
import type { DelegatedSwap } from '@payment-node/core'
import { expect, test } from 'vitest'
import { calls, startPair, wanted } from './daemon.ts'

test('terms and an all-in quote', async () => {
  await using pair = await startPair()
  const { provider, server } = pair
  expect(await provider.limits()).toEqual({ minimumSat: 250_000n, maximumSat: 10_000_000n })
  const before = Date.now()
  const quote = await provider.quote(500_000n, undefined, 1_800_000_000_999)
  expect(quote).toMatchObject({
    amountSat: 500_000n,
    serviceSat: 3000n,
    lockupSat: 0n,
    claimSat: 700n,
    prepayAtRiskSat: 1000n,
    payees: ['02'.repeat(33)],
  })
  expect(quote.expiresAt).toBeGreaterThanOrEqual(before + 60_000)
  expect(server.received.at(-1)!.request).toMatchObject({
    amt: '500000',
    conf_target: 9,
    swap_publication_deadline: '1800000000',
  })
  await provider.quote(500_000n)
  const patient = Number(server.received.at(-1)!.request.swap_publication_deadline)
  expect(patient).toBeGreaterThanOrEqual(Math.floor(before / 1000) + 1800)
  expect(String(patient).length).toBe(10)
})

test('a swap is started after a look at the daemon and at its labels, with every limit', async () => {
  await using pair = await startPair()
  const { provider, server } = pair
  const started = await provider.start(
    wanted({ destination: 'bcrt1qdest', outgoingChannels: ['18446744073709551615', '7'] }),
  )
  expect(calls(pair).sort()).toEqual(['GetInfo', 'GetLiquidityParams', 'ListSwaps', 'LoopOut'])
  expect(calls(pair).at(-1)).toBe('LoopOut')
  expect(started).toMatchObject({
    label: 'a'.repeat(32),
    providerId: server.swaps[0]!.id,
    state: 'accepted',
    amountSat: 1_000_000n,
  })
  const { request } = server.received.at(-1)!
  expect(request).toMatchObject({
    amt: '1000000',
    dest: 'bcrt1qdest',
    is_external_addr: true,
    max_swap_fee: '3000',
    max_prepay_amt: '1000',
    max_miner_fee: '50000',
    sweep_conf_target: 9,
    htlc_confirmations: 1,
    swap_publication_deadline: '1800000000',
    outgoing_chan_set: ['18446744073709551615', '7'],
    label: 'a'.repeat(32),
    initiator: 'payment-node',
  })
  const [swap, prepay] = [request.max_swap_routing_fee, request.max_prepay_routing_fee].map(Number)
  expect(prepay).toBeGreaterThan(0)
  expect(swap! + prepay!).toBe(5000)
})

test('without a destination the daemon takes an address of its wallet, and may batch', async () => {
  await using pair = await startPair()
  await pair.provider.start(wanted())
  expect(pair.server.received.at(-1)!.request).toMatchObject({ dest: '', is_external_addr: false })
})

test('the same label never starts a second swap, also after a lost reply', async () => {
  await using pair = await startPair({ faults: ['lost-reply'] })
  const { provider, server } = pair
  await expect(provider.start(wanted())).rejects.toMatchObject({
    code: 'swap.provider-failed',
    details: { outcome: 'unknown' },
  })
  server.faults.delete('lost-reply')
  const again = await provider.start(wanted())
  expect(again.providerId).toBe(server.swaps[0]!.id)
  expect(server.swaps.length).toBe(1)
  // Contained in another label, as loopd's own filter looks for it, is not the same.
  await provider.start(wanted({ label: 'a'.repeat(31) }))
  expect(server.swaps.length).toBe(2)
})

test('states and costs as the port has them; what is not a labelled loop out is left out', async () => {
  await using pair = await startPair({ faults: ['ignores-filter'] })
  const { provider, server } = pair
  const rows: [Parameters<typeof server.advance>[1], Partial<DelegatedSwap>][] = [
    [{}, { state: 'accepted' }],
    [{ state: 'PREIMAGE_REVEALED' }, { state: 'running' }],
    [
      { state: 'SUCCESS', serverSat: 3000n, onchainSat: 600n, offchainSat: 12n },
      { state: 'completed', serviceSat: 3000n, minerSat: 600n, routingSat: 12n, prepayLostSat: 0n },
    ],
    [
      { state: 'FAILED', failure: 'OFFCHAIN', serverSat: 0n },
      { state: 'failed', failure: 'off-chain', serviceSat: 0n },
    ],
    [
      { state: 'FAILED', failure: 'TIMEOUT', serverSat: 1000n },
      { state: 'failed', failure: 'timeout', serviceSat: 0n, prepayLostSat: 1000n },
    ],
    [{ failure: 'SWEEP_TIMEOUT' }, { state: 'failed', failure: 'sweep-timeout' }],
    [{ failure: 'INSUFFICIENT_VALUE' }, { state: 'failed', failure: 'insufficient-value' }],
    [{ failure: 'ABANDONED' }, { state: 'failed', failure: 'abandoned' }],
    [{ failure: 'TEMPORARY' }, { state: 'needs-operator', failure: 'temporary' }],
    [{ failure: 'INCORRECT_AMOUNT' }, { state: 'needs-operator', failure: 'unknown' }],
    [
      { state: 'SUCCESS', failure: 'TIMEOUT' },
      { state: 'needs-operator', failure: 'unknown' },
    ],
    [
      { state: 'HTLC_PUBLISHED', failure: 'NONE' },
      { state: 'needs-operator', failure: 'unknown' },
    ],
  ]
  server.add({ label: '', amountSat: 1n })
  server.add({ label: 'x', amountSat: 1n, type: 1 })
  const swap = server.add({ label: 'x', amountSat: 1_000_000n })
  const wrong: unknown[] = []
  for (const [to, expected] of rows) {
    server.advance(swap, to)
    const [only, ...more] = await provider.list()
    const isRight = Object.entries(expected).every(
      ([name, value]) => only![name as keyof DelegatedSwap] === value,
    )
    if (!isRight || more.length > 0) wrong.push({ to, expected, only, more })
  }
  expect(wrong).toEqual([])
})

test('changes are told as they come, after what the daemon knows', async () => {
  await using pair = await startPair()
  const { provider, server } = pair
  server.add({ label: 'known', amountSat: 5n })
  const ending = new AbortController()
  const seen: string[] = []
  for await (const swap of provider.watch(ending.signal)) {
    seen.push(`${swap.label} ${swap.state}`)
    if (seen.length === 1) server.advance(server.swaps[0]!, { state: 'PREIMAGE_REVEALED' })
    if (seen.length === 2) server.add({ label: 'new', amountSat: 6n })
    if (seen.length === 3) ending.abort()
  }
  expect(seen).toEqual(['known accepted', 'known running', 'new accepted'])
})

test('a stream that ends, and a daemon that restarts, end the watch by throwing', async () => {
  await using pair = await startPair({ faults: ['monitor-ends'] })
  const { provider, server } = pair
  const read = async (): Promise<void> => {
    for await (const _ of provider.watch(new AbortController().signal)) {
      // Until it throws.
    }
  }
  await expect(read()).rejects.toMatchObject({ code: 'swap.provider-failed' })
  server.faults.clear()
  const reading = read()
  const failing = expect(reading).rejects.toMatchObject({ code: expect.stringMatching(/^swap\./) })
  while (!server.received.slice(1).some(({ method }) => method === 'Monitor')) await setTimeout(5)
  server.restart()
  await failing
})
