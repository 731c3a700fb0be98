import type { Context, Identity } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { readTerms } from './read-terms.ts'

/**
 * Refuses a `payouts.operatorAddress` that is mistyped or not of the node's network, as soon as that is known:
 * else it would be found when there is something to pay, and by nobody but the log. Throws `options.invalid`.
 */
export function requireOperatorAddress({ settings }: Context, identity: Identity): void {
  const { operatorAddress: destination } = settings.payouts
  if (destination === null) return
  let cause: PaymentNodeError | undefined
  try {
    if (readTerms(identity, { destination }, 'all').way.kind === 'onchain-address') return
  } catch (error) {
    if (!PaymentNodeError.is(error)) throw error
    cause = error
  }
  throw new PaymentNodeError(
    'options.invalid',
    `payouts.operatorAddress is no on-chain address of ${identity.network}${cause ? `: ${cause.message}` : '.'}`,
    { field: 'payouts.operatorAddress', reason: 'not-payable' },
    { advice: 'Give an address of your own, of the network of the node.', ...(cause && { cause }) },
  )
}
