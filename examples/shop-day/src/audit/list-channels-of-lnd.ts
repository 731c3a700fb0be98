import type { LightningNode, WalletTransaction } from '@payment-node/core'

/** What a node itself says about the channels that it opened, closed ones too. */
export interface LndChannels {
  readonly opened: readonly {
    /** Funding outpoint, `txid:index`. */
    readonly channelPoint: string
    /** What the opener wrote beside it; null where LND does not say it any more (closed channels). */
    readonly memo: string | null
  }[]
  /** What it paid to miners, each under the name of the fact that must be booked for it. */
  readonly fees: readonly { readonly fact: string; readonly amountMsat: bigint }[]
}

/** Reads lists and wallet; the node may be used by nobody meanwhile. */
export async function listChannelsOfLnd(node: LightningNode): Promise<LndChannels> {
  const [open, pending, closed, transactions] = await Promise.all([
    node.listChannels(),
    node.listPendingChannels(),
    node.listClosedChannels(),
    node.onchain!.transactions(0),
  ])
  const own = closed.filter(({ openedBy }) => openedBy === 'us')
  return {
    opened: [
      ...[...open, ...pending]
        .filter(({ isInitiator }) => isInitiator)
        .map(({ channelPoint, memo }) => ({ channelPoint, memo: memo ?? null })),
      ...own.map(({ channelPoint }) => ({ channelPoint, memo: null })),
    ],
    fees: [
      // Fundings: LND says a fee only where all inputs are its own.
      ...transactions
        .filter(({ feeSat }) => feeSat > 0n)
        .map(({ transactionId, feeSat }) => ({
          fact: `onchain/${transactionId}`,
          amountMsat: feeSat * 1000n,
        })),
      // Closes: the opener pays what is missing between the channel and the outputs.
      ...own.map(({ channelPoint, capacityMsat, closingTransaction }) => ({
        fact: `closed/${channelPoint}`,
        amountMsat: capacityMsat - outputsOf(closingTransaction, transactions) * 1000n,
      })),
    ],
  }
}

function outputsOf(
  transactionId: string | undefined,
  transactions: readonly WalletTransaction[],
): bigint {
  const found = transactions.find((one) => one.transactionId === transactionId)
  if (!found) throw new Error(`the wallet does not know the closing transaction ${transactionId}`)
  return found.outputsSat
}
