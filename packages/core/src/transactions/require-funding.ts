import type { Context } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import type { OnchainWallet, TransactionFunding } from '../ports/node-onchain.ts'

/** The parts of LND that on-chain payouts need. Throws `node.unsupported` naming the missing one. */
export function requireFunding({ lightning }: Context): {
  readonly funding: TransactionFunding
  readonly onchain: OnchainWallet
} {
  const { funding, onchain } = lightning
  if (funding && onchain) return { funding, onchain }
  throw new PaymentNodeError(
    'node.unsupported',
    'This connection to LND can make no on-chain transactions.',
    { call: onchain ? 'funding' : 'onchain' },
    { advice: 'Use an adapter that implements both.' },
  )
}
