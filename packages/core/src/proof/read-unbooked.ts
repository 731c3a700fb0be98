import { factOf, isBooked, walletBegin } from '../channels/book-foreign-funding.ts'
import { costQueue } from '../channels/close-cost-job.ts'
import type { Context, Identity } from '../context.ts'
import { isOurTransaction } from '../domain/wallet-label.ts'
import { jobs } from '../tables/jobs.ts'

/** A close and its sweeps cost at most about so much before it is booked, in msat; what is above shows as missing. */
const mostPerClose = 50_000_000n

/**
 * What the wallet's transactions changed and the books do not have yet, since they are not final; and by
 * how much channels that have just ended may have cost more than is booked.
 */
export async function readUnbooked(
  context: Context,
  identity: Identity,
  signal?: AbortSignal,
): Promise<{ readonly unbookedMsat: bigint; readonly slackMsat: bigint }> {
  const ended = await context.storage.find(jobs, {
    index: 'due',
    equals: [costQueue(identity)],
    limit: 1000,
  })
  const slackMsat = BigInt(ended.length) * mostPerClose
  const { onchain } = context.lightning
  const begin = await walletBegin(context, identity)
  if (!onchain || !begin) return { unbookedMsat: 0n, slackMsat }
  let unbookedMsat = 0n
  for (const transaction of await onchain.transactions(begin.readFrom, signal)) {
    const { blockHeight = Infinity, label } = transaction
    if (blockHeight <= begin.height || isOurTransaction(label)) continue
    const fact = await factOf(context, identity, transaction)
    if (!fact || (await isBooked(context, identity, fact))) continue
    for (const { account, amountMsat } of fact.legs) {
      if (account === 'operator') unbookedMsat += amountMsat
    }
  }
  return { unbookedMsat, slackMsat }
}
