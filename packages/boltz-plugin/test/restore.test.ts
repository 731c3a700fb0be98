import { boltzEnvironment } from '@payment-node/testkit/boltz-server'
import { expect, onTestFinished, test } from 'vitest'
import { loadKey } from '../../core/src/keys.ts'
import { deriveSwapKeys, swapExtendedPublicKey } from '../../core/src/swaps/kit/derive-swap-keys.ts'
import { boltz } from '../src/index.ts'
import { openApi, outcomeOf } from './open-api.ts'

const identity = { network: 'regtest', publicKey: `02${'ab'.repeat(32)}` } as const

test('swaps are found again by our extended key, with what rescue needs', async () => {
  const environment = await boltzEnvironment(({ url, allow }) => boltz({ url, http: { allow } }))
  onTestFinished(() => environment.close())
  const key = await loadKey('swaps', Buffer.from('0123456789abcdef'.repeat(4), 'hex'))
  const provider = environment.connect()
  const made = []
  for (const claimIndex of [0, 3, 120]) {
    const swapId = String(claimIndex).padStart(32, '0')
    const { paymentHash, claimPublicKey } = deriveSwapKeys(key, identity as never, {
      swapId,
      claimIndex,
    })
    const swap = { ...environment.newSwap(), paymentHash, claimPublicKey }
    made.push({
      claimIndex,
      paymentHash,
      ...(await provider.create(swap)),
      metadata: swap.metadata,
    })
  }
  await provider.create(environment.newSwap())
  const found = await provider.restore!(swapExtendedPublicKey(key, identity as never))
  const plain = (terms: object): object => ({ ...terms, raw: undefined })
  expect(found.map(plain)).toEqual(made.map(plain))
  environment.misbehave('restore-empty')
  expect(await provider.restore!(swapExtendedPublicKey(key, identity as never))).toEqual([])
})

test('a restore that cannot be read is no restore, and other kinds of swaps are left out', async () => {
  const good = {
    id: 'a1',
    type: 'reverse',
    from: 'BTC',
    to: 'BTC',
    preimageHash: '11'.repeat(32),
    claimDetails: {
      type: 'utxo',
      tree: { claimLeaf: { version: 192, output: '51' } },
      keyIndex: 4,
      lockupAddress: 'bcrt1pexample',
      serverPublicKey: `02${'cd'.repeat(32)}`,
      timeoutBlockHeight: 900,
    },
    metadata: null,
  }
  const { provider } = await openApi(() => ({
    body: [good, { type: 'submarine' }, { ...good, to: 'L-BTC' }],
  }))
  expect(await provider.restore!('xpub')).toMatchObject([
    { providerId: 'a1', invoice: '', claimIndex: 4, onchainAmountSat: 0n },
  ])
  const claim = good.claimDetails
  for (const body of [{}, null, { swaps: [good] }]) {
    const broken = await openApi(() => ({ body }))
    const outcome = await outcomeOf(broken.provider.restore!('xpub'))
    expect(outcome, JSON.stringify(body)).toBe('swap.provider-failed malformed none')
  }
  // What is wrong with one keeps no other from being claimed, and is told.
  const wrong: unknown[] = []
  for (const [bad, providerId] of [
    [7, 'entry 1'],
    [{ ...good, id: '../x' }, 'entry 1'],
    [{ ...good, id: 'a2', metadata: 'zz' }, 'a2'],
    [{ ...good, id: 'a2', metadata: 'aa'.repeat(1025) }, 'a2'],
    [{ ...good, id: 'a2', claimDetails: null }, 'a2'],
    [{ ...good, id: 'a2', claimDetails: { ...claim, tree: { claimLeaf: 7 } } }, 'a2'],
    [{ ...good, id: 'a2', claimDetails: { ...claim, serverPublicKey: '05' } }, 'a2'],
    [{ ...good, id: 'a2', claimDetails: { ...claim, timeoutBlockHeight: 1e9 } }, 'a2'],
  ] as const) {
    const mixed = await openApi(() => ({ body: [good, bad, { ...good, id: 'a3' }] }))
    const told = await mixed.provider.restore!('xpub')
    const [first, second, third] = told.map((one) => one.providerId)
    const isTold = told.length === 3 && 'unreadable' in told[1]! && !('unreadable' in told[2]!)
    if (!isTold || first !== 'a1' || second !== providerId || third !== 'a3') wrong.push(bad)
  }
  expect(wrong).toEqual([])
})

test('what a claim does not need may be missing or damaged', async () => {
  const good = {
    id: 'a1',
    type: 'reverse',
    from: 'BTC',
    to: 'BTC',
    invoice: 'lnbc1example',
    preimageHash: '11'.repeat(32),
    claimDetails: {
      tree: { claimLeaf: { version: 192, output: '51' } },
      keyIndex: 4,
      amount: 90_000,
      lockupAddress: 'bcrt1pexample',
      serverPublicKey: `02${'cd'.repeat(32)}`,
      timeoutBlockHeight: 900,
    },
  }
  const claim = good.claimDetails
  const wrong: unknown[] = []
  for (const [bad, field, value] of [
    [{ ...good, invoice: null }, 'invoice', ''],
    [{ ...good, invoice: 'x' }, 'invoice', ''],
    [{ ...good, preimageHash: 'zz' }, 'paymentHash', undefined],
    [{ ...good, claimDetails: { ...claim, amount: null } }, 'onchainAmountSat', 0n],
    [{ ...good, claimDetails: { ...claim, amount: -1 } }, 'onchainAmountSat', 0n],
    [{ ...good, claimDetails: { ...claim, keyIndex: -1 } }, 'claimIndex', undefined],
    [{ ...good, claimDetails: { ...claim, keyIndex: 2 ** 31 } }, 'claimIndex', undefined],
  ] as const) {
    const { provider } = await openApi(() => ({ body: [bad] }))
    const [one] = (await provider.restore!('xpub')) as unknown as Record<string, unknown>[]
    if (one?.refundPublicKey !== claim.serverPublicKey || one[field] !== value) wrong.push(bad)
  }
  expect(wrong).toEqual([])
})
