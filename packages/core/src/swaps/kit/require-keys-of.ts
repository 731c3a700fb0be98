import { PaymentNodeError } from '../../errors.ts'
import { sha256Hex } from '../../keys.ts'
import type { SwapKeys } from './derive-swap-keys.ts'
import type { VerifiedSwap } from './verify-reverse-terms.ts'

/** Throws `keys.mismatch` unless the keys are those that the swap's output is bound to. */
export function requireKeysOf(verified: VerifiedSwap, keys: SwapKeys): void {
  const fits =
    keys.claimPublicKey === verified.claimPublicKey &&
    sha256Hex(keys.preimage) === verified.paymentHash
  if (fits) return
  throw new PaymentNodeError(
    'keys.mismatch',
    'These keys are not the ones that the swap was made with.',
    { purpose: 'swaps', expected: verified.claimPublicKey, actual: keys.claimPublicKey },
    { advice: 'Give the key that the swap was made with.', fundsAtRisk: true },
  )
}
