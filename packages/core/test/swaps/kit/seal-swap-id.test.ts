import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openSwapId, sealSwapId } from '../../../src/swaps/kit/seal-swap-id.ts'
import { identity, swapKey } from './swap-server.ts'

const swapId = '0123456789abcdef0123456789abcdef'
const nonce = new Uint8Array(12).fill(5)

test('a sealed swap id fits the metadata field, shows nothing of the id and opens again', async () => {
  const key = await swapKey()
  const metadata = sealSwapId(key, identity, { swapId }, nonce)
  expect(metadata).toMatch(/^01[0-9a-f]{88}$/)
  expect(metadata).not.toContain(swapId)
  expect(openSwapId(key, identity, metadata)).toBe(swapId)
  const again = sealSwapId(key, identity, { swapId }, new Uint8Array(12).fill(6))
  expect(again.slice(26)).not.toBe(metadata.slice(26))
})

test('metadata that was altered, shortened, or is of another key or node does not open', async () => {
  const key = await swapKey()
  const metadata = sealSwapId(key, identity, { swapId }, nonce)
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: metadata.length - 1 }),
      fc.integer({ min: 1, max: 15 }),
      (at, by) => {
        const digit = (Number.parseInt(metadata[at]!, 16) ^ by).toString(16)
        const altered = metadata.slice(0, at) + digit + metadata.slice(at + 1)
        expect(openSwapId(key, identity, altered)).toBeUndefined()
      },
    ),
  )
  for (const text of ['', '01', metadata.slice(2), `${metadata}00`, metadata.slice(0, -8), 'zz'])
    expect(openSwapId(key, identity, text)).toBeUndefined()
  expect(openSwapId(await swapKey(2), identity, metadata)).toBeUndefined()
  const elsewhere = { ...identity, network: 'mainnet' } as const
  expect(openSwapId(key, elsewhere, metadata)).toBeUndefined()
})

test('a nonce or an id of another length is a mistake of the caller', async () => {
  const key = await swapKey()
  expect(() => sealSwapId(key, identity, { swapId }, new Uint8Array(16))).toThrow(RangeError)
  expect(() => sealSwapId(key, identity, { swapId: 'ab' }, nonce)).toThrow(RangeError)
})
