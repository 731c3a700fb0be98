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
  const listed = await findListed(context, intent)
  if (listed) return listed
  const { onchain } = requireOpener(context)
  const spender = await findSpender(context, intent)
  // It may have been made between the two looks: LND has a channel before it publishes the funding.
  const listedSince = spender && (await findListed(context, intent))
  if (listedSince) return listedSince
  const closed = await findClosed(context, intent, spender?.transactionId)
  if (closed) return closed
  if (spender) return { evidence: { kind: 'absent', coins: 'spent' } }
  const free = new Set((await onchain.unspent()).map(({ outpoint }) => outpoint))
  const areFree = (intent.outpoints as string[]).every((outpoint) => free.has(outpoint))
  return { evidence: { kind: 'absent', coins: areFree ? 'free' : 'locked' } }
}

/** Among the channels that are opening, closing or open. */
async function findListed(
  { lightning }: Context,
  intent: Intent,
): Promise<FoundOpening | undefined> {
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
  return open && { evidence: { kind: 'open' }, channelPoint: open.channelPoint }
}

/** Closed channels show no memo: by its point, or funded by what spent the coins, to the same peer. */
async function findClosed(
  { lightning }: Context,
  intent: Intent,
  spender: string | undefined,
): Promise<FoundOpening | undefined> {
  const closed = (await lightning.listClosedChannels()).find(
    ({ channelPoint, peer }) =>
      channelPoint === intent.channel_point ||
      (channelPoint.split(':')[0] === spender && peer === intent.peer),
  )
  if (!closed) return undefined
  const { channelPoint, closeType } = closed
  const kind =
    closeType === 'funding-canceled' || closeType === 'abandoned' ? closeType : ('open' as const)
  return { evidence: { kind }, channelPoint }
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
