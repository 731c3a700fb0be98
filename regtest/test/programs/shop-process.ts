import {
  counterFile,
  createPaymentNode,
  type LightningNode,
  type Storage,
} from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'

/** What the parent tells this process; see `crashes.test.ts`. */
export interface ShopOrders {
  readonly file: string
  readonly address: string
  readonly certificatePath: string
  readonly macaroon: string
  readonly invoiceKey: string
  /** BOLT11 to pay out to. */
  readonly destination: string
  /** Where this process ends itself with SIGKILL. */
  readonly killAt?: KillPoint
}

/** `before`: the call is never made. `answered`: its answer arrived and nobody has seen it. */
export interface KillPoint {
  /** A member of `LightningNode`, or `commit`. */
  readonly call: string
  readonly phase: 'before' | 'answered'
  /** 1 = the first time the call is made. */
  readonly time: number
}

/** What this process tells the parent. */
export type ShopReport =
  | { readonly kind: 'invoice'; readonly paymentRequest: string }
  | { readonly kind: 'payout'; readonly id: string }
  | {
      readonly kind: 'done'
      readonly state: string
      readonly feeMsat: string
      readonly availableMsat: string
      readonly reservedMsat: string
      readonly sumMsat: string
      readonly events: Readonly<Record<string, number>>
    }

const orders = JSON.parse(process.argv[2] ?? '') as ShopOrders

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  // The signal is on its way; nothing below may run.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  throw new Error('still alive')
}

const times = new Map<string, number>()

/** Counts the call; answers whether it is the one to die at. */
function isFatal(call: string): boolean {
  const time = (times.get(call) ?? 0) + 1
  times.set(call, time)
  return orders.killAt?.call === call && orders.killAt.time === time
}

/** The port with the kill point built in; streams are killed at their first item. */
function mortal<T extends object>(port: T, name: (member: string) => string): T {
  return new Proxy(port, {
    get(target, member, receiver) {
      const value = Reflect.get(target, member, receiver) as unknown
      if (typeof value !== 'function' || typeof member !== 'string') return value
      return (...all: unknown[]) => {
        const fatal = isFatal(name(member))
        if (fatal && orders.killAt?.phase === 'before') die()
        const answer = value.apply(target, all) as unknown
        if (!fatal) return answer
        if (isIterable(answer)) return deadly(answer)
        return (answer as Promise<unknown>).then(die, die)
      }
    },
  })
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

async function* deadly(items: AsyncIterable<unknown>): AsyncGenerator {
  for await (const item of items) {
    if (Array.isArray(item) && item.length === 0) yield item
    else die()
  }
}

const report = (message: ShopReport): void => {
  process.send?.(message)
}

const lightning: LightningNode = lnd({
  address: orders.address,
  certificate: { path: orders.certificatePath },
  macaroon: { hex: orders.macaroon },
})
const storage: Storage = sqlite({ file: orders.file })
const node = createPaymentNode({
  lightning: mortal(lightning, (member) => member),
  storage: mortal(storage, (member) => member),
  keys: { invoices: Buffer.from(orders.invoiceKey, 'hex') },
  // One LND carries all runs: what the others pay is foreign.
  intentCounter: counterFile(`${orders.file}.counter`),
  timing: { heartbeat: 1 },
})
await node.start()
await node.partners.upsert({ id: 'merchant' })
const invoice = await node.invoices.create(
  { partner: 'merchant', amount: '4000 sat' },
  { idempotencyKey: 'order-1' },
)
report({ kind: 'invoice', paymentRequest: invoice.paymentRequest })
await node.invoices.waitUntilSettled(invoice.id)
const payout = await node.payouts.request(
  { partner: 'merchant', destination: orders.destination },
  { idempotencyKey: 'payout-1' },
)
report({ kind: 'payout', id: payout.id })
const ended = await new Promise<void>((resolve) => {
  const look = (seen: { id: string }): void => {
    if (seen.id === payout.id) resolve()
  }
  node.on('payout.succeeded', (data) => look(data.payout))
  node.on('payout.failed', (data) => look(data.payout))
  void node.payouts.get(payout.id).then((now) => {
    if (now.state === 'succeeded' || now.state === 'failed') resolve()
  })
}).then(() => node.payouts.get(payout.id))
const balances = await node.ledger.balances()
const events: Record<string, number> = {}
for (const { type } of await node.events.after('0', { limit: 1000 }))
  events[type] = (events[type] ?? 0) + 1
report({
  kind: 'done',
  state: ended.state,
  feeMsat: (ended.fee?.msat ?? 0n).toString(),
  availableMsat: balances.partners[0]!.available.msat.toString(),
  reservedMsat: balances.partners[0]!.reserved.msat.toString(),
  sumMsat: balances.sum.msat.toString(),
  events,
})
await node.stop()
process.disconnect?.()
