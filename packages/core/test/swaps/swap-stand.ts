import type { AnyEvent, PaymentNodeOptions, Swap } from '@payment-node/core'
import type { CommitHooks } from '@payment-node/storage-memory'
import {
  type BoltzFault,
  type BoltzServer,
  createBoltzFaults,
  createBoltzServer,
  createMusigSigner,
  simulatedChain,
  simulatedLightning,
} from '@payment-node/testkit/boltz-server'
import { openShop, type Shop, type ShopProcess, type ShopSettings } from '../shop.ts'
// Virtual time does not wait for a module that is loaded: it is there before.
import '../../src/swaps/kit/index.ts'
import { boltzProvider } from './boltz-provider.ts'

export const swapKey: Uint8Array = Uint8Array.from({ length: 32 }, (_, index) => 255 - index)

/** A shop whose payee is a swap server's node. */
export interface SwapStand extends Shop {
  readonly server: BoltzServer
  /** The process that lives now. */
  readonly current: ShopProcess
  /** Another process on the same books; not started. */
  openNext(options?: Partial<PaymentNodeOptions>, hooks?: CommitHooks): ShopProcess
  swap(id: string): Promise<Swap>
  /** Asks for a swap of so many satoshi. */
  ask(amountSat: number, key?: string): Promise<Swap>
  /** One block and the time in which it is noticed; more of them one by one. */
  mine(blocks?: number): Promise<void>
  /** Lets the workers notice what has changed. */
  settle(milliseconds?: number): Promise<void>
  /** Mines until the swap has ended, so many blocks at most. */
  untilEnded(id: string, blocks?: number): Promise<Swap>
  /** What the node has, on both sides, in msat. */
  assets(): Promise<bigint>
  told(prefix: string): Promise<string[]>
  events(type: string): Promise<AnyEvent[]>
}

/** Time in which the workers notice anything. */
const aMoment = 15_000

export interface SwapStandSettings extends ShopSettings {
  readonly faults?: readonly BoltzFault[]
  /** Before the first process, which is given, is started. */
  readonly hooks?: CommitHooks
}

/** Not started; `lnd` has 8,000,000 sat in a channel to the server's node. */
export function openSwaps(settings: SwapStandSettings = {}): SwapStand {
  const { options = {}, faults = [], hooks, ...rest } = settings
  const servers: BoltzServer[] = []
  const provider = boltzProvider(
    new Proxy({} as BoltzServer, {
      get: (_, name) => Reflect.get(servers[0]!, name) as unknown,
    }),
  )
  const shop = openShop({
    ...rest,
    options: { swaps: [provider], keys: { invoices: invoiceKeyOf(), swaps: swapKey }, ...options },
  })
  const { run, clock, network, lnd, payee } = shop
  const server = createBoltzServer({
    lightning: simulatedLightning(payee),
    clientLightning: simulatedLightning(lnd),
    chain: simulatedChain(network),
    signer: createMusigSigner(),
    clock,
    faults: createBoltzFaults(...faults),
  })
  servers.push(server)
  let current = hooks ? shop.open({}, hooks) : shop.process
  let asked = 0
  const stand: SwapStand = {
    ...shop,
    server,
    get current() {
      return current
    },
    get node() {
      return current.node
    },
    openNext(more = {}, moreHooks = {}) {
      current = shop.open(more, moreHooks)
      return current
    },
    swap: (id) => run(current.node.swaps.get(id)),
    async ask(amountSat, key = `swap-${++asked}`) {
      const made = await run(
        current.node.swaps.request({ amount: `${amountSat} sat` }, { idempotencyKey: key }),
      )
      return made[0]!
    },
    async mine(blocks = 1) {
      for (let count = 0; count < blocks; count++) {
        network.mine()
        await clock.advance(aMoment)
      }
    },
    settle: (milliseconds = aMoment) => clock.advance(milliseconds),
    async untilEnded(id, blocks = 40) {
      for (let count = 0; count < blocks; count++) {
        const swap = await stand.swap(id)
        if (swap.endedAt !== null) return swap
        await stand.mine()
      }
      return stand.swap(id)
    },
    async assets() {
      const unspent = await run(lnd.lightning.onchain!.unspent())
      const channels = await run(lnd.lightning.listChannels())
      return (
        unspent.reduce((sum, { amountSat }) => sum + amountSat * 1000n, 0n) +
        channels.reduce((sum, { localMsat }) => sum + localMsat, 0n)
      )
    },
    async told(prefix) {
      const all = await run(current.node.events.after('0', { limit: 1000 }))
      return all.map(({ type }) => type as string).filter((type) => type.startsWith(prefix))
    },
    async events(type) {
      const all = await run(current.node.events.after('0', { limit: 1000 }))
      return all.filter((event) => event.type === type)
    },
  }
  return stand
}

function invoiceKeyOf(): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => index + 1)
}
