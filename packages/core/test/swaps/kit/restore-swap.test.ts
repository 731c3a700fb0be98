import { expect, test } from 'vitest'
import { buildClaim } from '../../../src/swaps/kit/build-claim.ts'
import { deriveSwapKeys, searchClaimKeys } from '../../../src/swaps/kit/derive-swap-keys.ts'
import { restoreSwap } from '../../../src/swaps/kit/restore-swap.ts'
import { sealSwapId } from '../../../src/swaps/kit/seal-swap-id.ts'
import { signScriptClaim } from '../../../src/swaps/kit/sign-script-claim.ts'
import { verifyLockup } from '../../../src/swaps/kit/verify-lockup.ts'
import {
  agreeSwap,
  destination,
  identity,
  lockUp,
  type RawTerms,
  serverPublicKey,
  swapKey,
} from './swap-server.ts'

const key = await swapKey()
const swap = await agreeSwap({ claimIndex: 37 })
const nonce = new Uint8Array(12).fill(8)
const metadata = sealSwapId(key, identity, swap.keys, nonce)
let turns = 0
const giveTurn = async (): Promise<void> => void turns++
const rescue = {
  destinationOf: () => destination,
  claimKeys: searchClaimKeys(key, identity, giveTurn),
  claimIndex: undefined,
  claimIndexEnd: 50,
}
/** What a restore call knows: no invoice that can be paid, no price. */
const known: RawTerms = { ...swap.terms, invoice: '', onchainAmountSat: 0n, metadata }

test('with the swap key and what the provider kept, a lost swap is claimed by script', async () => {
  const restored = await restoreSwap(key, identity, known, rescue)
  if (!restored.ok) throw new Error(restored.refusal.reason)
  expect(restored.keys).toEqual(swap.keys)
  const { verified, keys } = restored
  expect(verified.tree).toEqual(swap.verified.tree)
  const transaction = lockUp([{ script: verified.tree.script, valueSat: 50_000n }])
  const found = verifyLockup(verified, transaction.toHex())
  if (!found.ok) throw new Error(found.refusal.reason)
  const plan = { verified, lockup: found.lockup, path: 'script', feerate: 2 } as const
  const build = buildClaim({ ...plan, isRevealed: false, maximumFeeSat: 1000n })
  if (!build.ok) throw new Error(build.refusal.reason)
  const signed = signScriptClaim(build.claim, keys, new Uint8Array(32).fill(1))
  expect(signed.feeSat).toBe(280n)
})

test('what cannot be restored says why', async () => {
  const other = await agreeSwap({ claimIndex: 37, swapId: 'dd'.repeat(16) })
  const cases: readonly (readonly [name: string, reason: string, terms: unknown, end?: number])[] =
    [
      ['nothing', 'terms-malformed', undefined],
      ['no script', 'terms-malformed', { ...known, leaves: { claimLeaf: {} } }],
      ['metadata dropped', 'metadata-unreadable', { ...known, metadata: undefined }],
      ["somebody else's metadata", 'metadata-unreadable', { ...known, metadata: '01aa' }],
      ['a claim key beyond the search', 'claim-key-unknown', known, 37],
      ['no claim leaf', 'claim-key-unknown', { ...known, leaves: {} }],
      ["another swap's metadata", 'claim-leaf-differs', { ...other.terms, metadata }],
      [
        'our key as refund key',
        'refund-key-ours',
        { ...known, refundPublicKey: swap.keys.claimPublicKey },
      ],
      [
        'another timeout',
        'refund-leaf-differs',
        { ...known, timeoutHeight: known.timeoutHeight + 1 },
      ],
      [
        'another refund key',
        'refund-leaf-differs',
        { ...known, refundPublicKey: identity.publicKey },
      ],
      [
        'another address',
        'address-differs',
        { ...known, lockupAddress: other.terms.lockupAddress },
      ],
    ]
  const wrong: string[] = []
  for (const [name, reason, terms, claimIndexEnd = 50] of cases) {
    const restored = await restoreSwap(key, identity, terms, { ...rescue, claimIndexEnd })
    const found = restored.ok ? 'restored' : restored.refusal.reason
    if (found !== reason) wrong.push(`${name}: ${found} instead of ${reason}`)
  }
  expect(wrong).toEqual([])
  expect(known.refundPublicKey).toBe(serverPublicKey)
  const elsewhere = await restoreSwap(key, identity, known, {
    ...rescue,
    destinationOf: () => 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
  })
  expect(elsewhere).toMatchObject({ refusal: { reason: 'destination-refused' } })
})

test('the claim key that is named is tried first, and the search for others lets the rest have its turn', async () => {
  const xOnly = swap.keys.claimPublicKey.slice(2)
  const far = deriveSwapKeys(key, identity, { swapId: 'ee'.repeat(16), claimIndex: 2 ** 31 - 1 })
  const keys = searchClaimKeys(key, identity, giveTurn)
  expect(await keys.find(far.claimPublicKey.slice(2), { named: far.claimIndex, end: 1 })).toBe(
    far.claimIndex,
  )
  const wrong: unknown[] = []
  for (const named of [undefined, 36, -1, 0.5, Number.NaN, 2 ** 31]) {
    const index = await keys.find(xOnly, { named, end: 50 })
    if (index !== 37) wrong.push([named, index])
  }
  expect(wrong).toEqual([])
  turns = 0
  // Both share what is derived.
  const found = await Promise.all(
    ['ff'.repeat(32), xOnly].map((one) => keys.find(one, { named: undefined, end: 200 })),
  )
  expect(found).toEqual([undefined, 37])
  // One CPU derives some thousand keys a second: nothing else would go on for that long.
  expect(turns).toBeGreaterThan(5)
})
