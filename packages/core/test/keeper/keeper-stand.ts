import {
  type AnyEvent,
  type ChannelOptions,
  createPaymentNode,
  type EventType,
  type PaymentNode,
  type PaymentNodeEvents,
  type PaymentNodeOptions,
  peerList,
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
  type SimulatedNetwork,
  type SimulatedNode,
} from '@payment-node/testkit'
import { clockOf, createLife, type Life, portOf } from '../process.ts'
import { invoiceKey } from '../shop.ts'

type VirtualClock = ReturnType<typeof createVirtualClock>

/** What a test changes while it runs. */
export interface StandWorld {
  /** Milliseconds between blocks, while anything waits for one; undefined: the test mines. */
  blockEvery: number | undefined
  /** Calls of LND that end with an error, by name. */
  readonly errors: Map<string, Error>
}

/** A process of the host. */
export interface StandProcess {
  readonly node: PaymentNode
  readonly storage: MemoryStorage
  readonly life: Life
  kill(): void
}

/** A node with a keeper, peers that are listed, and a wallet. */
export interface KeeperStand {
  readonly clock: VirtualClock
  readonly network: SimulatedNetwork<VirtualClock>
  readonly lnd: SimulatedNode
  readonly peers: readonly SimulatedNode[]
  readonly world: StandWorld
  /** How often each call of LND was made, by name. */
  readonly calls: Map<string, number>
  readonly process: StandProcess
  readonly node: PaymentNode
  run<T>(promise: Promise<T>): Promise<T>
  open(options?: Partial<PaymentNodeOptions>, hooks?: CommitHooks): StandProcess
  /** An established channel to the peer of this number, from 0. */
  connect(peer: number, from?: 'us' | 'them'): string
  /** All events of a type, oldest first. */
  told<T extends EventType>(type: T): Promise<PaymentNodeEvents[T][]>
  types(prefix: string): Promise<string[]>
  rowsOf(table: string): Promise<Record<string, unknown>[]>
}

/** How a stand differs from the usual one. */
export interface StandSettings {
  readonly channels?: ChannelOptions
  readonly options?: Partial<PaymentNodeOptions>
  /** Default 4. */
  readonly peers?: number
  /** Default true. */
  readonly isExclusive?: boolean
  /** Default: 10,000,000 sat in one coin. */
  readonly coinsSat?: readonly bigint[]
}

export function openStand(settings: StandSettings = {}): KeeperStand {
  const clock = createVirtualClock()
  const network = createSimulatedNetwork({ clock, seed: 11 })
  const lnd = network.addNode('shop')
  for (const coin of settings.coinsSat ?? [10_000_000n]) lnd.fund(coin)
  network.setFeerate(2)
  const peers = Array.from({ length: settings.peers ?? 4 }, (_, at) =>
    network.addNode(`peer-${at}`),
  )
  const world: StandWorld = { blockEvery: 20_000, errors: new Map() }
  const calls = new Map<string, number>()
  lnd.faults.add(({ call, moment }) => {
    if (moment !== 'before-effect') return undefined
    calls.set(call, (calls.get(call) ?? 0) + 1)
    const error = world.errors.get(call)
    return error && { error }
  })
  void (async () => {
    for (;;) {
      await clock.sleep(world.blockEvery ?? 1000, undefined, true)
      if (world.blockEvery !== undefined && network.waitingTransactions.length > 0) network.mine(3)
    }
  })()
  const data = memoryData()
  const list = peerList(
    peers.map(({ publicKey, address, alias }, at) => ({
      publicKey,
      address,
      alias,
      rank: at + 1,
    })),
  )
  const run = <T>(promise: Promise<T>): Promise<T> => clock.run(promise)
  let last: StandProcess
  const open: KeeperStand['open'] = (more = {}, hooks = {}) => {
    const life = createLife()
    const raw = lnd.connect()
    const storage = memory({ data, exclusive: settings.isExclusive ?? true, hooks })
    const node = createPaymentNode({
      lightning: portOf(life, raw),
      storage: portOf(life, storage),
      keys: { invoices: invoiceKey },
      clock: clockOf(life, clock),
      logger: silentLogger,
      channelSources: [list],
      channels: { minimumActive: 2, settlePeriod: 0, mode: 'act', ...settings.channels },
      ...settings.options,
      ...more,
    })
    const kill = (): void => {
      life.end()
      storage.kill()
      void raw.close()
    }
    last = { node, storage, life, kill }
    return last
  }
  const first = open()
  const events = async (): Promise<readonly AnyEvent[]> =>
    run(last.node.events.after('0', { limit: 1000 }))
  return {
    clock,
    network,
    lnd,
    peers,
    world,
    calls,
    process: first,
    node: first.node,
    run,
    open,
    connect: (peer, from = 'us') =>
      network.establishChannel({
        from: from === 'us' ? lnd : peers[peer]!,
        to: from === 'us' ? peers[peer]! : lnd,
        capacitySat: 2_000_000n,
        pushSat: 500_000n,
      }),
    async told<T extends EventType>(type: T) {
      const all = await events()
      return all
        .filter((event) => event.type === type)
        .map(({ data: of }) => of) as PaymentNodeEvents[T][]
    },
    async types(prefix) {
      return (await events()).map(({ type }) => type).filter((type) => type.startsWith(prefix))
    },
    async rowsOf(name) {
      const table = schema.tables.find((one) => one.name === name)!
      return run(last.storage.find(table, { index: 'key', equals: [], limit: 1000 }))
    },
  }
}
