import {
  counterFile,
  createPaymentNode,
  type LightningNode,
  type Storage,
} from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import { fateAt, type KillPoint, mortal } from './mortal.ts'

/** What the parent tells this process; see `crashes.test.ts`. */
export interface ShopOrders {
  readonly file: string
  readonly address: string
  readonly certificatePath: string
  readonly macaroon: string
  readonly invoiceKey: string
  /** BOLT11 to pay out to. */
  readonly destination: string
  /** Whether it asks in the end if LND has what the books say; its macaroon must be allowed to look. */
  readonly isProved?: boolean
  /** Where this process ends itself with SIGKILL. */
  readonly killAt?: KillPoint
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
      readonly proof?: {
        readonly verdict: string
        readonly differenceMsat: string
        readonly says: string
      }
    }

const orders = JSON.parse(process.argv[2] ?? '') as ShopOrders

const fate = fateAt(orders.killAt)

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
  lightning: mortal(lightning, fate, (member) => member),
  storage: mortal(storage, fate, (member) => member),
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
const proof = orders.isProved ? await node.ledger.prove() : undefined
report({
  kind: 'done',
  state: ended.state,
  feeMsat: (ended.fee?.msat ?? 0n).toString(),
  availableMsat: balances.partners[0]!.available.msat.toString(),
  reservedMsat: balances.partners[0]!.reserved.msat.toString(),
  sumMsat: balances.sum.msat.toString(),
  events,
  ...(proof && {
    proof: {
      verdict: proof.verdict,
      differenceMsat: proof.difference.msat.toString(),
      says: proof.says,
    },
  }),
})
await node.stop()
process.disconnect?.()
