import type { Context, Identity, Leadership } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import type { WalletTransaction } from '../ports/node-onchain.ts'
import type { channelIntents } from '../tables/channel-intents.ts'
import type { RowOf } from '../tables/table.ts'
import { markAbandoned, markStuck } from './mark-opening.ts'
import { requireOpener } from './read-money.ts'
import { findSpender } from './search-opening.ts'

/** Blocks that a funding is given before it is published again. */
const patience = 2
/** Confirmations after which another spending of a coin is final (money rule 6). */
const final = 6

/**
 * Looks after a funding that has no confirmation. LND answers an open also when its funding never
 * reached the network, and a mempool forgets what pays too little: the same bytes are published again
 * at each block. When another transaction has taken one of its coins for good, the channel is given up.
 */
export async function careForFunding(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  intent: RowOf<typeof channelIntents>,
): Promise<void> {
  const height = context.live.info?.blockHeight ?? 0
  const waited = height - intent.since_height
  const [funding] = intent.channel_point?.split(':') ?? []
  if (waited < patience || funding === undefined) return
  const { opener, onchain } = requireOpener(context)
  const own = (await onchain.transactions(Math.max(0, intent.since_height - 100))).find(
    ({ transactionId }) => transactionId === funding,
  )
  if (own && own.confirmations > 0) return
  const isAccepted = own !== undefined && (await isPublished(context, own))
  const other = isAccepted ? undefined : await findSpender(context, intent, funding)
  if (other && other.confirmations >= final && leadership.isFresh()) {
    await opener.abandon(intent.channel_point!)
    const { transactionId, confirmations, spends } = other
    const evidence = { transactionId, confirmations, spends }
    await markAbandoned(context, identity, intent, leadership, evidence)
    return
  }
  const isStuck = waited >= context.settings.channels.stuckAfter
  if (isStuck && intent.reason !== 'unconfirmed') {
    await markStuck(context, identity, intent, leadership, 'unconfirmed')
  }
}

/** Whether the network has it, or may have it; false: it was refused. */
async function isPublished(context: Context, own: WalletTransaction): Promise<boolean> {
  try {
    await requireOpener(context).onchain.publish(own.rawTransaction, own.label)
    return true
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.refused')) throw error
    context.logger.warn('the funding of a channel is refused by the network', {
      transaction: own.transactionId,
      says: error.message,
    })
    return false
  }
}
