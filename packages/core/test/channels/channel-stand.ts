import {
  type AnyEvent,
  createPaymentNode,
  type Forward,
  type LightningNode,
  type PaymentNode,
  PaymentNodeError,
  type PaymentNodeOptions,
  type RoutingPolicy,
  schema,
  silentLogger,
  type WalletTransaction,
} from '@payment-node/core'
import {
  type CommitHooks,
  type MemoryStorage,
  memory,
  memoryData,
} from '@payment-node/storage-memory'
import {
  createSimulatedNetwork,
  createVirtualClock,
  type SimulatedNetwork,
  type SimulatedNode,
} from '@payment-node/testkit'
import { clockOf, createLife, type Life, portOf } from '../process.ts'
import { invoiceKey } from '../shop.ts'

type VirtualClock = ReturnType<typeof createVirtualClock>

/** Called before a part of LND acts, and after: may throw what the caller then gets. */
export type Strike = (call: string, moment: 'before-effect' | 'after-effect') => void

/** What the parts of LND show that have to do with channels. */
export interface ChannelParts {
  /** Forwarding history, oldest first. */
  readonly forwards: Forward[]
  readonly policies: Map<string, RoutingPolicy>
  readonly transactions: WalletTransaction[]
  /** Channel points that LND refuses to close or to give fees, with the reason. */
  readonly refusals: Map<string, string>
  /** Calls that arrived, with what they asked. */
  readonly calls: string[]
  strike: Strike
}

/** A process of the host. */
export interface StandProcess {
  readonly node: PaymentNode
  readonly storage: MemoryStorage
  readonly life: Life
  kill(): void
}

/** A node with channels to two peers. */
export interface ChannelStand {
  readonly clock: VirtualClock
  readonly network: SimulatedNetwork<VirtualClock>
  readonly lnd: SimulatedNode
  readonly peers: readonly [SimulatedNode, SimulatedNode]
  /** `ours` was opened by us, `theirs` by the second peer. */
  readonly points: { readonly ours: string; readonly theirs: string }
  readonly parts: ChannelParts
  readonly node: PaymentNode
  readonly storage: MemoryStorage
  run<T>(promise: Promise<T>): Promise<T>
  open(options?: Partial<PaymentNodeOptions>, hooks?: CommitHooks): StandProcess
  /** Types of the events of channels and peers, in order; with a channel point: of that channel. */
  told(point?: string): Promise<string[]>
  events(): Promise<readonly AnyEvent[]>
  rowsOf(table: string): Promise<Record<string, unknown>[]>
}

export function openStand(options: Partial<PaymentNodeOptions> = {}): ChannelStand {
  const clock = createVirtualClock()
  const network = createSimulatedNetwork({ clock, seed: 23 })
  const lnd = network.addNode('shop')
  const peers = [network.addNode('first'), network.addNode('second')] as const
  for (const node of [lnd, ...peers]) node.fund(10_000_000n)
  const points = {
    ours: network.establishChannel({
      from: lnd,
      to: peers[0],
      capacitySat: 2_000_000n,
      pushSat: 500_000n,
    }),
    theirs: network.establishChannel({
      from: peers[1],
      to: lnd,
      capacitySat: 1_000_000n,
      pushSat: 400_000n,
    }),
  }
  const parts: ChannelParts = {
    forwards: [],
    policies: new Map(
      Object.values(points).map((channelPoint) => [
        channelPoint,
        { channelPoint, baseFeeMsat: 1000n, feeRatePpm: 1, timeLockDeltaBlocks: 80 },
      ]),
    ),
    transactions: [],
    refusals: new Map(),
    calls: [],
    strike: () => undefined,
  }
  const data = memoryData()
  const run = <T>(promise: Promise<T>): Promise<T> => clock.run(promise)
  let running: StandProcess
  const open: ChannelStand['open'] = (more = {}, hooks = {}) => {
    const life = createLife()
    const raw = lnd.connect()
    const storage = memory({ data, exclusive: true, hooks })
    const node = createPaymentNode({
      lightning: portOf(life, withParts(raw, lnd, clock, parts)),
      storage: portOf(life, storage),
      keys: { invoices: invoiceKey },
      clock: clockOf(life, clock),
      logger: silentLogger,
      channels: { settlePeriod: 0 },
      ...options,
      ...more,
    })
    const kill = (): void => {
      life.end()
      storage.kill()
      void raw.close()
    }
    running = { node, storage, life, kill }
    return running
  }
  const first = open()
  const events = (): Promise<readonly AnyEvent[]> =>
    run(running.node.events.after('0', { limit: 1000 }))
  return {
    clock,
    network,
    lnd,
    peers,
    points,
    parts,
    node: first.node,
    storage: first.storage,
    run,
    open,
    events,
    async told(point) {
      const all = (await events()).filter(({ type }) => /^(channel|peer)\./.test(type))
      return all
        .filter(({ data: of }) => !point || textOf(of).includes(point))
        .map(({ type }) => type)
    },
    async rowsOf(name) {
      const table = schema.tables.find((one) => one.name === name)!
      const rows: Record<string, unknown>[] = []
      for (;;) {
        const last = rows.at(-1)
        const after = last && { after: table.key.map((column) => last[column] as string) }
        const query = { index: 'key', equals: [], limit: 1000, ...after }
        const found = await run(running.storage.find(table, query))
        rows.push(...found)
        if (found.length < 1000) return rows
      }
    },
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value)
}

/** Closing by the simulated node itself; histories and policies are the test's. */
function withParts(
  node: LightningNode,
  lnd: SimulatedNode,
  clock: VirtualClock,
  parts: ChannelParts,
): LightningNode {
  const call = async <T>(name: string, asked: unknown, act: () => T | Promise<T>): Promise<T> => {
    parts.calls.push(`${name} ${textOf(asked)}`)
    parts.strike(name, 'before-effect')
    await clock.sleep(2)
    const answer = await act()
    parts.strike(name, 'after-effect')
    return answer
  }
  const own: Partial<LightningNode> = {
    opener: {
      connect: async () => undefined,
      open: async () => {
        throw refused('other')
      },
      abandon: async () => undefined,
      close: (asked) => call('close', asked, () => close(node, lnd, parts, asked)),
    },
    forwards: {
      list: (page) =>
        call('forwards', page, () => {
          const from = BigInt(page.startTime) * 1_000_000n
          const all = parts.forwards.filter(({ at }) => at >= from)
          return all.slice(page.offset, page.offset + page.limit)
        }),
    },
    policies: {
      read: () => call('policies', null, () => [...parts.policies.values()]),
      write: (policy) =>
        call('write policy', policy.channelPoint, () => {
          const refusal = parts.refusals.get(policy.channelPoint)
          if (refusal) throw refused(refusal)
          parts.policies.set(policy.channelPoint, policy)
        }),
    },
    onchain: {
      newAddress: async () => 'bcrt1pnew',
      unspent: async () => [],
      estimateFeerate: async () => 2,
      requiredReserve: async () => 0n,
      publish: async () => undefined,
      transactions: (fromHeight) =>
        call('transactions', fromHeight, () =>
          parts.transactions.filter(({ blockHeight = Infinity }) => blockHeight >= fromHeight),
        ),
    },
  }
  return new Proxy(node, {
    get: (target, name) => (own as Record<PropertyKey, unknown>)[name] ?? Reflect.get(target, name),
  })
}

async function close(
  node: LightningNode,
  lnd: SimulatedNode,
  { refusals }: ChannelParts,
  { channelPoint, isForce }: { readonly channelPoint: string; readonly isForce: boolean },
): Promise<{ closingTransaction?: string }> {
  const refusal = refusals.get(channelPoint)
  if (refusal) throw refused(refusal)
  const pending = async (): Promise<{ closingTransaction?: string } | undefined> => {
    const list = await node.listPendingChannels()
    const found = list.find((one) => one.channelPoint === channelPoint)
    if (!found) return undefined
    const { closingTransaction } = found
    return closingTransaction === undefined ? {} : { closingTransaction }
  }
  const before = await pending()
  if (before && (!isForce || before.closingTransaction)) return before
  const open = (await node.listChannels()).find((one) => one.channelPoint === channelPoint)
  if (!open && !before) throw refused('channel-not-found')
  if (!isForce && open && open.pendingHtlcs.length > 0) throw refused('htlcs-pending')
  lnd.closeChannel(channelPoint, { kind: isForce ? 'force' : 'cooperative' })
  return (await pending()) ?? {}
}

function refused(reason: string): PaymentNodeError<'node.refused'> {
  return new PaymentNodeError('node.refused', `Refused: ${reason}.`, { call: 'test', reason })
}
