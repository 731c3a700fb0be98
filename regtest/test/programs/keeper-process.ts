import { createPaymentNode, type LightningNode, peerList, type Storage } from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import { die, fateAt, type KillPoint, mortal } from './mortal.ts'

/** What the parent tells this process: keep channels to these peers. */
export interface KeeperOrders {
  readonly file: string
  readonly address: string
  readonly certificatePath: string
  readonly macaroon: string
  readonly invoiceKey: string
  readonly peers: readonly { readonly publicKey: string; readonly address: string }[]
  readonly minimumActive: number
  readonly gracePeriod: string
  /** Ends when so many channels are active, every opening has ended, and nothing is missing. */
  readonly isEndless?: boolean
  readonly strikeAt?: KillPoint | undefined
  /** `die`: SIGKILL; `ask`: the parent is told, and this process goes on when it says so. */
  readonly strike?: 'die' | 'ask'
}

/** What this process tells the parent. */
export type KeeperReport =
  | { readonly kind: 'struck' }
  | {
      readonly kind: 'decided'
      readonly verdict: string
      readonly reason: string
      readonly active: number
    }
  | {
      readonly kind: 'done'
      readonly openings: readonly { readonly id: string; readonly state: string }[]
      readonly sumMsat: string
      readonly usedMsat: string
      readonly feesMsat: string
    }

const orders = JSON.parse(process.argv[2] ?? '') as KeeperOrders
const report = (message: KeeperReport): void => void process.send?.(message)

async function askParent(): Promise<void> {
  const answered = new Promise<void>((resolve) => process.once('message', () => resolve()))
  report({ kind: 'struck' })
  await answered
}

const fate = fateAt(orders.strikeAt, orders.strike === 'ask' ? askParent : die)
const adapter: LightningNode = lnd({
  address: orders.address,
  certificate: { path: orders.certificatePath },
  macaroon: { hex: orders.macaroon },
})
const lightning: LightningNode = {
  ...adapter,
  opener: mortal(adapter.opener!, fate, (member) => member),
}
/** Commits of openings, in their order: intended, called, pending, open. */
const isOpening = (change: unknown): boolean =>
  (change as { writes: { table: { name: string } }[] }).writes.some(
    ({ table }) => table.name === 'channel_intents',
  )
const storage: Storage = mortal(sqlite({ file: orders.file }), fate, (member, [change]) =>
  member === 'commit' && isOpening(change) ? 'commit' : undefined,
)
const node = createPaymentNode({
  lightning,
  storage,
  keys: { invoices: Buffer.from(orders.invoiceKey, 'hex') },
  timing: { heartbeat: 1 },
  channelSources: [peerList(orders.peers)],
  channels: {
    mode: 'act',
    minimumActive: orders.minimumActive,
    capacity: '150000 sat',
    settlePeriod: 0,
    gracePeriod: orders.gracePeriod as `${number}s`,
    maximumFeerate: 1000,
    budgetPerMonth: '1000000 sat',
  },
})

async function isContent(): Promise<boolean> {
  const { verdict, opening } = await node.keeper.status()
  // By LND's own list: the books may show what was true in an earlier life.
  const list = await node.channels.list()
  const active = list.filter(({ state }) => state === 'active').length
  const { items } = await node.channels.openings()
  const isOver = items.every(({ state }) => state === 'open' || state === 'failed')
  return active >= orders.minimumActive && verdict === 'enough' && opening === null && isOver
}

await node.start()
let last = ''
for (;;) {
  // LND may be away for a moment: then it is asked again.
  const status = await node.keeper.status().catch(() => undefined)
  if (status) {
    const { verdict, reason, active } = status
    if (`${reason} ${active}` !== last) report({ kind: 'decided', verdict, reason, active })
    last = `${reason} ${active}`
  }
  if (!orders.isEndless && (await isContent().catch(() => false))) break
  await new Promise((resolve) => setTimeout(resolve, 200))
}
const { items } = await node.channels.openings()
const balances = await node.ledger.balances()
const { budget } = await node.keeper.status()
report({
  kind: 'done',
  openings: items.map(({ id, state }) => ({ id, state })),
  sumMsat: balances.sum.msat.toString(),
  usedMsat: budget.used.msat.toString(),
  feesMsat: items.reduce((sum, { fee }) => sum + (fee?.msat ?? 0n), 0n).toString(),
})
await node.stop()
process.disconnect?.()
