import type { Context } from '../context.ts'
import type { OpeningEvidence } from '../domain/opening.ts'
import type { WalletTransaction } from '../ports/node-onchain.ts'
import type { channelIntents } from '../tables/channel-intents.ts'
import type { RowOf } from '../tables/table.ts'
import { requireOpener } from './read-money.ts'
import { openingMemo } from './recognize-opening.ts'

/** What LND shows of an intent's channel. */
export interface FoundOpening {
  readonly evidence: OpeningEvidence
  readonly channelPoint?: string
}

type Intent = RowOf<typeof channelIntents>

/** Blocks before an intent in which its coins cannot have been spent; a reorganization is shorter. */
const margin = 100

/**
 * Looks for an intent's channel in all of LND's lists: by its memo, by its channel point, and by the
 * transaction that spent its coins. When there is none: what has become of the coins.
 */
export async function searchOpening(context: Context, intent: Intent): Promise<FoundOpening> {
  const { lightning } = context
  const memo = openingMemo(intent.id)
  const isIt = (channel: { channelPoint: string; memo?: string }): boolean =>
    channel.memo === memo || channel.channelPoint === intent.channel_point
  // In this order, a channel that moves on meanwhile is seen at least once.
  const pending = (await lightning.listPendingChannels()).find(isIt)
  if (pending) {
    const kind = pending.state === 'opening' ? 'pending' : 'open'
    return { evidence: { kind }, channelPoint: pending.channelPoint }
  }
  const open = (await lightning.listChannels()).find(isIt)
  if (open) return { evidence: { kind: 'open' }, channelPoint: open.channelPoint }

  const { onchain } = requireOpener(context)
  const spender = await findSpender(context, intent)
  const funding = intent.channel_point?.split(':')[0] ?? spender?.transactionId
  const closed = (await lightning.listClosedChannels()).find(
    ({ channelPoint }) => channelPoint.split(':')[0] === funding,
  )
  if (closed) {
    const wasFunded = closed.closeType !== 'funding-canceled' && closed.closeType !== 'abandoned'
    return {
      evidence: { kind: wasFunded ? 'open' : 'funding-canceled' },
      channelPoint: closed.channelPoint,
    }
  }
  if (spender) return { evidence: { kind: 'absent', coins: 'spent' } }
  const free = new Set((await onchain.unspent()).map(({ outpoint }) => outpoint))
  const areFree = (intent.outpoints as string[]).every((outpoint) => free.has(outpoint))
  return { evidence: { kind: 'absent', coins: areFree ? 'free' : 'locked' } }
}

/** The wallet's transaction that spends one of the intent's coins: its own funding, or another one. */
export async function findSpender(
  context: Context,
  intent: Intent,
  except?: string,
): Promise<WalletTransaction | undefined> {
  const { onchain } = requireOpener(context)
  const coins = new Set(intent.outpoints as string[])
  const from = Math.max(0, intent.since_height - margin)
  return (await onchain.transactions(from)).find(
    ({ transactionId, spends }) =>
      transactionId !== except && spends.some((outpoint) => coins.has(outpoint)),
  )
}
