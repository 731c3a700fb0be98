import { expect } from 'vitest'
import type { World } from '../simulated-world.ts'
import { ask, createSwap } from '../small-client.ts'
import type { Probe, Probes } from './probe.ts'

interface Pairs {
  readonly BTC: {
    readonly BTC?: {
      readonly hash: string
      readonly limits: { readonly minimal: number; readonly maximal: number }
      readonly fees: { readonly percentage: number }
    }
  }
}

const pairsOf = (world: World): Promise<Pairs> => ask<Pairs>(world.ask, 'GET', '/swap/reverse')

/** Pairs are as ever, and a creation with their hash is refused. */
const refused =
  (says: RegExp): Probe =>
  async (world) => {
    const { hash: pairHash, limits } = (await pairsOf(world)).BTC.BTC!
    expect(limits.maximal).toBeGreaterThan(100_000)
    await expect(world.create({ pairHash })).rejects.toThrow(says)
  }

/** The answer to a creation, as it comes. */
const creation =
  (judge: (told: Record<string, unknown>) => void): Probe =>
  async (world) =>
    judge((await world.create()).told as unknown as Record<string, unknown>)

const version = { method: 'GET', path: '/v2/version' }

export const answersProbes: Probes = {
  'creation-refused': refused(/400.*insufficient liquidity/),
  'creation-conflict': refused(/409/),
  'creation-answer-lost': async (world) => {
    await expect(world.create()).rejects.toThrow('cut')
    expect(world.server.swaps()).toHaveLength(1)
  },
  'too-many-requests': async (world) => {
    const answer = await world.ask(version)
    expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '30' } })
  },
  'pair-hash-stale': refused(/400.*invalid pair hash/),
  'fee-changes-after-quote': async (world) => {
    const { hash: pairHash, fees } = (await pairsOf(world)).BTC.BTC!
    expect(fees.percentage).toBe(0.5)
    expect((await world.create({ pairHash })).told.onchainAmount).toBe(100_000 - 1000 - 308)
  },
  'limits-change': refused(/400.*100000 exceeds maximal of 1000/),
  'pairs-empty': async (world) => expect((await pairsOf(world)).BTC.BTC).toBeUndefined(),
  'pairs-absurd': async (world) => {
    const { limits, fees } = (await pairsOf(world)).BTC.BTC!
    expect(limits.maximal).toBe(1e300)
    expect(fees.percentage).toBe(-50)
  },
  'same-id-twice': async (world) => {
    const [first, second] = [await world.create(), await world.create()]
    expect(second.told.id).toBe(first.told.id)
  },
  'hostile-id': creation(({ id }) => expect(id).toMatch(/^\.\.\//)),

  'server-error': async (world) => expect(await world.ask(version)).toMatchObject({ status: 500 }),
  'not-json': async (world) => {
    await expect(ask(world.ask, 'GET', '/version')).rejects.toThrow(/JSON/)
  },
  'empty-answer': async (world) =>
    expect(await world.ask(version)).toMatchObject({ status: 200, body: '' }),
  'cut-answer': async (world) =>
    expect(await world.ask(version)).toEqual({ kind: 'cut', sent: '{"version"' }),
  'huge-answer': async (world) => {
    const answer = await world.ask(version)
    expect(answer.kind === 'answer' && answer.body.length).toBeGreaterThan(10_000_000)
  },
  'deep-answer': async (world) => {
    const answer = await world.ask(version)
    expect(answer.kind === 'answer' && answer.body.startsWith('['.repeat(100_000))).toBe(true)
  },
  redirected: async (world) => {
    const answer = await world.ask(version)
    expect(answer).toMatchObject({ status: 302, headers: { location: /^http:\/\/192\.0\.2\.1/ } })
  },
  silent: async (world) => expect(await world.ask(version)).toEqual({ kind: 'never' }),
  late: async (world) => {
    const before = world.clock.monotonic()
    await world.clock.run(world.ask(version))
    expect(world.clock.monotonic() - before).toBe(90_000)
  },
  vanished: async (world) => expect(await world.ask(version)).toEqual({ kind: 'cut', sent: '' }),
  'wrong-types': creation(({ id, invoice, swapTree }) => {
    expect([typeof id, Array.isArray(invoice), swapTree]).toEqual(['number', true, null])
  }),
  'negative-numbers': creation((told) =>
    expect([told.onchainAmount, told.timeoutBlockHeight]).toEqual([-99_192, -1]),
  ),
  'huge-numbers': creation((told) =>
    expect([told.onchainAmount, told.timeoutBlockHeight]).toEqual([1e300, 2 ** 63]),
  ),
}

/** Requests that the honest server refuses, with its words. */
export const refusals: readonly (readonly [string, (world: World) => Promise<unknown>, RegExp])[] =
  [
    ['another pair', (world) => world.create({ to: 'L-BTC' }), /404/],
    ['no hash', (world) => world.create({ preimageHash: 'ab' }), /400.*preimage hash/],
    [
      'no key',
      (world) => world.create({ claimPublicKey: `02${'5'.padStart(64, '0')}` }),
      /400.*key/,
    ],
    ['both amounts', (world) => world.create({ onchainAmount: 50_000 }), /400.*exactly one/],
    ['a broken amount', (world) => world.create({ invoiceAmount: 1.5 }), /400.*amount/],
    [
      'too little',
      (world) => world.create({ invoiceAmount: 9_999 }),
      /9999 is less than minimal of 10000/,
    ],
    [
      'too much',
      (world) => world.create({ invoiceAmount: 25_000_001 }),
      /exceeds maximal of 25000000/,
    ],
    ['a short expiry', (world) => world.create({ invoiceExpiry: 5 }), /400.*expiry/],
    ['an old pair hash', (world) => world.create({ pairHash: 'ab' }), /400.*invalid pair hash/],
    ['long metadata', (world) => world.create({ metadata: 'ab'.repeat(1025) }), /400.*metadata/],
    [
      'the same hash again',
      async (world) => {
        const { paymentHash } = await world.create()
        return world.create({ preimageHash: paymentHash })
      },
      /409/,
    ],
    ['an unknown swap', (world) => ask(world.ask, 'GET', '/swap/none'), /404/],
    ['an unknown endpoint', (world) => ask(world.ask, 'GET', '/none'), /404/],
    [
      'a request that is not JSON',
      (world) =>
        world.ask({ method: 'POST', path: '/v2/swap/reverse', body: '{' }).then((answer) => {
          throw new Error(JSON.stringify(answer))
        }),
      /invalid JSON/,
    ],
    [
      'a preimage of another hash',
      async (world) => {
        const { told } = await createSwap(world.ask, 100_000)
        const body = { preimage: '11'.repeat(32) }
        world.server.swaps()[0]!.status = 'transaction.confirmed'
        return ask(world.ask, 'POST', `/swap/reverse/${told.id}/claim`, body)
      },
      /400.*invalid preimage/,
    ],
  ]
