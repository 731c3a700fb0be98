import {
  type AnyEvent,
  type ChannelOptions,
  createPaymentNode,
  type EventType,
  type LightningNode,
  type PaymentNode,
  PaymentNodeError,
  type PaymentNodeEvents,
  type PaymentNodeOptions,
  peerList,
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

/** A coin of the wallet that stands in for LND's. */
interface Coin {
  readonly outpoint: string
  readonly amountSat: bigint
  confirmations: number
  readonly address: string
}

/** What a test sets and reads of the wallet. */
export interface StandWallet {
  coins: Coin[]
  readonly transactions: WalletTransaction[]
  /** sat/vB. */
  feerate: number
  reserveSat: bigint
  addresses: number
  /** Milliseconds from a funding to its block. */
  blockAfter: number
  /** The wallet answers with this error, when it is set. */
  trouble: PaymentNodeError | undefined
  /** Peers that answer with this refusal. */
  readonly refusals: Map<string, string>
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
  readonly wallet: StandWallet
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
  // Its own coins pay for the channels; which ones is not looked at.
  for (let coin = 0; coin < 5; coin++) lnd.fund(100_000_000n)
  const peers = Array.from({ length: settings.peers ?? 4 }, (_, at) => {
    const peer = network.addNode(`peer-${at}`)
    peer.fund(100_000_000n)
    return peer
  })
  const calls = new Map<string, number>()
  const coins = (settings.coinsSat ?? [10_000_000n]).map((amountSat, at) => ({
    outpoint: `${String(at).padStart(64, 'a')}:0`,
    amountSat,
    confirmations: 10,
    address: 'bcrt1pgiven',
  }))
  const wallet: StandWallet = {
    coins,
    transactions: [],
    feerate: 2,
    reserveSat: 10_000n,
    addresses: 0,
    blockAfter: 60_000,
    trouble: undefined,
    refusals: new Map(),
  }
  const connect = (): LightningNode =>
    counted(withWallet(lnd.connect(), { clock, network, lnd, peers, wallet }), calls)
  const data = memoryData()
  const list = peerList(
    peers.map(({ publicKey, alias }, at) => ({
      publicKey,
      address: `${alias}.example:9735`,
      alias,
      rank: at + 1,
    })),
  )
  const run = <T>(promise: Promise<T>): Promise<T> => clock.run(promise)
  let last: StandProcess
  const open: KeeperStand['open'] = (more = {}, hooks = {}) => {
    const life = createLife()
    const raw = connect()
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
    wallet,
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

interface World {
  readonly clock: VirtualClock
  readonly network: SimulatedNetwork<VirtualClock>
  readonly lnd: SimulatedNode
  readonly peers: readonly SimulatedNode[]
  readonly wallet: StandWallet
}

/** Wallet and opener over the simulated node's own opening: coins are the test's, channels are real. */
function withWallet(node: LightningNode, world: World): LightningNode {
  const { clock, network, lnd, peers, wallet } = world
  const { transactions } = wallet
  const refused = (reason: string) =>
    new PaymentNodeError('node.refused', `refused: ${reason}`, { call: 'openChannel', reason })
  const own: Partial<LightningNode> = {
    onchain: {
      async newAddress() {
        return `bcrt1pnew${++wallet.addresses}`
      },
      async unspent() {
        if (wallet.trouble) throw wallet.trouble
        return wallet.coins
      },
      async transactions() {
        return transactions
      },
      async estimateFeerate() {
        return wallet.feerate
      },
      async requiredReserve(additional) {
        return wallet.reserveSat * BigInt(additional)
      },
      async publish() {},
    },
    opener: {
      async connect(peer) {
        const target = peers.find(({ publicKey }) => publicKey === peer)
        if (target?.lifecycle !== 'running') throw refused('peer-unreachable')
      },
      async open({ peer, capacitySat, outpoints, memo, satPerVbyte }) {
        const refusal = wallet.refusals.get(peer)
        if (refusal) throw refused(refusal)
        const spent = wallet.coins.filter(({ outpoint }) => outpoints.includes(outpoint))
        if (spent.length !== outpoints.length) throw refused('outpoints-unavailable')
        const target = peers.find(({ publicKey }) => publicKey === peer)!
        const channelPoint = lnd.openChannel(target, { capacitySat, memo, satPerVbyte })
        const [transactionId] = channelPoint.split(':') as [string]
        const feeSat = 160n * BigInt(satPerVbyte)
        const sum = spent.reduce((total, { amountSat }) => total + amountSat, 0n)
        const change = {
          outpoint: `${transactionId}:9`,
          amountSat: sum - capacitySat - feeSat,
          confirmations: 0,
          address: 'bcrt1pchange',
        }
        wallet.coins = [...wallet.coins.filter((coin) => !spent.includes(coin)), change]
        const transaction = {
          transactionId,
          amountSat: -(capacitySat + feeSat),
          feeSat,
          confirmations: 0,
          label: '0:openchannel',
          spends: outpoints,
          outputsSat: sum - feeSat,
          rawTransaction: new Uint8Array(1),
        }
        transactions.push(transaction)
        void (async () => {
          await clock.sleep(wallet.blockAfter, undefined, true)
          network.mine(6)
          change.confirmations = 6
          transactions[transactions.indexOf(transaction)] = { ...transaction, confirmations: 6 }
        })()
        return { channelPoint }
      },
      async close({ channelPoint, isForce }) {
        lnd.closeChannel(channelPoint, { kind: isForce ? 'force' : 'cooperative' })
        return {}
      },
      async abandon() {},
    },
  }
  return new Proxy(node, {
    get: (target, name) => (own as Record<PropertyKey, unknown>)[name] ?? Reflect.get(target, name),
  })
}

/** Counts the calls by name, those of the parts with them. */
function counted<T extends object>(port: T, calls: Map<string, number>): T {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member === 'object' && member !== null) return counted(member, calls)
      if (typeof member !== 'function') return member
      return (...parameters: unknown[]) => {
        calls.set(String(name), (calls.get(String(name)) ?? 0) + 1)
        return member.apply(target, parameters)
      }
    },
  })
}
