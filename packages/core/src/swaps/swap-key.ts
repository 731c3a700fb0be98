import type { Context } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import type { PurposeKey } from '../keys.ts'

/** Throws `keys.missing`: this process was not given the swap key. */
export function requireSwapKey({ live }: Context): PurposeKey {
  if (live.swapKey) return live.swapKey
  throw new PaymentNodeError(
    'keys.missing',
    'This process has no swap key.',
    { purpose: 'swaps' },
    { advice: 'Give keys.swaps, or ask a process that has it.' },
  )
}
