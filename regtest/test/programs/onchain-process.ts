import {
  createPaymentNode,
  type LightningNode,
  type Payout,
  type Storage,
} from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import { fateAt, type KillPoint, mortal } from './mortal.ts'

/** What the parent tells this process: pay a partner on chain. */
export interface OnchainOrders {
  readonly file: string
  readonly address: string
  readonly certificatePath: string
  readonly macaroon: string
  readonly invoiceKey: string
  readonly payee: string
  readonly amountSat: number
  readonly strikeAt?: KillPoint | undefined
}

/** What this process tells the parent. */
export type OnchainReport =
  | { readonly kind: 'payout'; readonly state: string; readonly reason: string | null }
  | {
      readonly kind: 'done'
      readonly transactionId: string | null
      readonly feeMsat: string
      readonly sumMsat: string
      readonly payeesMsat: string
      readonly onchainFeesMsat: string
      readonly reservedMsat: string
      /** Does LND have what the books say? */
      readonly verdict: string
      readonly says: string
    }

const orders = JSON.parse(process.argv[2] ?? '') as OnchainOrders
const report = (message: OnchainReport): void => void process.send?.(message)
const fate = fateAt(orders.strikeAt)
const adapter: LightningNode = lnd({
  address: orders.address,
  certificate: { path: orders.certificatePath },
  macaroon: { hex: orders.macaroon },
})
const lightning: LightningNode = {
  ...adapter,
  funding: mortal(adapter.funding!, fate, (member) => member),
  onchain: mortal(adapter.onchain!, fate, (member) => (member === 'publish' ? member : undefined)),
}
/** Commits of transactions, in their order: intended, funded, signed, published, confirmed, final. */
const isTransaction = (change: unknown): boolean =>
  (change as { writes: { table: { name: string } }[] }).writes.some(
    ({ table }) => table.name === 'transactions',
  )
const storage: Storage = mortal(sqlite({ file: orders.file }), fate, (member, [change]) =>
  member === 'commit' && isTransaction(change) ? 'commit' : undefined,
)
const node = createPaymentNode({
  lightning,
  storage,
  keys: { invoices: Buffer.from(orders.invoiceKey, 'hex') },
  timing: { heartbeat: 1 },
})

/** LND may be away for a moment: then it is asked again. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error as { isRetryable?: boolean }).isRetryable) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

await insist(() => node.start())
await insist(() => node.partners.upsert({ id: 'm1' }))
await insist(() =>
  node.ledger.importOpening([{ partner: 'm1', amount: '1000000 sat' }], {
    idempotencyKey: 'opening',
    allowNegativeOperator: true,
  }),
)
const { id } = await insist(() =>
  node.payouts.request(
    {
      partner: 'm1',
      destination: orders.payee,
      amount: `${orders.amountSat} sat`,
      quick: true,
    },
    { idempotencyKey: 'payout-1' },
  ),
)
let last = ''
let payout: Payout
for (;;) {
  payout = await insist(() => node.payouts.get(id))
  const { state, reason } = payout
  if (`${state} ${reason}` !== last) report({ kind: 'payout', state, reason })
  last = `${state} ${reason}`
  if (state === 'succeeded' || state === 'failed') break
  await new Promise((resolve) => setTimeout(resolve, 100))
}
const { sum, world, partners } = await node.ledger.balances()
const { verdict, says } = await insist(() => node.ledger.prove())
report({
  kind: 'done',
  transactionId: payout.transaction?.transactionId ?? null,
  feeMsat: String(payout.fee?.msat),
  sumMsat: String(sum.msat),
  payeesMsat: String(world.payees.msat),
  onchainFeesMsat: String(world.onchainFees.msat),
  reservedMsat: String(partners[0]?.reserved.msat),
  verdict,
  says,
})
await node.stop()
process.disconnect?.()
