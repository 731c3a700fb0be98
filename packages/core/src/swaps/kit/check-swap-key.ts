import { PaymentNodeError } from '../../errors.ts'
import { isSameKey, type PurposeKey } from '../../keys.ts'

/**
 * Refuses a swap key that the stored swaps were not made with: it would derive other preimages and
 * other claim keys, and what is locked for the former ones could not be claimed. Throws
 * `keys.mismatch`; only the public short names of the keys are told.
 */
export function checkSwapKey(key: PurposeKey, storedFingerprint: string): void {
  if (isSameKey(key, storedFingerprint)) return
  throw new PaymentNodeError(
    'keys.mismatch',
    'keys.swaps is not the key that the stored swaps were made with.',
    { purpose: 'swaps', expected: storedFingerprint.slice(0, 8), actual: key.keyId },
    {
      advice:
        "Give the former key: these books take no other, also when no swap is under way. Is it lost? keys.swaps: 'lost' says so; then leave the providers out whose swaps the library claims itself.",
    },
  )
}
