import type { Evidence } from './gather-evidence.ts'

/** How the channels of the day compare with what was meant, and their costs with what was booked. */
export interface ChannelAudit {
  /** Channels that nobody meant to open, and meant ones that are missing, by LND's own word. */
  readonly strayChannels: number
  /** Fees of miners that the books and LND tell differently. */
  readonly onchainOffMsat: bigint
  /** What the budget counts and no opening cost, or the other way round. */
  readonly budgetOffMsat: bigint
  /** What opening cost, by LND. */
  readonly openingMsat: bigint
  /** What closing cost, by LND. */
  readonly closingMsat: bigint
}

const opened: readonly string[] = ['pending', 'open']

export function auditChannels({ books, channelsOfLnd }: Evidence): ChannelAudit {
  const meant = books.intents.filter(({ state }) => opened.includes(state))
  const booked = new Map<string, bigint>()
  for (const { account, transaction, amountMsat } of books.postings) {
    if (account !== 'world/onchain-fees') continue
    booked.set(transaction, (booked.get(transaction) ?? 0n) + amountMsat)
  }
  const fees = meant.reduce((sum, { feeMsat }) => sum + (feeMsat ?? 0n), 0n)
  const paid = new Map(channelsOfLnd.fees.map(({ fact, amountMsat }) => [fact, amountMsat]))
  return {
    strayChannels: countStrays(meant, channelsOfLnd.opened),
    onchainOffMsat: [...new Set([...booked.keys(), ...paid.keys()])].reduce(
      (sum, fact) => sum + magnitude((booked.get(fact) ?? 0n) - (paid.get(fact) ?? 0n)),
      0n,
    ),
    budgetOffMsat: magnitude(books.budgetUsedMsat - fees),
    openingMsat: paidFor('onchain/', channelsOfLnd.fees),
    closingMsat: paidFor('closed/', channelsOfLnd.fees),
  }
}

/** One intent, one channel: by its outpoint, and by the memo where LND still says it. */
function countStrays(
  meant: Evidence['books']['intents'],
  found: Evidence['channelsOfLnd']['opened'],
): number {
  const unseen = new Map(meant.map(({ id, channelPoint }) => [channelPoint, id]))
  let strays = meant.length - unseen.size
  for (const { channelPoint, memo } of found) {
    const id = unseen.get(channelPoint)
    unseen.delete(channelPoint)
    if (id === undefined || (memo !== null && memo !== `payment-node/${id}`)) strays++
  }
  return strays + unseen.size
}

function paidFor(prefix: string, fees: Evidence['channelsOfLnd']['fees']): bigint {
  return fees
    .filter(({ fact }) => fact.startsWith(prefix))
    .reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
}

function magnitude(amountMsat: bigint): bigint {
  return amountMsat < 0n ? -amountMsat : amountMsat
}
