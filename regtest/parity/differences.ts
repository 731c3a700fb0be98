import type { Names } from './names.ts'

/**
 * One thing that need not be equal in the simulated network and on LND. What is not named here is
 * compared exactly.
 */
export interface Difference {
  /** Where: keys joined by dots; `*` is any one key or position, `**` any number of them. */
  readonly paths: readonly string[]
  /** What is compared instead; `undefined` leaves it out. */
  readonly compare: (value: never, names: Names) => unknown
  readonly reason: string
}

const leftOut = (): undefined => undefined
const named = (value: string, names: Names): string => names.of(value)
const relativeHeight = (value: number, names: Names): number => value - names.baseHeight
const isThere = (value: unknown): string => `a ${typeof value}`

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
    paths: ['**.closingTransaction'],
    compare: isThere,
    reason: 'Ids of transactions.',
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
