/** What is known of a swap's lockup, from our own node only. */
export interface RevealState {
  /** Height from which the provider can take the money back. */
  readonly timeoutHeight: number
  /** Height of the block that holds the lockup; undefined while it is not confirmed. */
  readonly lockupHeight: number | undefined
  /** At least 1: an unconfirmed lockup can be replaced after the preimage is known. */
  readonly requiredConfirmations: number
}

/** The last distance to the timeout, in blocks, at which the preimage may still be revealed. */
const lastRevealBlocks = 36

export type RevealVerdict =
  | { readonly allowed: true; readonly confirmations: number; readonly blocksLeft: number }
  | {
      readonly allowed: false
      readonly reason: 'unconfirmed' | 'too-few-confirmations' | 'too-near-timeout'
      readonly confirmations: number
      readonly blocksLeft: number
    }

/**
 * Whether the preimage may leave us: from then on the provider has our payment, and the swap must be
 * claimed before the timeout. `too-near-timeout` is final: the payment comes back by itself.
 */
export function checkRevealAllowed(state: RevealState, tip: number): RevealVerdict {
  const { timeoutHeight, lockupHeight, requiredConfirmations } = state
  const numbers = [timeoutHeight, lockupHeight ?? 1, requiredConfirmations]
  const isWhole = numbers.every((number) => Number.isSafeInteger(number) && number >= 1)
  // 0: our node has not said a height yet. Then nothing is confirmed.
  if (!isWhole || !Number.isSafeInteger(tip) || tip < 0)
    throw new RangeError('Heights and confirmations are whole numbers from 1 on.')
  const blocksLeft = timeoutHeight - tip
  // A lockup above the tip is one that our node has not seen in a block yet.
  const confirmations = lockupHeight === undefined ? 0 : Math.max(0, tip - lockupHeight + 1)
  const counts = { confirmations, blocksLeft }
  if (blocksLeft < lastRevealBlocks)
    return { allowed: false, reason: 'too-near-timeout', ...counts }
  if (confirmations === 0) return { allowed: false, reason: 'unconfirmed', ...counts }
  if (confirmations < requiredConfirmations)
    return { allowed: false, reason: 'too-few-confirmations', ...counts }
  return { allowed: true, ...counts }
}
