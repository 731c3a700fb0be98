import {
  createPaymentNode,
  type Invoice,
  type LightningNode,
  type PaymentNode,
  type PaymentNodeOptions,
  type Payout,
  type PayoutInput,
  payoutReasons,
  schema,
  silentLogger,
} from '@payment-node/core'
import {
  type CommitHooks,
  type MemoryData,
  type MemoryStorage,
  memory,
  memoryData,
} from '@payment-node/storage-memory'
import {
  createSimulatedNetwork,
  createVirtualClock,
  type NodeOptions,
  type PeerInvoice,
  type PeerInvoiceCreated,
  type SimulatedNetwork,
  type SimulatedNode,
} from '@payment-node/testkit'
import { expect, onTestFinished } from 'vitest'
import { clockOf, createLife, type Life, portOf } from './process.ts'

type VirtualClock = ReturnType<typeof createVirtualClock>

/** How the shop is set up. */
export interface ShopSettings {
  /** Of every process. */
  readonly options?: Partial<PaymentNodeOptions>
  /** Default true; false: several processes may have the books open. */
  readonly isExclusive?: boolean
  readonly lnd?: NodeOptions
}

/** One process of the host with the payment node in it. */
export interface ShopProcess {
  readonly node: PaymentNode
  readonly storage: MemoryStorage
  /** Its connection to LND. */
  readonly lightning: LightningNode
  readonly life: Life
  /** SIGKILL: it takes no further step, its connections break, its books can be opened again. */
  kill(): void
}

/** A shop's node between a payer and a payee, in virtual time. */
export interface Shop {
  readonly clock: VirtualClock
  readonly network: SimulatedNetwork<VirtualClock>
  readonly lnd: SimulatedNode
  readonly payer: SimulatedNode
  readonly payee: SimulatedNode
  readonly data: MemoryData
  /** The first process; not started. */
  readonly process: ShopProcess
  readonly node: PaymentNode
  /** Lets virtual time pass until the promise settles. */
  run<T>(promise: Promise<T>): Promise<T>
  /** Another process on the same books; not started. */
  open(options?: Partial<PaymentNodeOptions>, hooks?: CommitHooks): ShopProcess
  /** A partner (`m1`) with that much available, from a paid invoice. */
  sell(amountSat: number, node?: PaymentNode): Promise<Invoice>
  /** Asks the payee for an invoice. */
  bill(amountSat: number | null, terms?: Partial<PeerInvoice>): PeerInvoiceCreated
  /** Requests a payout for `m1`. */
  request(
    input: Partial<PayoutInput> & { readonly destination: string },
    idempotencyKey?: string,
    node?: PaymentNode,
  ): Promise<Payout>
  /** The payout when it has ended. */
  ended(payout: string, node?: PaymentNode): Promise<Payout>
  /** Every row of every table, every event, and LND's histories, each as text. */
  everything(): Promise<Everything>
  /** All rows of some tables, read by the newest process. */
  rowsOf(tables: readonly string[]): Promise<Record<string, Record<string, unknown>[]>>
  /** The names of what is different from before. */
  changes(before: Everything): Promise<string[]>
}

export type Everything = Readonly<Record<string, string>>

export const invoiceKey: Uint8Array = Uint8Array.from({ length: 32 }, (_, index) => index + 1)

export function openShop({ options = {}, isExclusive = true, lnd: as }: ShopSettings = {}): Shop {
  const clock = createVirtualClock()
  const network = createSimulatedNetwork({ clock, seed: 7 })
  const lnd = network.addNode('shop', as)
  const payer = network.addNode('payer')
  const payee = network.addNode('payee')
  network.establishChannel({ from: payer, to: lnd, capacitySat: 10_000_000n, pushSat: 2_000_000n })
  network.establishChannel({ from: lnd, to: payee, capacitySat: 10_000_000n, pushSat: 2_000_000n })
  const data = memoryData()
  const run = <T>(promise: Promise<T>): Promise<T> => clock.run(promise)

  /** Every test with a shop looks at the reasons that it stores. */
  const strangers = new Set<string>()
  onTestFinished(() => expect([...strangers], 'reasons of payouts').toEqual([]))
  let last: MemoryStorage
  const open: Shop['open'] = (more = {}, hooks = {}) => {
    const life = createLife()
    const raw = lnd.connect()
    const lightning = portOf(life, raw)
    const storage = memory({ data, exclusive: isExclusive, hooks: noticing(strangers, hooks) })
    last = storage
    const node = createPaymentNode({
      lightning,
      storage: portOf(life, storage),
      keys: { invoices: invoiceKey },
      clock: clockOf(life, clock),
      logger: silentLogger,
      ...options,
      ...more,
    })
    const kill = (): void => {
      life.end()
      storage.kill()
      void raw.close()
    }
    return { node, storage, lightning, life, kill }
  }

  const first = open()
  let requests = 0
  return {
    clock,
    network,
    lnd,
    payer,
    payee,
    data,
    process: first,
    node: first.node,
    run,
    open,
    async sell(amountSat, node = first.node) {
      await run(node.partners.upsert({ id: 'm1' }))
      const invoice = await run(node.invoices.create({ partner: 'm1', amount: `${amountSat} sat` }))
      const paid = payer.pay(invoice.paymentRequest)
      const settled = await run(node.invoices.waitUntilSettled(invoice.id))
      await run(paid)
      return settled
    },
    bill: (amountSat, terms = {}) =>
      payee.createInvoice({
        amountMsat: amountSat === null ? null : BigInt(amountSat) * 1000n,
        ...terms,
      }),
    request: (input, idempotencyKey = `payout-${++requests}`, node = first.node) =>
      run(node.payouts.request({ partner: 'm1', ...input }, { idempotencyKey })),
    async ended(payout, node = first.node) {
      const waiting = async (): Promise<Payout> => {
        for (;;) {
          const found = await node.payouts.get(payout)
          if (found.state === 'succeeded' || found.state === 'failed') return found
          await clock.sleep(100)
        }
      }
      return run(waiting())
    },
    everything: () => run(readEverything(first.storage, lnd)),
    async rowsOf(names) {
      const rows: Record<string, Record<string, unknown>[]> = {}
      for (const table of schema.tables)
        if (names.includes(table.name))
          rows[table.name] = await run(last.find(table, { index: 'key', equals: [], limit: 1000 }))
      return rows
    },
    async changes(before) {
      const now = await run(readEverything(first.storage, lnd))
      return Object.keys(now).filter((name) => now[name] !== before[name])
    },
  }
}

async function readEverything(storage: MemoryStorage, lnd: SimulatedNode): Promise<Everything> {
  const { lightning } = lnd
  const everything: Record<string, unknown> = {
    events: await storage.events(0n, 1000),
    'invoices of LND': await lightning.listInvoices({ afterAddIndex: 0n, limit: 1000 }),
    'payments of LND': await lightning.listPayments({ afterIndex: 0n, limit: 1000 }),
  }
  for (const table of schema.tables) {
    const rows = await storage.find(table, { index: 'key', equals: [], limit: 1000 })
    // Claims move a job's time again and again; that it is there is what counts.
    everything[table.name] =
      table.name === 'jobs' ? rows.map(({ id, subject }) => [id, subject]) : rows
  }
  const texts = Object.entries(everything).map(([name, found]) => [name, asText(found)])
  return Object.fromEntries(texts)
}

function asText(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner))
}

/** Notices reasons of payouts that are not in the list. */
function noticing(strangers: Set<string>, hooks: CommitHooks): CommitHooks {
  return {
    ...hooks,
    beforeCommit(change) {
      for (const write of change.writes) {
        if (write.table.name !== 'payouts') continue
        const row = write.op === 'insert' ? write.row : write.op === 'update' ? write.set : {}
        const { reason } = row as { readonly reason?: string | null }
        if (typeof reason === 'string' && !Object.hasOwn(payoutReasons, reason))
          strangers.add(reason)
      }
      return hooks.beforeCommit?.(change)
    },
  }
}
