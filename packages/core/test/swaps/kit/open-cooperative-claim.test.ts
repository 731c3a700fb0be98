import { inspect } from 'node:util'
import * as bitcoin from 'bitcoinjs-lib'
import fc from 'fast-check'
import * as curve from 'tiny-secp256k1'
import { expect, test } from 'vitest'
import { buildClaim, type UnsignedClaim } from '../../../src/swaps/kit/build-claim.ts'
import { deriveSwapKeys } from '../../../src/swaps/kit/derive-swap-keys.ts'
import { openCooperativeClaim } from '../../../src/swaps/kit/open-cooperative-claim.ts'
import { verifyLockup } from '../../../src/swaps/kit/verify-lockup.ts'
import { swapVectors } from './btcd-vectors.ts'
import { signAsServer, tagged } from './independent-signer.ts'
import {
  agreeSwap,
  buildOutput,
  change,
  fromHex,
  identity,
  lockUp,
  type OfferedSwap,
  serverPublicKey,
  serverSecretKey,
  swapKey,
  toHex,
} from './swap-server.ts'

const swap = await agreeSwap()
const claim = claimOf(swap)
const random = Uint8Array.from({ length: 32 }, (_, at) => at)

function claimOf(
  { verified }: { verified: UnsignedClaim['verified'] },
  feerate = 5,
): UnsignedClaim {
  const transaction = lockUp([
    change,
    { script: verified.tree.script, valueSat: verified.onchainAmountSat },
  ])
  const found = verifyLockup(verified, transaction.toHex())
  if (!found.ok) throw new Error(found.refusal.reason)
  const { lockup } = found
  const limits = { isRevealed: false, maximumFeeSat: 50_000n }
  const build = buildClaim({ verified, lockup, path: 'cooperative', feerate, ...limits })
  if (!build.ok) throw new Error(build.refusal.reason)
  return build.claim
}

/** What an honest server answers; it computes the signature hash itself, from the transaction it was sent. */
function answerTo(
  { request, terms }: OfferedSwap,
  unsigned: { publicNonce: string; transaction: string },
  nonceSeed = 'nonce',
  lockedSat: bigint = terms.onchainAmountSat,
): { publicNonce: string; partialSignature: string } {
  const { script, tweak } = buildOutput({ ...request, timeoutHeight: terms.timeoutHeight })
  const transaction = bitcoin.Transaction.fromHex(unsigned.transaction)
  const { publicNonce, partialSignature } = signAsServer({
    keys: [fromHex(serverPublicKey), fromHex(request.claimPublicKey)],
    secretKey: serverSecretKey,
    tweak,
    message: transaction.hashForWitnessV1(0, [script], [lockedSat], 0),
    clientNonce: fromHex(unsigned.publicNonce),
    secretNonce: new Uint8Array([...tagged(nonceSeed, random), ...tagged(`${nonceSeed}2`, random)]),
  })
  return { publicNonce: toHex(publicNonce), partialSignature: toHex(partialSignature) }
}

test("the tests' own server signs as btcd does", () => {
  for (const { name, session, ...vector } of swapVectors) {
    const { tweak } = buildOutput({
      paymentHash: vector.paymentHash,
      claimPublicKey: vector.clientPublicKey,
      refundPublicKey: vector.serverPublicKey,
      timeoutHeight: vector.timeoutHeight,
    })
    const signed = signAsServer({
      keys: [fromHex(vector.serverPublicKey), fromHex(vector.clientPublicKey)],
      secretKey: fromHex(vector.serverSecretKey),
      tweak,
      message: fromHex(vector.claim.keyPathSighash),
      clientNonce: fromHex(session.clientPublicNonce),
      secretNonce: fromHex(session.serverSecretNonce),
    })
    expect(toHex(signed.publicNonce), name).toBe(session.serverPublicNonce)
    expect(toHex(signed.partialSignature), name).toBe(session.serverPartialSignature)
  }
})

test('with an honest server every claim parses in bitcoinjs-lib, and its signature spends the output', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 72, max: 300 }),
      fc.double({ min: 0.1, max: 100, noNaN: true }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => bytes[0] !== bytes[1]),
      async (claimIndex, blocks, feerate, randomBytes) => {
        const agreed = await agreeSwap({ claimIndex, timeoutHeight: 1000 + blocks })
        const unsigned = claimOf(agreed, feerate)
        const attempt = openCooperativeClaim(unsigned, agreed.keys, randomBytes)
        const outcome = attempt.complete(answerTo(agreed, attempt, String(claimIndex)))
        if (!outcome.ok) throw new Error(outcome.refusal.reason)
        const transaction = bitcoin.Transaction.fromHex(outcome.signed.transaction)
        const { script, outputKey } = buildOutput({
          ...agreed.request,
          timeoutHeight: agreed.terms.timeoutHeight,
        })
        const amount = agreed.terms.onchainAmountSat
        const hash = transaction.hashForWitnessV1(0, [script], [amount], 0)
        expect(transaction.ins[0]!.witness).toHaveLength(1)
        expect(curve.verifySchnorr(hash, outputKey, transaction.ins[0]!.witness[0]!)).toBe(true)
        expect(transaction.virtualSize()).toBe(99)
        expect(transaction.outs[0]!.value).toBe(amount - unsigned.feeSat)
        expect(outcome.signed.txid).toBe(transaction.getId())
        expect(transaction.ins[0]!.sequence).toBe(0xfffffffd)
      },
    ),
    { numRuns: 25 },
  )
})

test('an attempt takes one answer, right or wrong', () => {
  const attempt = openCooperativeClaim(claim, swap.keys, random)
  expect(attempt.complete(answerTo(swap, attempt)).ok).toBe(true)
  expect(() => attempt.complete(answerTo(swap, attempt))).toThrow('never used twice')
  const failed = openCooperativeClaim(claim, swap.keys, random)
  expect(failed.complete(undefined).ok).toBe(false)
  expect(() => failed.complete(answerTo(swap, failed))).toThrow('never used twice')
})

test('other random bytes or another fee make another nonce', () => {
  const others = [
    openCooperativeClaim(claim, swap.keys, random),
    openCooperativeClaim(claim, swap.keys, Uint8Array.from(random).reverse()),
    openCooperativeClaim(claimOf(swap, 6), swap.keys, random),
  ]
  expect(new Set(others.map(({ publicNonce }) => publicNonce)).size).toBe(3)
})

test('each bad answer has its name', () => {
  const flip = (text: string): string => text.slice(0, -1) + (text.endsWith('0') ? '1' : '0')
  const offCurve = `02${'00'.repeat(31)}05`
  type Answer = { publicNonce: string; partialSignature: string }
  const cases: readonly (readonly [
    name: string,
    reason: string,
    spoil: (good: Answer, nonce: string) => unknown,
  ])[] = [
    ['nothing', 'nonce-malformed', () => undefined],
    ['null', 'nonce-malformed', () => null],
    ['text', 'nonce-malformed', () => 'sorry'],
    ['no nonce', 'nonce-malformed', ({ partialSignature }) => ({ partialSignature })],
    [
      'a short nonce',
      'nonce-malformed',
      (good) => ({ ...good, publicNonce: good.publicNonce.slice(66) }),
    ],
    [
      'a nonce off the curve',
      'nonce-malformed',
      (good) => ({ ...good, publicNonce: offCurve + good.publicNonce.slice(66) }),
    ],
    [
      'a nonce that is no hex',
      'nonce-malformed',
      (good) => ({ ...good, publicNonce: 'zz'.repeat(66) }),
    ],
    [
      'a nonce at infinity',
      'nonce-malformed',
      (good) => ({ ...good, publicNonce: '00'.repeat(66) }),
    ],
    [
      'a nonce as bytes',
      'nonce-malformed',
      (good) => ({ ...good, publicNonce: fromHex(good.publicNonce) }),
    ],
    ['no half', 'partial-signature-malformed', ({ publicNonce }) => ({ publicNonce })],
    [
      'a short half',
      'partial-signature-malformed',
      (good) => ({ ...good, partialSignature: '00' }),
    ],
    [
      'a half beyond the order',
      'partial-signature-invalid',
      (good) => ({ ...good, partialSignature: 'ff'.repeat(32) }),
    ],
    [
      'an altered half',
      'partial-signature-invalid',
      (good) => ({ ...good, partialSignature: flip(good.partialSignature) }),
    ],
    [
      'no half at all',
      'partial-signature-invalid',
      (good) => ({ ...good, partialSignature: '00'.repeat(32) }),
    ],
    [
      'our own nonce',
      'partial-signature-invalid',
      (good, nonce) => ({ ...good, publicNonce: nonce }),
    ],
    [
      'a half for another amount',
      'partial-signature-invalid',
      (_good, publicNonce) =>
        answerTo(swap, { publicNonce, transaction: claim.transaction }, 'nonce', 5n),
    ],
    [
      'a half for another fee',
      'partial-signature-invalid',
      (_good, publicNonce) =>
        answerTo(swap, { publicNonce, transaction: claimOf(swap, 9).transaction }),
    ],
    [
      'a half for another attempt',
      'partial-signature-invalid',
      () =>
        answerTo(swap, openCooperativeClaim(claim, swap.keys, Uint8Array.from(random).reverse())),
    ],
  ]
  const wrong = cases.flatMap(([name, reason, spoil]) => {
    const attempt = openCooperativeClaim(claim, swap.keys, random)
    const outcome = attempt.complete(spoil(answerTo(swap, attempt), attempt.publicNonce))
    const found = outcome.ok ? 'signed' : outcome.refusal.reason
    return found === reason ? [] : [`${name}: ${found} instead of ${reason}`]
  })
  expect(wrong).toEqual([])
})

test('a whole signature that does not spend the output never leaves', async () => {
  // An output of other keys: both halves are right, and the whole is for nothing.
  const tree = {
    ...claim.verified.tree,
    outputKey: (await agreeSwap({ claimIndex: 9 })).verified.tree.outputKey,
  }
  const attempt = openCooperativeClaim(
    { ...claim, verified: { ...claim.verified, tree } },
    swap.keys,
    random,
  )
  expect(attempt.complete(answerTo(swap, attempt))).toMatchObject({
    ok: false,
    refusal: { reason: 'signature-invalid' },
  })
})

test('nothing of an attempt that can be written down is secret', () => {
  const attempt = openCooperativeClaim(claim, swap.keys, random)
  const { publicNonce, transaction } = attempt
  expect(JSON.parse(JSON.stringify(attempt))).toEqual({ publicNonce, transaction })
  expect(() => structuredClone(attempt)).toThrow()
  expect(inspect(attempt, { depth: 9, showHidden: true })).not.toContain(toHex(random))
  expect(Object.isFrozen(attempt)).toBe(true)
})

test("other keys, bytes that are not random, or the other path's claim open nothing", async () => {
  const key = await swapKey()
  const other = deriveSwapKeys(key, identity, { ...swap.keys, claimIndex: 4 })
  const unrevealed = deriveSwapKeys(key, identity, { ...swap.keys, swapId: 'e'.repeat(32) })
  for (const keys of [other, unrevealed])
    expect(() => openCooperativeClaim(claim, keys, random)).toThrow(
      expect.objectContaining({ code: 'keys.mismatch' }),
    )
  for (const bytes of [new Uint8Array(32), new Uint8Array(32).fill(7), random.slice(1)])
    expect(() => openCooperativeClaim(claim, swap.keys, bytes)).toThrow(RangeError)
  expect(() => openCooperativeClaim({ ...claim, path: 'script' }, swap.keys, random)).toThrow(
    RangeError,
  )
})
