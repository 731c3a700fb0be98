import { boltz } from '@payment-node/boltz-plugin'
import {
  type AnyEvent,
  createPaymentNode,
  type EventType,
  type PaymentNode,
  peerList,
  sat,
  silentLogger,
} from '@payment-node/core'
import { memory, memoryData } from '@payment-node/storage-memory'
import { createSeededRandom, type VirtualClock } from '@payment-node/testkit'
import type { Market } from './build-market.ts'
import { beginLife, type Life, patient } from './life.ts'

/** The shop that runs the library: its process can die at any moment, its books stay. */
export interface LibraryShop {
  /** undefined: the process does not run. */
  readonly node: PaymentNode | undefined
  readonly kills: number
  start(): Promise<void>
  stop(): Promise<void>
  /** The process takes no further step, as after SIGKILL. */
  kill(): void
  /** Hears every event once, in order, over all lives of the process. */
  onEvent(listener: (event: AnyEvent) => void): void
}

/** What the shop wants to hear. */
const told: readonly EventType[] = [
  'node.degraded',
  'node.recovered',
  'invoice.settled',
  'payout.succeeded',
  'payout.failed',
  'channel.active',
  'channel.closing',
  'peer.blacklisted',
  'keeper.blocked',
  'swap.created',
  'swap.claimed',
  'swap.failed',
  'swap.lost',
  'swap.provider-disabled',
  'liquidity.acting',
  'liquidity.blocked',
]

/** Channels that the shop wants, and their size. */
const wanted = { channels: 4, capacitySat: 4_000_000n }
/** What the operator keeps of each payment, in ppm. */
export const feePpm = 10_000

/** Books are in memory, and outlive the process as a file would. */
export function openLibraryShop(
  { lnd, peers, providers, http }: Market,
  clock: VirtualClock,
  seed: string,
): LibraryShop {
  const data = memoryData()
  const random = createSeededRandom(`${seed}/shop`)
  const keys = {
    invoices: random.fork('invoices').bytes(32),
    swaps: random.fork('swaps').bytes(32),
  }
  const listeners: ((event: AnyEvent) => void)[] = []
  const heard = new Set<string>()
  let running: { readonly node: PaymentNode; kill(): void } | undefined
  let kills = 0

  const open = (life: Life): { node: PaymentNode; kill(): void } => {
    const storage = memory({ data })
    const client = lnd.connect()
    const time = life.given(patient(clock))
    const web = life.given(http)
    const node = createPaymentNode({
      lightning: life.given(client),
      storage: life.given(storage),
      keys,
      clock: time,
      random: random.fork(`life ${kills}`),
      logger: silentLogger,
      http: web,
      channelSources: [peerList(peers)],
      channels: {
        mode: 'act',
        minimumActive: wanted.channels,
        capacity: sat(wanted.capacitySat),
        budgetPerMonth: '30000 sat',
        coolDown: '24h',
      },
      swaps: Object.keys(providers).map((url) =>
        boltz({ url, name: new URL(url).hostname.split('.')[0]!, clock: time, http: web }),
      ),
      swapping: { perDay: '120000 sat', perSwap: '3000000 sat', routingPpm: 2000 },
      liquidity: { mode: 'act', every: '2m' },
      payouts: { automatic: 'by-call' },
      caps: { perPayout: '5000000 sat', perDay: '20000000 sat' },
    })
    const kill = (): void => {
      life.end()
      storage.kill()
      void client.close()
    }
    return { node, kill }
  }

  const shop: LibraryShop = {
    get node() {
      return running?.node
    },
    get kills() {
      return kills
    },
    async start() {
      running = open(beginLife())
      const { node } = running
      node.handle(told, { consumer: 'shop', from: 'beginning' }, (_, event) => {
        if (heard.has(event.id)) return
        heard.add(event.id)
        for (const listener of listeners) listener(event as AnyEvent)
      })
      await node.start()
    },
    async stop() {
      const node = running?.node
      running = undefined
      await node?.stop()
    },
    kill() {
      running?.kill()
      running = undefined
      kills++
    },
    onEvent: (listener) => void listeners.push(listener),
  }
  return shop
}
