import { costQueue } from '../channels/close-cost-job.ts'
import { walletBegin } from '../channels/wallet-cursors.ts'
import { isBooked, walletFactOf } from '../channels/wallet-fact.ts'
import type { Context, Identity } from '../context.ts'
import type { ProofSnapshot } from '../domain/proof.ts'
import { channels } from '../tables/channels.ts'
import { jobs } from '../tables/jobs.ts'
import { isOurs } from '../transactions/is-ours.ts'

/** A close and its sweeps cost at most about so much before it is booked, in msat; what is above shows as missing. */
export const mostPerClose = 50_000_000n

/** A closing transaction pays whole satoshi, in msat. */
const mostLostPerChannel = 999n

/**
 * What the wallet's transactions changed and the books do not have yet, since they are not final; and by
 * how much channels that have just ended may have cost more than is booked.
 */
export async function readUnbooked(
  context: Context,
  identity: Identity,
  signal?: AbortSignal,
): Promise<Pick<ProofSnapshot, 'unbookedMsat' | 'slackMsat' | 'roundingMsat'>> {
  const ended = await context.storage.find(jobs, {
    index: 'due',
    equals: [costQueue(identity)],
    limit: 1000,
  })
  const slackMsat = BigInt(ended.length) * mostPerClose
  const roundingMsat = mostLostPerChannel * (await countClosed(context, identity))
  const { onchain } = context.lightning
  const begin = await walletBegin(context, identity)
  if (!onchain || !begin) return { unbookedMsat: 0n, slackMsat, roundingMsat }
  let unbookedMsat = 0n
  for (const transaction of await onchain.transactions(begin.readFrom, signal)) {
    const { blockHeight = Infinity } = transaction
    if (blockHeight <= begin.height || (await isOurs(context, transaction))) continue
    const fact = await walletFactOf(context, identity, transaction, 'everybody')
    if (!fact || (await isBooked(context, identity, fact))) continue
    for (const { account, amountMsat } of fact.legs) {
      if (account === 'operator') unbookedMsat += amountMsat
    }
  }
  return { unbookedMsat, slackMsat, roundingMsat }
}

/** Channels that have ended since the books began. */
async function countClosed(context: Context, { publicKey }: Identity): Promise<bigint> {
  let count = 0n
  let after: string[] | undefined
  for (;;) {
    const rows = await context.storage.find(channels, {
      index: 'state',
      equals: [publicKey, 'closed'],
      limit: 1000,
      ...(after && { after }),
    })
    count += BigInt(rows.length)
    if (rows.length < 1000) return count
    after = [rows.at(-1)!.channel_point]
  }
}
