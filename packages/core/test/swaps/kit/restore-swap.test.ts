import { expect, test } from 'vitest'
import { buildClaim } from '../../../src/swaps/kit/build-claim.ts'
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
const rescue = { destination, claimIndexEnd: 50 }
/** What a restore call knows: no invoice that can be paid, no price. */
const known: RawTerms = { ...swap.terms, invoice: '', onchainAmountSat: 0n, metadata }

test('with the swap key and what the provider kept, a lost swap is claimed by script', () => {
  const restored = restoreSwap(key, identity, known, rescue)
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
  const wrong = cases.flatMap(([name, reason, terms, claimIndexEnd = 50]) => {
    const restored = restoreSwap(key, identity, terms, { ...rescue, claimIndexEnd })
    const found = restored.ok ? 'restored' : restored.refusal.reason
    return found === reason ? [] : [`${name}: ${found} instead of ${reason}`]
  })
  expect(wrong).toEqual([])
  expect(known.refundPublicKey).toBe(serverPublicKey)
  const elsewhere = restoreSwap(key, identity, known, {
    ...rescue,
    destination: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
  })
  expect(elsewhere).toMatchObject({ refusal: { reason: 'destination-refused' } })
})
