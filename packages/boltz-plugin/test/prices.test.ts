import { createVirtualClock } from '@payment-node/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkAmount } from '../../core/src/swaps/kit/check-price-terms.ts'
import { onchainFor } from '../../testkit/src/boltz-server/quote-pair.ts'
import { serviceFeeSat } from '../src/read-pair.ts'
import { newSwap, openApi, outcomeOf, pair } from './open-api.ts'

const told = (over: object): object => ({ BTC: { BTC: { ...pair, ...over } } })
const key = `02${'ef'.repeat(32)}`

test('a quote has the fee of the invoice rounded up, and what the pair says', async () => {
  const clock = createVirtualClock()
  const nodes = { BTC: { LND: { publicKey: key.toUpperCase() }, CLN: { publicKey: key } } }
  const { provider, received } = await openApi(
    ({ path }) => ({ body: path === '/nodes' ? nodes : told({}) }),
    { clock },
  )
  expect(await provider.quote(123_457n)).toEqual({
    amountSat: 123_457n,
    // 617.285
    serviceSat: 618n,
    priceId: pair.hash,
    payees: [key, key],
    lockupSat: 2772n,
    claimSat: 1998n,
    prepayAtRiskSat: 0n,
    expiresAt: clock.now() + 300_000,
  })
  expect(await provider.limits()).toEqual({ minimumSat: 50_000n, maximumSat: 25_000_000n })
  // Of the same moment: the server was asked once.
  expect(received.map(({ path }) => path)).toEqual(['/swap/reverse', '/nodes'])
  await clock.advance(6000)
  await provider.limits()
  expect(received.map(({ path }) => path)).toEqual(['/swap/reverse', '/nodes', '/swap/reverse'])
})

test('fees of every percentage are counted as servers count them', async () => {
  const rows: readonly [percentage: number, amountSat: bigint, serviceSat: bigint][] = [
    [0, 50_000n, 0n],
    [0.1, 1_000_000n, 1000n],
    [0.25, 50_001n, 126n],
    [0.5, 25_000_000n, 125_000n],
    [1, 99_999n, 1000n],
    [2.5, 50_000n, 1250n],
    [-0.1, 100_000n, -100n],
    [-0.1, 100_001n, -100n],
    // (0.07 / 100) * 100000 is a little more than 70 in floating point, and is rounded up.
    [0.07, 100_000n, 71n],
  ]
  for (const [percentage, amountSat, serviceSat] of rows) {
    const fees = { ...pair.fees, percentage }
    const { provider } = await openApi(() => ({ body: told({ fees }) }))
    const quote = await provider.quote(amountSat)
    expect(quote.serviceSat, `${percentage} % of ${amountSat}`).toBe(serviceSat)
    // Without usable nodes there are no payees.
    expect(quote).not.toHaveProperty('payees')
  }
})

/** How honest servers round: as boltz-backend computes it, as its documentation writes it, and exactly. */
const roundings: readonly ((hundredths: number, amountSat: bigint) => bigint)[] = [
  (hundredths, amountSat) => BigInt(Math.ceil((hundredths / 100 / 100) * Number(amountSat))),
  (hundredths, amountSat) => BigInt(Math.ceil((Number(amountSat) * (hundredths / 100)) / 100)),
  (hundredths, amountSat) => {
    const product = BigInt(hundredths) * amountSat
    return product / 10_000n + (product > 0n && product % 10_000n !== 0n ? 1n : 0n)
  },
]

test('whatever the percentage: no honest server is refused, and none takes a satoshi more than quoted', () => {
  const seen = { documented: 0, computed: 0 }
  const lockupSat = 308n
  const agrees = (hundredths: number, amountSat: bigint): void => {
    const percentage = hundredths / 100
    const serviceSat = serviceFeeSat({ percentage }, amountSat)
    const costs = { serviceSat, lockupSat, claimSat: 0n, prepayAtRiskSat: 0n, expiresAt: 0 }
    const request = { amountSat, quote: { amountSat, ...costs } }
    const accepts = (onchainAmountSat: bigint): boolean =>
      checkAmount(request, { onchainAmountSat }) === undefined
    const fees = roundings.map((feeSat) => feeSat(hundredths, amountSat))
    for (const feeSat of fees) {
      expect(accepts(amountSat - feeSat - lockupSat), `${percentage} % of ${amountSat}`).toBe(true)
    }
    // What the quote says is the most that is ever paid.
    expect(accepts(amountSat - serviceSat - lockupSat - 1n)).toBe(false)
    const settings = { feePercent: percentage, lockupFeeSat: Number(lockupSat) }
    const server = BigInt(onchainFor(Number(amountSat), settings))
    expect(server, `the fake server, ${percentage} % of ${amountSat}`).toBe(
      amountSat - fees[0]! - lockupSat,
    )
    if (fees[1]! > fees[0]!) seen.documented++
    if (fees[0]! > fees[2]!) seen.computed++
  }
  for (const hundredths of [1, 7, 10, 17, 25, 27, 49, 50, 55, 99, 100, 110, 137, 250, -10, -7]) {
    for (let amountSat = 50_000n; amountSat <= 2_000_000n; amountSat += 5000n) {
      agrees(hundredths, amountSat)
    }
  }
  const amounts = fc.bigInt(50_000n, 25_000_000n)
  fc.assert(fc.property(fc.integer({ min: -1000, max: 5000 }), amounts, agrees), { numRuns: 2000 })
  // The cases are there in which one or the other is dearer.
  expect(Object.values(seen).every((count) => count > 0)).toBe(true)
})

test('prices that cannot be are no prices', async () => {
  const rows: Record<string, unknown> = {
    'no object': [],
    null: null,
    'a rate': told({ rate: 2 }),
    'no rate': told({ rate: undefined }),
    'no hash': told({ hash: undefined }),
    'a hash with spaces': told({ hash: 'a b' }),
    'a huge hash': told({ hash: 'a'.repeat(129) }),
    'limits as text': told({ limits: { minimal: '50000', maximal: 25_000_000 } }),
    'a fraction': told({ limits: { minimal: 0.5, maximal: 25_000_000 } }),
    'nothing at least': told({ limits: { minimal: 0, maximal: 25_000_000 } }),
    'less than nothing': told({ limits: { minimal: -5, maximal: 25_000_000 } }),
    'limits the other way round': told({ limits: { minimal: 6, maximal: 5 } }),
    'more than there is': told({ limits: { minimal: 1, maximal: 2_100_000_000_000_001 } }),
    'beyond 2^53': told({ limits: { minimal: 1, maximal: 1e300 } }),
    'all of it': told({ fees: { ...pair.fees, percentage: 100 } }),
    'below the least': told({ fees: { ...pair.fees, percentage: -50 } }),
    'a percentage as text': told({ fees: { ...pair.fees, percentage: '0.5' } }),
    'a negative miner fee': told({ fees: { percentage: 1, minerFees: { lockup: -1, claim: 1 } } }),
    'half a miner fee': told({ fees: { percentage: 1, minerFees: { lockup: 1.5, claim: 1 } } }),
    'no miner fees': told({ fees: { percentage: 1 } }),
  }
  for (const [name, body] of Object.entries(rows)) {
    const { provider } = await openApi(() => ({ body }))
    expect(await outcomeOf(provider.limits()), name).toBe('swap.provider-failed malformed none')
  }
  for (const body of [{}, { BTC: {} }, { 'L-BTC': { BTC: pair } }]) {
    const { provider } = await openApi(() => ({ body }))
    expect(await outcomeOf(provider.limits())).toBe('swap.refused suspended none')
  }
})

test('a refused creation asks for prices anew', async () => {
  const { provider, received } = await openApi(({ method }) =>
    method === 'GET' ? { body: told({}) } : { status: 400, body: { error: 'invalid pair hash' } },
  )
  await provider.limits()
  expect(await outcomeOf(provider.create(newSwap))).toBe('swap.refused quote-stale none')
  await provider.limits()
  expect(received.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET'])
})
