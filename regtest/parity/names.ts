import type { Actor } from './actor.ts'
import type { Observation } from './observe-node.ts'

/** Words for what has another identity in each world. */
export interface Names {
  /** `tested`, `peer`, `payee`, `channel 1`, …; the text itself when it names nothing. */
  of(text: string): string
  /** `funding of channel 1`, `closing of channel 1`, `claim of channel 1`, or `a transaction`. */
  ofTransaction(transactionId: string): string
  readonly baseHeight: number
  /** Blocks that the node has seen since the network was ready. */
  blocksSinceStart(): number
  /** Learns what comes later: short channel ids, and transactions. */
  learn(observation: Observation): void
}

/** The words of one world. */
export function createNames(actor: Actor): Names {
  const { world, channels } = actor
  const known = new Map<string, string>()
  let height = world.baseHeight
  const transactions = new Map<string, string>()
  for (const [party, publicKey] of Object.entries(world.publicKeys)) known.set(publicKey, party)
  for (const [party, address] of Object.entries(world.addresses)) known.set(address, party)
  const nameOfChannel = (channelPoint: string): string | undefined => {
    const position = channels.indexOf(channelPoint)
    return position < 0 ? undefined : `channel ${position + 1}`
  }
  return {
    of: (text) => known.get(text) ?? nameOfChannel(text) ?? text,
    ofTransaction: (transactionId) => transactions.get(transactionId) ?? 'a transaction',
    baseHeight: world.baseHeight,
    blocksSinceStart: () => height - world.baseHeight,
    learn(observation) {
      if ('blockHeight' in observation.info) height = observation.info.blockHeight
      for (const channelPoint of channels) {
        const transactionId = channelPoint.split(':')[0] as string
        transactions.set(transactionId, `funding of ${nameOfChannel(channelPoint)}`)
      }
      for (const { channelId, channelPoint } of listed(observation.channels)) {
        const name = nameOfChannel(channelPoint)
        if (name) known.set(channelId, name)
      }
      const closing = [...listed(observation.pending), ...listed(observation.closed)]
      for (const { channelPoint, closingTransaction } of closing) {
        if (closingTransaction === undefined) continue
        transactions.set(closingTransaction, `closing of ${nameOfChannel(channelPoint)}`)
      }
      for (const { channelPoint, claims = [] } of listed(observation.closed)) {
        const name = `claim of ${nameOfChannel(channelPoint)}`
        for (const { transaction } of claims) transactions.set(transaction, name)
      }
    },
  }
}

/** A list, or nothing where the call failed. */
function listed<Item>(list: readonly Item[] | object): readonly Item[] {
  return Array.isArray(list) ? list : []
}
