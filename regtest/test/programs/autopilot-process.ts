import {
  counterFile,
  createPaymentNode,
  type LightningNode,
  type LiquidityOptions,
  type PaymentNodeOptions,
  type Storage,
} from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import { fateAt, type KillPoint, mortal } from './mortal.ts'
import { regtestProvider } from './regtest-provider.ts'

/** What the parent tells this process: let the autopilot act, and die there. */
export interface AutopilotOrders {
  /** Of a shop of the parent, which has closed it. */
  readonly file: string
  readonly intentCounter: string
  readonly address: string
  readonly certificatePath: string
  readonly macaroon: string
  /** Hex. */
  readonly keys: { readonly invoices: string; readonly swaps: string }
  /** Undefined: nobody swaps. */
  readonly providerUrl?: string
  /** sat/vB. */
  readonly feerate: number
  readonly liquidity: LiquidityOptions
  readonly options: Pick<PaymentNodeOptions, 'payouts' | 'swapping' | 'transactions'>
  readonly killAt: KillPoint
}

const orders = JSON.parse(process.argv[2] ?? '') as AutopilotOrders
const fate = fateAt(orders.killAt)
const adapter: LightningNode = lnd({
  address: orders.address,
  certificate: { path: orders.certificatePath },
  macaroon: { hex: orders.macaroon },
})
const lightning: LightningNode = mortal(
  {
    ...adapter,
    opener: mortal(adapter.opener!, fate, (member) => (member === 'close' ? member : undefined)),
  },
  fate,
  (member) => (member === 'pay' ? member : undefined),
)

interface Written {
  readonly op: string
  readonly table: { readonly name: string }
  readonly row?: Readonly<Record<string, unknown>>
  readonly set?: Readonly<Record<string, unknown>>
}

/** What a commit stores of a decision and of what follows from it, in a word. */
function storedBy(change: unknown): string | undefined {
  const { writes } = change as { readonly writes: readonly Written[] }
  const inserted = (name: string): Written['row'] =>
    writes.find(({ op, table }) => op === 'insert' && table.name === name)?.row
  if (inserted('liquidity_runs')?.verdict === 'act') return 'store decision'
  for (const table of ['payouts', 'swaps', 'close_intents'])
    if (inserted(table)) return `store ${table}`
  const swap = writes.find(({ table, set }) => table.name === 'swaps' && set?.state !== undefined)
  return swap && `store ${swap.set?.state}`
}

const storage: Storage = mortal(sqlite({ file: orders.file }), fate, (member, [change]) =>
  member === 'commit' ? storedBy(change) : undefined,
)
const node = createPaymentNode({
  ...orders.options,
  lightning,
  storage,
  keys: {
    invoices: Buffer.from(orders.keys.invoices, 'hex'),
    swaps: Buffer.from(orders.keys.swaps, 'hex'),
  },
  swaps: orders.providerUrl === undefined ? [] : [regtestProvider(orders.providerUrl)],
  fees: {
    source: {
      contractVersion: 1,
      name: 'told',
      feerate: async () => ({ at: Date.now(), satPerVbyte: orders.feerate }),
    },
  },
  liquidity: orders.liquidity,
  channels: { mode: 'observe' },
  intentCounter: counterFile(orders.intentCounter),
  timing: { heartbeat: 1 },
})
await node.start()
