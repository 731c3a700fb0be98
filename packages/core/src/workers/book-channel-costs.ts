import { bookCloseCosts } from '../channels/book-close-costs.ts'
import { bookWalletMoves } from '../channels/book-wallet-moves.ts'
import type { Context, Identity, Leadership } from '../context.ts'
import type { OnchainWallet } from '../ports/node-onchain.ts'
import { repeatPatiently } from './repeat-patiently.ts'

/** Milliseconds between looks at the height; LND is asked only after a new block. */
const every = 10_000

/** Books what channels cost on the chain, once it is final. */
export function bookChannelCosts(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  wallet: OnchainWallet,
  signal: AbortSignal,
): Promise<void> {
  let looked = 0
  const step = async (): Promise<void> => {
    const height = context.live.info?.blockHeight ?? 0
    if (height === looked) return
    await bookWalletMoves(context, identity, leadership, wallet, signal)
    await bookCloseCosts(context, identity, leadership, wallet, signal)
    looked = height
  }
  return repeatPatiently(context, 'channel-costs', every, step, signal)
}
