import type { PaymentNodeOptions, Swap } from '@payment-node/core'
import type { CommitHooks } from '@payment-node/storage-memory'
import { expect } from 'vitest'
import { openShop, type Shop, type ShopProcess, type ShopSettings } from '../../shop.ts'
import { createDaemon, type Daemon, type DaemonSwap, minerSat } from './daemon.ts'

/** A shop whose swaps a daemon makes. */
export interface DaemonStand extends Shop {
  readonly daemon: Daemon
  /** The process that lives now. */
  readonly current: ShopProcess
  openNext(options?: Partial<PaymentNodeOptions>, hooks?: CommitHooks): ShopProcess
  /** Asks for a swap of a million satoshi. */
  ask(key?: string, more?: object): Promise<Swap>
  swap(id: string): Promise<Swap>
  /** Time in which everybody has looked once more. */
  settle(): Promise<void>
  /** Blocks, with the time in which they are noticed; what came to the wallet becomes final. */
  bury(): Promise<void>
  /** The daemon does all of it: reveals, is paid, sweeps. */
  complete(swap: DaemonSwap): void
  /** The world's accounts in msat, those that are not zero but for the opening, and the operator's change. */
  moved(): Promise<Readonly<Record<string, bigint>>>
  expectProved(when: string): Promise<void>
  told(): Promise<string[]>
}

/** Milliseconds after which every worker has looked again. */
const aLook = 45_000

export async function openDaemonStand(
  settings: ShopSettings & { readonly hooks?: CommitHooks; readonly isStarted?: boolean } = {},
): Promise<DaemonStand> {
  const { options = {}, hooks, isStarted = true, ...rest } = settings
  const holder: { shop?: Shop } = {}
  const daemon = createDaemon(() => holder.shop!)
  const shop = openShop({ ...rest, options: { swaps: [daemon.provider], ...options } })
  holder.shop = shop
  const { run, clock, network } = shop
  let current = hooks ? shop.open({}, hooks) : shop.process
  const stand: DaemonStand = {
    ...shop,
    daemon,
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
    async ask(key = 'swap-1', more = {}) {
      const input = { amount: '1000000 sat', ...more }
      const made = await run(current.node.swaps.request(input, { idempotencyKey: key }))
      return made[0]!
    },
    swap: (id) => run(current.node.swaps.get(id)),
    settle: () => clock.advance(aLook),
    async bury() {
      for (let block = 0; block < 8; block++) {
        network.mine(1)
        await clock.advance(10_000)
      }
      await clock.advance(10 * 60_000)
    },
    complete(swap) {
      daemon.set(swap, { state: 'running' })
      daemon.take(swap, ['main', 'prepay'])
      daemon.sweep(swap)
      const costs = { serviceSat: daemon.prices.serviceSat, minerSat, routingSat: 0n }
      daemon.set(swap, { state: 'completed', ...costs })
    },
    async moved() {
      const { world, operator, sum } = await run(current.node.ledger.balances())
      expect(sum.msat, 'the sum over all accounts').toBe(0n)
      const { opening, ...accounts } = world
      const changed = Object.entries(accounts).filter(([, amount]) => amount.msat !== 0n)
      return {
        ...Object.fromEntries(changed.map(([name, amount]) => [name, amount.msat])),
        operator: operator.msat + opening.msat,
      }
    },
    async expectProved(when) {
      const proof = await run(current.node.ledger.prove())
      expect(proof.verdict, `${when}: ${proof.says}`).toBe('proved')
    },
    async told() {
      const all = await run(current.node.events.after('0', { limit: 1000 }))
      return all.map(({ type }) => type as string).filter((type) => type.startsWith('swap.'))
    },
  }
  if (!isStarted) return stand
  await run(current.node.start())
  // The wallet's transactions are booked from the first block after the start on.
  network.mine(1)
  await clock.advance(60_000)
  return stand
}
