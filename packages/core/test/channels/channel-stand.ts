import {
  type AnyEvent,
  createPaymentNode,
  type LightningNode,
  type PaymentNode,
  PaymentNodeError,
  type PaymentNodeOptions,
  schema,
  silentLogger,
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
  type FaultPoint,
  type SimulatedNetwork,
  type SimulatedNode,
} from '@payment-node/testkit'
import { clockOf, createLife, type Life, portOf } from '../process.ts'
import { invoiceKey } from '../shop.ts'

type VirtualClock = ReturnType<typeof createVirtualClock>

/** What happens when LND is called; a thrown error is what the caller gets. */
export type Strike = (call: string, moment: FaultPoint['moment']) => void

/** What reaches LND. */
export interface Calls {
  /** Calls that arrived, with what they asked. */
  readonly list: string[]
  /** Channel points that LND refuses to close or to give fees, with the reason. */
  readonly refusals: Map<string, string>
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
  readonly calls: Calls
  /** The first process; not started. */
  readonly process: StandProcess
  readonly node: PaymentNode
  readonly storage: MemoryStorage
  run<T>(promise: Promise<T>): Promise<T>
  open(options?: Partial<PaymentNodeOptions>, hooks?: CommitHooks): StandProcess
  /** Types of the events of channels and peers, in order; with a channel point: of that channel. */
  told(point?: string): Promise<string[]>
  events(): Promise<readonly AnyEvent[]>
  rowsOf(table: string): Promise<Record<string, unknown>[]>
}

/** `parts` replace those of LND; `isExclusive` false: several processes may have the books open. */
export function openStand(
  options: Partial<PaymentNodeOptions> = {},
  parts: Partial<LightningNode> = {},
  isExclusive = true,
): ChannelStand {
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
  const calls = watchCalls(lnd)
  const data = memoryData()
  const run = <T>(promise: Promise<T>): Promise<T> => clock.run(promise)
  let running: StandProcess
  const open: ChannelStand['open'] = (more = {}, hooks = {}) => {
    const life = createLife()
    const raw = lnd.connect()
    const storage = memory({ data, exclusive: isExclusive, hooks })
    const node = createPaymentNode({
      lightning: portOf(life, withParts(raw, parts)),
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
    calls,
    process: first,
    node: first.node,
    storage: first.storage,
    run,
    open,
    events,
    async told(point) {
      const all = (await events()).filter(({ type }) => /^(channel|peer)\./.test(type))
      return all
        .filter(({ data: of }) => !point || textOf(of)!.includes(point))
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

function watchCalls(lnd: SimulatedNode): Calls {
  const calls: Calls = { list: [], refusals: new Map(), strike: () => undefined }
  lnd.faults.add(({ call, moment, parameters }) => {
    const [asked] = parameters as [{ readonly channelPoint?: string } | undefined]
    if (moment === 'before-effect') calls.list.push(`${call} ${textOf(asked)}`)
    const refusal = calls.refusals.get(asked?.channelPoint ?? '')
    if (refusal) return { error: refused(refusal) }
    try {
      calls.strike(call, moment)
    } catch (error) {
      return { error }
    }
    return undefined
  })
  return calls
}

function withParts(node: LightningNode, parts: Partial<LightningNode>): LightningNode {
  const own = parts as Record<PropertyKey, unknown>
  return new Proxy(node, { get: (target, name) => own[name] ?? Reflect.get(target, name) })
}

function refused(reason: string): PaymentNodeError<'node.refused'> {
  return new PaymentNodeError('node.refused', `Refused: ${reason}.`, { call: 'test', reason })
}

function textOf(value: unknown): string | undefined {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner))
}
