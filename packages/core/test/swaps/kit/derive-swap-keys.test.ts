import { createHmac, hkdfSync } from 'node:crypto'
import { inspect } from 'node:util'
import { HDKey } from '@scure/bip32'
import * as curve from 'tiny-secp256k1'
import { expect, test } from 'vitest'
import { PaymentNodeError } from '../../../src/errors.ts'
import { loadKey } from '../../../src/keys.ts'
import { checkSwapKey } from '../../../src/swaps/kit/check-swap-key.ts'
import { deriveSwapKeys, swapExtendedPublicKey } from '../../../src/swaps/kit/derive-swap-keys.ts'
import { identity, swapKey, toHex } from './swap-server.ts'

const place = { swapId: '0123456789abcdef0123456789abcdef', claimIndex: 7 }

test('a preimage is the HKDF of the swap key for this network and node, then the HMAC of the random id', async () => {
  const key = await swapKey()
  const keys = deriveSwapKeys(key, identity, place)
  const label = `v1/swap-preimage/regtest/${identity.publicKey}`
  const purpose = Buffer.from(hkdfSync('sha256', key.secret, new Uint8Array(0), label, 32))
  expect(toHex(keys.preimage)).toBe(
    createHmac('sha256', purpose).update(place.swapId).digest('hex'),
  )
})

test('a claim key is the BIP32 child m/44/0/0/0/index below a root of the swap key', async () => {
  const key = await swapKey()
  const label = `v1/swap-claim/regtest/${identity.publicKey}`
  const purpose = Buffer.from(hkdfSync('sha256', key.secret, new Uint8Array(0), label, 32))
  const seed = createHmac('sha256', purpose).update('').digest()
  const master = createHmac('sha512', 'Bitcoin seed').update(seed).digest()
  let node: { secret: Uint8Array; code: Uint8Array } = {
    secret: master.subarray(0, 32),
    code: master.subarray(32),
  }
  for (const index of [44, 0, 0, 0, place.claimIndex]) {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(index)
    const point = curve.pointFromScalar(node.secret, true)!
    const mixed = createHmac('sha512', node.code).update(point).update(number).digest()
    node = {
      secret: curve.privateAdd(node.secret, mixed.subarray(0, 32))!,
      code: mixed.subarray(32),
    }
  }
  const keys = deriveSwapKeys(key, identity, place)
  expect(toHex(keys.claimPrivateKey)).toBe(toHex(node.secret))
  expect(keys.claimPublicKey).toBe(toHex(curve.pointFromScalar(node.secret, true)!))
})

test("a provider's restore call finds every claim key from the extended public key alone", async () => {
  const key = await swapKey()
  const extended = swapExtendedPublicKey(key, identity)
  const seen = HDKey.fromExtendedKey(extended)
  expect(extended).toMatch(/^xpub/)
  expect(seen.privateKey).toBeNull()
  for (const claimIndex of [0, 1, 49, 2 ** 31 - 1]) {
    const child = seen.derive(`m/44/0/0/0/${claimIndex}`)
    const { claimPublicKey } = deriveSwapKeys(key, identity, { ...place, claimIndex })
    expect(toHex(child.publicKey!)).toBe(claimPublicKey)
  }
})

test('an extended key has the children that a Boltz server computes for it', () => {
  // Key and children as the server's own tests state them.
  const extended =
    'xpub6AHA9hZDN11k2ijHMeS5QqHx2KP9aMBRhTDqANMnwVtdyw2TDYRmF8PjpvwUFcL1Et8Hj59S3gTSMcUQ5gAqTz3Wd8EsMTmF3DChhqPQBnU'
  const numbered = HDKey.fromExtendedKey(extended).derive('m/44/0/0/0')
  expect([0, 1, 2].map((index) => toHex(numbered.deriveChild(index).publicKey!))).toEqual([
    '02384749e3d149578a07e7e3516c44467d78974cbfbb31e7fb025705d668a9447d',
    '030c29fed50206574604cb409c0d5ece551a09234714b4584f1e5af86ae2464b82',
    '0249e3eeb7881636a1447dc926ef8edd006d3e2966434ed738cae58ee4123aeda3',
  ])
})

test('another key, network, node, id or index gives other secrets, and the same place the same', async () => {
  const key = await swapKey()
  const other = await swapKey(2)
  const of = (...args: Parameters<typeof deriveSwapKeys>): string[] => {
    const { preimage, claimPrivateKey } = deriveSwapKeys(...args)
    return [toHex(preimage), toHex(claimPrivateKey)]
  }
  const [preimage, claim] = of(key, identity, place)
  expect(of(key, identity, place)).toEqual([preimage, claim])
  for (const [changed, changesPreimage, changesClaim] of [
    [of(other, identity, place), true, true],
    [of(key, { ...identity, network: 'signet' }, place), true, true],
    [of(key, { ...identity, publicKey: `03${'ab'.repeat(32)}` }, place), true, true],
    [of(key, identity, { ...place, swapId: 'f'.repeat(32) }), true, false],
    [of(key, identity, { ...place, claimIndex: 8 }), false, true],
  ] as const) {
    expect(changed[0] !== preimage).toBe(changesPreimage)
    expect(changed[1] !== claim).toBe(changesClaim)
  }
  expect(preimage).not.toBe(claim)
})

test('a swap id that is no 128 bits, or an index beyond BIP32, is a mistake of the caller', async () => {
  const key = await swapKey()
  const wrong = [
    { swapId: '7' },
    { swapId: 'F'.repeat(32) },
    { swapId: '0'.repeat(33) },
    { claimIndex: -1 },
    { claimIndex: 1.5 },
    { claimIndex: 2 ** 31 },
    { claimIndex: Number.NaN },
  ]
  for (const change of wrong)
    expect(() => deriveSwapKeys(key, identity, { ...place, ...change }), inspect(change)).toThrow(
      RangeError,
    )
})

test('neither JSON nor a log nor a copy of the keys shows a secret', async () => {
  const keys = deriveSwapKeys(await swapKey(), identity, place)
  const shown = [
    JSON.stringify(keys),
    inspect(keys, { depth: 9 }),
    JSON.stringify({ ...keys }),
  ].join()
  expect(shown).toContain(keys.claimPublicKey)
  expect(shown).not.toMatch(/preimage|private|Uint8Array/i)
  for (const secret of [keys.preimage, keys.claimPrivateKey]) {
    expect(shown).not.toContain(toHex(secret))
    expect(shown).not.toContain(secret.join(','))
    expect(shown).not.toContain(`${secret[0]}, ${secret[1]}, ${secret[2]}`)
  }
})

test('a swap key that does not fit the stored fingerprint is refused, by its short name only', async () => {
  const former = await loadKey('swaps', new Uint8Array(32).fill(4).fill(5, 9))
  const key = await swapKey()
  expect(() => checkSwapKey(key, key.fingerprint)).not.toThrow()
  const refused = (): void => checkSwapKey(key, former.fingerprint)
  expect(refused).toThrow(PaymentNodeError)
  expect(refused).toThrow(
    expect.objectContaining({
      code: 'keys.mismatch',
      details: { purpose: 'swaps', expected: former.keyId, actual: key.keyId },
    }),
  )
})
