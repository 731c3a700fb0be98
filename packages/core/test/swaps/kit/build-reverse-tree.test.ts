import * as bitcoin from 'bitcoinjs-lib'
import fc from 'fast-check'
import * as curve from 'tiny-secp256k1'
import { expect, test } from 'vitest'
import {
  buildReverseTree,
  claimControlBlock,
  reverseTreeAddress,
} from '../../../src/swaps/kit/build-reverse-tree.ts'
import { swapVectors } from './btcd-vectors.ts'
import { buildOutput, fromHex, prefixes, toHex } from './swap-server.ts'

const secret = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .filter((bytes) => curve.isPrivate(bytes))
const publicKey = secret.map((bytes) => toHex(curve.pointFromScalar(bytes, true)!))
const parts = fc.record({
  paymentHash: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex),
  claimPublicKey: publicKey,
  refundPublicKey: publicKey,
  timeoutHeight: fc.oneof(
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 1, max: 499_999_999 }),
  ),
})

test('leaves, keys, output and control block are those of bitcoinjs-lib', () => {
  fc.assert(
    fc.property(parts, (part) => {
      const tree = buildReverseTree(part)
      const expected = buildOutput(part)
      expect({
        claimLeaf: toHex(tree.claimLeaf),
        refundLeaf: toHex(tree.refundLeaf),
        internalKey: toHex(tree.internalKey),
        tweak: toHex(tree.tweak),
        outputKey: toHex(tree.outputKey),
        script: toHex(tree.script),
        claimControlBlock: toHex(claimControlBlock(tree)),
      }).toEqual(
        Object.fromEntries(Object.entries(expected).map(([name, bytes]) => [name, toHex(bytes)])),
      )
    }),
    { numRuns: 40 },
  )
})

test('the address is that of bitcoinjs-lib on every network', () => {
  const [part] = fc.sample(parts, { numRuns: 1, seed: 4 })
  const tree = buildReverseTree(part!)
  for (const network of Object.keys(prefixes) as (keyof typeof prefixes)[]) {
    const { address } = bitcoin.payments.p2tr({
      pubkey: tree.outputKey,
      network: { ...bitcoin.networks.regtest, bech32: prefixes[network] },
    })
    expect(reverseTreeAddress(tree, network), network).toBe(address)
  }
})

test("the provider's key comes first: the other order is another output", () => {
  const [part] = fc.sample(parts, { numRuns: 1, seed: 5 })
  const { claimPublicKey, refundPublicKey } = part!
  const swapped = { ...part!, claimPublicKey: refundPublicKey, refundPublicKey: claimPublicKey }
  const tree = buildReverseTree(part!)
  expect(toHex(tree.internalKey)).not.toBe(toHex(buildReverseTree(swapped).internalKey))
  expect(tree.signers.map(toHex)).toEqual([refundPublicKey, claimPublicKey])
})

test('every tree of btcd is rebuilt byte by byte', () => {
  for (const vector of swapVectors) {
    const tree = buildReverseTree({
      paymentHash: vector.paymentHash,
      claimPublicKey: vector.clientPublicKey,
      refundPublicKey: vector.serverPublicKey,
      timeoutHeight: vector.timeoutHeight,
    })
    expect(toHex(tree.claimLeaf), vector.name).toBe(vector.claimLeaf.script)
    expect(toHex(tree.refundLeaf), vector.name).toBe(vector.refundLeaf.script)
    expect(toHex(tree.claimLeafHash), vector.name).toBe(vector.claimLeaf.hash)
    expect(toHex(tree.refundLeafHash), vector.name).toBe(vector.refundLeaf.hash)
    expect(toHex(claimControlBlock(tree)), vector.name).toBe(vector.claimLeaf.controlBlock)
    expect(toHex(tree.internalKey), vector.name).toBe(vector.internalKey)
    expect(toHex(tree.outputKey), vector.name).toBe(vector.outputKey)
    expect(tree.outputParity, vector.name).toBe(vector.parity)
    expect(toHex(tree.script), vector.name).toBe(vector.lockup.script)
    for (const [network, address] of Object.entries(vector.addresses))
      expect(reverseTreeAddress(tree, network as keyof typeof prefixes), vector.name).toBe(address)
  }
})

test('a key that is no point of the curve, or the same on both sides, is refused', () => {
  const [part] = fc.sample(parts, { numRuns: 1, seed: 6 })
  for (const wrong of [`02${'ff'.repeat(32)}`, `02${'00'.repeat(31)}05`]) {
    expect(curve.isPoint(fromHex(wrong))).toBe(false)
    expect(() => buildReverseTree({ ...part!, refundPublicKey: wrong })).toThrow()
  }
  const { claimPublicKey } = part!
  const same = { ...part!, refundPublicKey: claimPublicKey }
  expect(() => buildReverseTree(same)).toThrow(RangeError)
})
