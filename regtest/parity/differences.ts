import { show } from './find-differences.ts'
import type { Names } from './names.ts'

/**
 * One thing that need not be equal in the simulated network and on LND. What is not named here is
 * compared exactly.
 */
export interface Difference {
  /** Where: keys joined by dots; `*` is any one key or position, `**` any number of them. */
  readonly paths: readonly string[]
  /** What is compared instead, made after everything inside it; `undefined` leaves it out. */
  readonly compare: (value: never, names: Names) => unknown
  readonly reason: string
}

const leftOut = (): undefined => undefined
const named = (value: string, names: Names): string => names.of(value)
const relativeHeight = (value: number, names: Names): number => value - names.baseHeight
const isThere = (value: unknown): string => `a ${typeof value}`

/** A list of channels by their names; an error stays as it is. */
function byChannel(list: readonly { readonly channelPoint: string }[]): unknown {
  if (!Array.isArray(list)) return list
  return Object.fromEntries(list.map((item) => [item.channelPoint, item]))
}

/** A list without an order; an error stays as it is. */
function sorted(list: readonly unknown[]): unknown {
  return Array.isArray(list) ? [...list].sort((a, b) => (show(a) < show(b) ? -1 : 1)) : list
}

/** A single attempt as it is; of several only those that carry money, in an order of their own. */
function carryingParts(parts: readonly { readonly state: string }[]): unknown {
  if (parts.length < 2) return parts
  return parts
    .filter(({ state }) => state !== 'failed')
    .map(show)
    .sort()
}

/** Every field that is mapped or left out, with its reason. Reviewed: keep it short. */
export const differences: readonly Difference[] = [
  {
    paths: ['**.publicKey', '**.peer', '**.destination'],
    compare: named,
    reason: 'Keys are random on LND; compared by the name of the node.',
  },
  {
    paths: ['**.channelPoint', '**.channelId', '**.firstChannelId'],
    compare: named,
    reason:
      'Made of transaction ids and heights; compared by the order in which channels were made.',
  },
  {
    paths: ['node.channels', 'node.pending', 'node.closed', 'node.streams.closed'],
    compare: byChannel,
    reason: 'LND lists channels in the order of its database, which follows the random keys.',
  },
  {
    paths: ['node.channels.*.updateCount'],
    compare: (count: bigint) => (count === 0n ? 'none' : 'some'),
    reason:
      'LND puts changes that come close together into one update; how many depends on its timer.',
  },
  {
    paths: ['**.createdAt', '**.settledAt'],
    compare: isThere,
    reason: 'Each world has its own clock.',
  },
  {
    paths: ['**.blockHeight', '**.expiryHeight', '**.maturityHeight', '**.closeHeight'],
    compare: relativeHeight,
    reason: 'The chains begin at other heights; compared from the height at the start.',
  },
  {
    paths: ['**.paymentRequest'],
    compare: isThere,
    reason: 'Signed with another key at another time; what it says is compared by decoding it.',
  },
  {
    paths: ['**.closingTransaction', '**.claims.*.transaction'],
    compare: (id: string, names) => names.ofTransaction(id),
    reason: 'Made of random keys; compared by what the transaction is for.',
  },
  {
    paths: ['**.claims.*.outpoint'],
    compare: (outpoint: string, names) => names.ofTransaction(outpoint.split(':')[0] as string),
    reason: 'Outputs are sorted by their bytes (BIP69); compared by their transaction.',
  },
  {
    paths: ['node.coins.*.outpoint', 'node.transactions.*.spends.*'],
    compare: (outpoint: string, names) => names.ofTransaction(outpoint.split(':')[0] as string),
    reason: 'Outputs are sorted by their bytes (BIP69); compared by their transaction.',
  },
  {
    paths: ['node.coins.*.confirmations'],
    compare: (count: number, names) => (count > names.blocksSinceStart() ? 'old' : count),
    reason: 'The coins of the start are as old as they are; younger ones are compared exactly.',
  },
  {
    paths: ['node.coins.*.address', 'node.transactions.*.rawTransaction'],
    compare: isThere,
    reason: 'Made of random keys.',
  },
  {
    paths: ['node.coins', 'node.transactions', 'node.policies'],
    compare: sorted,
    reason: 'LND promises no order among coins and policies, nor among transactions of one block.',
  },
  {
    paths: ['node.transactions.*.transactionId'],
    compare: (id: string, names) => names.ofTransaction(id),
    reason: 'Made of random keys; compared by what the transaction is for.',
  },
  {
    paths: ['node.transactions.*.label'],
    compare: (label: string, names) =>
      label.replace(/shortchanid-(\d+)/, (_, id: string) => names.of(id)),
    reason: 'Names a short channel id; compared by the name of the channel.',
  },
  {
    paths: ['node.forwards.*.at', 'result.lastUpdateAt'],
    compare: isThere,
    reason: 'Each world has its own clock.',
  },
  {
    paths: ['node.forwards.*.channelIdIn', 'node.forwards.*.channelIdOut'],
    compare: named,
    reason: 'Made of heights; compared by the name of the channel.',
  },
  {
    paths: ['result.addresses.*'],
    compare: (address: string, names) => names.of(address),
    reason: 'Ports are free ones; compared by the name of the node.',
  },
  {
    paths: ['**.htlcs'],
    compare: carryingParts,
    reason:
      'In which order LND tries parts, and which it tries in vain, depends on how fast its links tell what they can carry.',
  },
  {
    paths: ['**.version'],
    compare: (version: string) => version.split(' ')[0],
    reason: 'The LND that is tested is built from its module, which names no commit.',
  },
  {
    paths: ['**.details.call'],
    compare: leftOut,
    reason: "Names the implementation's own call.",
  },
]
