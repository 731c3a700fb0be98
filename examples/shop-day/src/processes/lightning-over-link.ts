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

/** Serves a node to a process that reaches it with {@link lightningOver}. */
export function serveLightning(node: LightningNode): Served {
  return Object.fromEntries(
    [...calls, ...streams].map((name) => {
      const member = node[name] as (...all: unknown[]) => unknown
      return [name, (given, signal) => member.call(node, ...given, signal)] as const
    }),
  ) satisfies Served
}

/** A node that lives in another process. */
export function lightningOver(link: Link): LightningNode {
  const split = (all: readonly unknown[]): [unknown[], AbortSignal | undefined] => [
    all.filter((one) => one !== undefined && !(one instanceof AbortSignal)),
    all.find((one) => one instanceof AbortSignal),
  ]
  const members = [
    ...calls.map((name) => [name, (...all: unknown[]) => link.ask(name, ...split(all))]),
    ...streams.map((name) => [name, (...all: unknown[]) => link.follow(name, ...split(all))]),
  ]
  return {
    contractVersion: 1,
    name: 'simulated, in another process',
    close: async () => undefined,
    ...Object.fromEntries(members),
  } as LightningNode
}
