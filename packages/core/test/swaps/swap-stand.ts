import type {
  AnyEvent,
  PaymentNodeOptions,
  SelfCustodialSwapProvider,
  Swap,
} from '@payment-node/core'
import type { CommitHooks } from '@payment-node/storage-memory'
import {
  type BoltzFault,
  type BoltzServer,
  type BoltzSettings,
  createBoltzFaults,
  createBoltzServer,
  createMusigSigner,
  providerWithoutSocket,
  simulatedChain,
  simulatedLightning,
} from '@payment-node/testkit/boltz-server'
import { invoiceKey, openShop, type Shop, type ShopProcess, type ShopSettings } from '../shop.ts'
// Virtual time does not wait for a module that is loaded: it is there before.
import '../../src/swaps/kit/index.ts'

export const swapKey: Uint8Array = Uint8Array.from({ length: 32 }, (_, index) => 255 - index)

/** A shop whose payee is a swap server's node. */
export interface SwapStand extends Shop {
  readonly server: BoltzServer
  readonly invoiceKey: Uint8Array
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

/** A call to the provider: before it gets it, and before we get its answer. */
export type ProviderHook = (call: string, moment: 'before' | 'after') => void

export interface SwapStandSettings extends ShopSettings {
  readonly faults?: readonly BoltzFault[]
  /** Of the first process, which is given. */
  readonly hooks?: CommitHooks
  readonly onProviderCall?: ProviderHook
  readonly server?: Partial<BoltzSettings>
}

/** Not started; `lnd` has 8,000,000 sat in a channel to the server's node. */
export function openSwaps(settings: SwapStandSettings = {}): SwapStand {
  const { options = {}, faults = [], hooks = {}, onProviderCall, ...rest } = settings
  const keys = { invoices: invoiceKey, swaps: swapKey }
  const shop = openShop({ ...rest, options: { keys, ...options } })
  const { run, clock, network, lnd, payee } = shop
  const server = createBoltzServer({
    lightning: simulatedLightning(payee),
    clientLightning: simulatedLightning(lnd),
    chain: simulatedChain(network),
    signer: createMusigSigner(),
    clock,
    faults: createBoltzFaults(...faults),
    ...(settings.server && { settings: settings.server }),
  })
  const open = (more: Partial<PaymentNodeOptions>, moreHooks: CommitHooks): ShopProcess => {
    const living: { process?: ShopProcess } = {}
    const provider = gated(providerWithoutSocket(server), living, onProviderCall)
    living.process = shop.open({ swaps: [provider], ...more }, moreHooks)
    return living.process
  }
  let current = open({}, hooks)
  let asked = 0
  const stand: SwapStand = {
    ...shop,
    server,
    invoiceKey,
    get current() {
      return current
    },
    get node() {
      return current.node
    },
    openNext(more = {}, moreHooks = hooks) {
      current = open(more, moreHooks)
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
        // Whoever has not ended by then waits for a timeout, 144 blocks away: they come four at a time.
        if (count > 20) stand.network.mine(3)
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

/** The provider as one process feels it: what is answered after its end never arrives. */
function gated(
  provider: SelfCustodialSwapProvider,
  living: { readonly process?: ShopProcess },
  hook: ProviderHook = () => undefined,
): SelfCustodialSwapProvider {
  return new Proxy(provider, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function' || name === 'watch') return member
      return async (...parameters: unknown[]) => {
        const isOver = (): boolean => living.process?.life.isOver ?? false
        if (!isOver()) hook(String(name), 'before')
        if (isOver()) await new Promise(() => undefined)
        const [answer] = await Promise.allSettled([member.apply(target, parameters)])
        if (!isOver()) hook(String(name), 'after')
        if (isOver()) await new Promise(() => undefined)
        if (answer.status === 'rejected') throw answer.reason
        return answer.value as unknown
      }
    },
  })
}
