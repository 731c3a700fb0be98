import type { LightningNode } from '@payment-node/core'
import type { Link, Served } from './link.ts'

const calls = [
  'getInfo',
  'listChannels',
  'listPendingChannels',
  'listClosedChannels',
  'walletBalance',
  'createInvoice',
  'lookupInvoice',
  'cancelInvoice',
  'listInvoices',
  'decodeInvoice',
  'listPayments',
  'highWater',
] as const satisfies readonly (keyof LightningNode)[]

const streams = [
  'watchChannels',
  'watchSettlements',
  'pay',
  'trackPayment',
] as const satisfies readonly (keyof LightningNode)[]

/** The part that watches outputs of others: streams, too. */
const chain = ['watchConfirmation', 'watchSpend'] as const satisfies readonly (keyof NonNullable<
  LightningNode['chain']
>)[]

/** The parts of a node that open channels, pay on chain, show its wallet, the graph and what routing earned. */
const parts = {
  opener: ['connect', 'open', 'close', 'abandon'],
  onchain: [
    'newAddress',
    'unspent',
    'transactions',
    'estimateFeerate',
    'requiredReserve',
    'minimumFeerate',
    'publish',
  ],
  graph: ['findNode'],
  policies: ['read', 'write'],
  forwards: ['list'],
  funding: ['fund', 'sign', 'release', 'leases'],
} as const satisfies {
  readonly [Part in keyof LightningNode]?: readonly (keyof NonNullable<LightningNode[Part]>)[]
}

type Members = Readonly<Record<string, (...all: unknown[]) => unknown>>

/** Serves a node, with all its parts, to a process that reaches it with {@link lightningOver}. */
export function serveLightning(node: LightningNode): Served {
  const served: Record<string, Served[string]> = {}
  const serve = (owner: Members, members: readonly string[], prefix = ''): void => {
    for (const member of members) {
      served[prefix + member] = (given, signal) => owner[member]!.call(owner, ...given, signal)
    }
  }
  serve(node as unknown as Members, [...calls, ...streams])
  for (const [part, members] of Object.entries({ ...parts, chain })) {
    const owner = node[part as keyof typeof parts | 'chain']
    if (!owner) throw new Error(`the node has no ${part}`)
    serve(owner as unknown as Members, members, `${part}.`)
  }
  return served
}

/** A node that lives in another process. */
export function lightningOver(link: Link): LightningNode {
  const split = (all: readonly unknown[]): [unknown[], AbortSignal | undefined] => [
    all.filter((one) => one !== undefined && !(one instanceof AbortSignal)),
    all.find((one) => one instanceof AbortSignal),
  ]
  const asking = (members: readonly string[], prefix = ''): Members =>
    Object.fromEntries(
      members.map((name) => [name, (...all) => link.ask(prefix + name, ...split(all))] as const),
    )
  const following = (members: readonly string[], prefix = ''): Members =>
    Object.fromEntries(
      members.map((name) => [name, (...all) => link.follow(prefix + name, ...split(all))] as const),
    )
  const nested = Object.entries(parts).map(
    ([part, members]) => [part, asking(members, `${part}.`)] as const,
  )
  return {
    contractVersion: 1,
    name: 'simulated, in another process',
    close: async () => undefined,
    ...asking(calls),
    ...following(streams),
    chain: following(chain, 'chain.'),
    ...Object.fromEntries(nested),
  } as unknown as LightningNode
}
