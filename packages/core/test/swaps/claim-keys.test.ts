import { PaymentNodeError, type SelfCustodialSwapProvider } from '@payment-node/core'
import { providerWithoutSocket } from '@payment-node/testkit/boltz-server'
import { expect, test } from 'vitest'
import { loadKey } from '../../src/keys.ts'
import { swapExtendedPublicKey } from '../../src/swaps/kit/derive-swap-keys.ts'
import { openSwaps, type SwapStand, swapKey } from './swap-stand.ts'

type Name = Pick<SelfCustodialSwapProvider, 'name' | 'url'>

/** Takes every swap, a small one each, and never answers. */
function silent(stand: SwapStand, name: Name): SelfCustodialSwapProvider {
  return {
    ...providerWithoutSocket(stand.server, name),
    limits: async () => ({ minimumSat: 10_000n, maximumSat: 20_000n }),
    quote: async (amountSat) => ({
      amountSat,
      serviceSat: 10n,
      lockupSat: 10n,
      claimSat: 10n,
      prepayAtRiskSat: 0n,
      expiresAt: Number.MAX_SAFE_INTEGER,
    }),
    create: () => new Promise(() => undefined),
  }
}

const generous = { perDay: '10000000 sat', maximumPpm: 1_000_000 }

async function open(...names: readonly Name[]): Promise<SwapStand> {
  const stand = openSwaps()
  await next(stand, ...names)
  return stand
}

/** Another process, with these providers. */
async function next(stand: SwapStand, ...names: readonly Name[]): Promise<void> {
  stand.current.kill()
  const swaps = names.map((name) => silent(stand, name))
  stand.openNext({ swaps, swapping: generous })
  await stand.run(stand.current.node.start())
}

let asked = 0

async function ask(stand: SwapStand, provider: string, amountSat = 20_000): Promise<void> {
  await stand.run(
    stand.current.node.swaps.request(
      { amount: `${amountSat} sat`, providers: [provider] },
      { idempotencyKey: `k${++asked}` },
    ),
  )
}

/** `provider:index`, in the order of creation. */
async function indexes(stand: SwapStand): Promise<string[]> {
  const { swaps } = await stand.rowsOf(['swaps'])
  return swaps!.map(({ provider, claim_index: index }) => `${provider}:${index}`).sort()
}

const one = { name: 'one', url: 'https://one.example/v2' }
const two = { name: 'two', url: 'https://two.example/v2' }

test('claim keys are counted for each server, whatever it is called, and no index comes twice there', async () => {
  const stand = await open(one, two)
  await ask(stand, 'one', 60_000)
  await ask(stand, 'two')
  expect(await indexes(stand)).toEqual(['one:0', 'one:1', 'one:2', 'two:0'])
  // The same index, and another preimage: what one provider learns is of no use to the other.
  const { swaps } = await stand.rowsOf(['swaps'])
  expect(new Set(swaps!.map(({ payment_hash: hash }) => hash)).size).toBe(4)
  expect(new Set(swaps!.map(({ claim_public_key: key }) => key)).size).toBe(3)
  await next(stand, { ...one, name: 'renamed' }, { ...two, name: 'one' })
  await ask(stand, 'renamed')
  await ask(stand, 'one')
  expect(await indexes(stand)).toEqual([
    ...['one:0', 'one:1', 'one:1', 'one:2'],
    ...['renamed:3', 'two:0'],
  ])
})

test('two requests at once for one server never have the same key', async () => {
  const stand = await open(one)
  const request = (key: string) =>
    stand.current.node.swaps.request({ amount: '40000 sat' }, { idempotencyKey: key })
  await stand.run(Promise.all([request('a'), request('b')]))
  expect(await indexes(stand)).toEqual(['one:0', 'one:1', 'one:2', 'one:3'])
})

test('the first swap with a provider, after 151 with another, is found by its restore call', async () => {
  const stand = await open(one)
  await ask(stand, 'one', 2_000_000)
  await ask(stand, 'one', 51 * 20_000)
  expect((await stand.rowsOf(['swaps'])).swaps!.length).toBe(151)
  stand.current.kill()
  const details = { provider: 'one', reason: 'suspended', outcome: 'none' } as const
  const refusing = {
    ...silent(stand, one),
    create: () => Promise.reject(new PaymentNodeError('swap.refused', 'not today', details)),
  }
  stand.openNext({
    swaps: [refusing, providerWithoutSocket(stand.server, two)],
    swapping: generous,
  })
  await stand.run(stand.current.node.start())
  await ask(stand, 'two', 100_000)
  for (let round = 0; round < 20 && stand.server.swaps().length === 0; round++) await stand.settle()
  const made = stand.server.swaps()
  expect(made.length).toBe(1)
  // As whoever has lost the books asks: with the extended key alone, past the most unused keys that servers allow.
  const { publicKey, network } = await stand.run(stand.lnd.lightning.getInfo())
  const xpub = swapExtendedPublicKey(await loadKey('swaps', swapKey), { publicKey, network })
  const answer = await stand.server.handle({
    method: 'POST',
    path: '/v2/swap/restore',
    body: JSON.stringify({ xpub, gapLimit: 150 }),
  })
  const told = JSON.parse((answer as { readonly body: string }).body)
  expect(told).toMatchObject([{ id: made[0]!.id, claimDetails: { keyIndex: 0 } }])
})
