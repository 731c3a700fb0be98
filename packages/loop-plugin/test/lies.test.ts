import { PaymentNodeError } from '@payment-node/core'
import type { LoopFault } from '@payment-node/testkit/loop-server'
import { expect, test } from 'vitest'
import { type Pair, startPair, wanted } from './daemon.ts'

type Ask = (pair: Pair) => Promise<unknown>

const start: Ask = ({ provider }) => provider.start(wanted())
const limits: Ask = ({ provider }) => provider.limits()
const quote: Ask = ({ provider }) => provider.quote(1_000_000n)
const check: Ask = ({ provider }) => provider.check()
const failed = (reason: string, outcome: string): string =>
  `swap.provider-failed ${reason} ${outcome}`
const refused = (reason: string): string => `swap.refused ${reason} none`

/** Fault, what is asked, what comes of it, and how many swaps exist afterwards. */
const rows: readonly [LoopFault, Ask, string, number][] = [
  ['silent', start, failed('deadline', 'none'), 0],
  ['lost-reply', start, failed('unreachable', 'unknown'), 1],
  ['dies-before', start, failed('unreachable', 'unknown'), 0],
  ['no-id', start, failed('bad-answer', 'unknown'), 1],
  ['short-id', start, failed('bad-answer', 'unknown'), 1],
  ['macaroon-rejected', start, failed('macaroon-rejected', 'none'), 0],
  ['other-network', start, failed('other-network', 'none'), 0],
  ['unknown-network', start, failed('bad-answer', 'none'), 0],
  ['unknown-network', check, failed('bad-answer', 'none'), 0],
  ['fee-raised', start, refused('quote-stale'), 0],
  ['prepay-raised', start, refused('quote-stale'), 0],
  ['limits-lowered', start, refused('above-maximum'), 0],
  ['balance-too-low', start, refused('other'), 0],
  ['suspended', start, refused('other'), 0],
  ['payment-required', start, failed('payment-required', 'none'), 0],
  ['server-unreachable', start, failed('server-unreachable', 'none'), 0],
  ['server-timeout', start, failed('other', 'unknown'), 0],
  ['negative-terms', limits, failed('bad-answer', 'none'), 0],
  ['reversed-terms', limits, failed('bad-answer', 'none'), 0],
  ['huge-quote', quote, failed('bad-answer', 'none'), 0],
  ['prepay-above-fee', quote, failed('bad-answer', 'none'), 0],
]

const nothing = { faults: [] as const }

test('whatever the daemon does, the answer is typed, and says whether a swap may exist', async () => {
  const wrong: unknown[] = []
  for (const [fault, ask, expected, swaps] of rows) {
    const options = { network: 'regtest', replyDeadlineMilliseconds: 1000 } as const
    await using pair = await startPair({ faults: [fault] }, options)
    const seen = await ask(pair).then(
      () => 'an answer',
      (error: unknown) =>
        PaymentNodeError.is(error, 'swap.refused') ||
        PaymentNodeError.is(error, 'swap.provider-failed')
          ? `${error.code} ${error.details.reason} ${error.details.outcome}`
          : String(error),
    )
    const count = pair.server.swaps.length
    if (seen !== expected || count !== swaps) wrong.push([fault, expected, swaps, seen, count])
  }
  expect(wrong).toEqual([])
})

test('what a list says that cannot be understood has not ended, and hides no other swap', async () => {
  const answers: Partial<Record<LoopFault, string>> = {
    'unknown-state': 'needs-operator unknown',
    'loop-in-state': 'needs-operator unknown',
    'negative-cost': 'needs-operator bad-answer',
    'huge-cost': 'needs-operator bad-answer',
    'short-id': 'needs-operator bad-answer',
  }
  await using pair = await startPair(nothing)
  const { provider, server } = pair
  server.add({ label: 'one', amountSat: 1n })
  server.add({ label: 'two', amountSat: 2n })
  const wrong: unknown[] = []
  for (const [fault, expected] of Object.entries(answers)) {
    server.faults.clear()
    server.faults.add(fault as LoopFault)
    const seen = (await provider.list()).map(({ state, failure }) => `${state} ${failure}`)
    if (seen.join() !== [expected, expected].join()) wrong.push([fault, expected, seen])
  }
  server.faults.clear()
  server.advance(server.swaps[0]!, { state: 'FAILED', failure: 'TIMEOUT' })
  server.faults.add('unknown-failure')
  const [one, two] = await provider.list()
  if (one!.failure !== 'unknown' || one!.state !== 'needs-operator') wrong.push(one)
  if (two!.state !== 'accepted') wrong.push(two)
  expect(wrong).toEqual([])
})

test('a list that does not filter, doubles, and what the daemon forgot', async () => {
  await using pair = await startPair({ faults: ['two-swaps'] })
  const { provider, server } = pair
  await provider.start(wanted())
  await expect(provider.start(wanted())).rejects.toMatchObject({
    details: { reason: 'duplicate-label', outcome: 'unknown' },
  })
  expect(server.swaps.length).toBe(2)
  server.faults.clear()
  server.faults.add('ignores-filter')
  server.add({ label: 'b', amountSat: 1n })
  expect((await provider.list(undefined, 'b')).map(({ label }) => label)).toEqual(['b'])
  server.faults.add('forgets')
  expect(await provider.list()).toEqual([])
})

test('a daemon that acts by itself is told of, whichever way; it is no reason not to answer', async () => {
  const seen: Record<string, unknown> = {}
  for (const fault of [
    'autoloop',
    'easy-autoloop',
    'no-liquidity-parameters',
    undefined,
  ] as const) {
    await using pair = await startPair({ faults: fault ? [fault] : [] })
    seen[fault ?? 'none'] = (await pair.provider.check()).warnings
  }
  expect(seen).toEqual({
    autoloop: ['autoloop'],
    'easy-autoloop': ['autoloop'],
    'no-liquidity-parameters': ['autoloop-unknown'],
    none: [],
  })
})

test('a call that is ended by its signal: nothing when it only asks, unknown when it starts', async () => {
  await using pair = await startPair({ faults: ['late'] })
  const { provider, server } = pair
  const asking = new AbortController()
  const asked = provider.limits(asking.signal)
  asking.abort()
  await expect(asked).rejects.toMatchObject({ code: 'wait.aborted' })
  const starting = new AbortController()
  const started = provider.start(wanted(), starting.signal)
  const isHere = (method: string): boolean => server.received.some((one) => one.method === method)
  const failing = expect(started).rejects.toMatchObject({ details: { outcome: 'unknown' } })
  const let_ = setInterval(() => {
    if (isHere('LoopOut')) starting.abort()
    else server.letAnswer()
  }, 5)
  await failing
  clearInterval(let_)
})

test('what cannot be asked for is refused before anything is sent', async () => {
  await using pair = await startPair()
  const wrong: unknown[] = []
  for (const more of [
    { label: '' },
    { label: 'a'.repeat(501) },
    { label: '[reserved] mine' },
    { amountSat: 0n },
    { amountSat: -5n },
    { maximumServiceSat: -1n },
    { maximumMinerSat: 2n ** 63n },
    { maximumPrepaySat: -1n },
    { maximumRoutingSat: -1n },
    { outgoingChannels: ['1x2x3'] },
    { publicationDeadline: Number.NaN },
    { publicationDeadline: -1 },
  ]) {
    const seen = await pair.provider.start(wanted(more)).then(
      () => 'an answer',
      (error: PaymentNodeError) => error.code,
    )
    if (seen !== 'input.invalid') wrong.push([more, seen])
  }
  expect(wrong).toEqual([])
  expect(pair.server.received).toEqual([])
})
