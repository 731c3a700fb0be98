import {
  counterFile,
  createPaymentNode,
  type LightningNode,
  type SelfCustodialSwapProvider,
  type Storage,
  type Swap,
} from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import { fateAt, type KillPoint, mortal } from './mortal.ts'
import { regtestProvider } from './regtest-provider.ts'

/** What the parent tells this process: bring earlier swaps on, then make one more. */
export interface SwapOrders {
  readonly file: string
  readonly address: string
  readonly certificatePath: string
  readonly macaroon: string
  readonly invoiceKey: string
  readonly swapKey: string
  readonly providerUrl: string
  readonly amountSat: number
  /** Idempotency key of the swap to ask for; undefined: all are followed to their end. */
  readonly key?: string | undefined
  readonly killAt?: KillPoint | undefined
}

/** A swap as plain data; amounts in msat. */
export interface ToldSwap {
  readonly id: string
  readonly state: Swap['state']
  readonly reason: string | null
  readonly paymentHash: string
  readonly destination: string | null
  readonly lockup: string | null
  readonly amountMsat: string
  /** What it may cost at most, as it was quoted. */
  readonly worstMsat: string
  /** What the books say that it has cost. */
  readonly costMsat: string
}

/** What this process tells the parent. */
export type SwapReport =
  /** `waits`: for the burial of its claim. */
  | { readonly kind: 'swap'; readonly id: string; readonly state: string; readonly waits: boolean }
  | { readonly kind: 'asked'; readonly key: string; readonly id: string }
  /** Blocks are wanted until a claim is buried. */
  | { readonly kind: 'bury' }
  | { readonly kind: 'proof'; readonly verdict: string; readonly says: string }
  | {
      readonly kind: 'done'
      readonly swaps: readonly ToldSwap[]
      readonly sumMsat: string
      readonly costsMsat: string
      readonly elsewhereMsat: string
      readonly isHalted: boolean
      readonly verdict: string
      readonly says: string
    }

const orders = JSON.parse(process.argv[2] ?? '') as SwapOrders
const report = (message: SwapReport): void => void process.send?.(message)
const fate = fateAt(orders.killAt)
/** Only what is done for the swap of this life counts. */
let isArmed = false
let target: string | undefined
const armed = (call: string | undefined): string | undefined => (isArmed ? call : undefined)

const adapter: LightningNode = lnd({
  address: orders.address,
  certificate: { path: orders.certificatePath },
  macaroon: { hex: orders.macaroon },
})
const lightning: LightningNode = mortal(
  {
    ...adapter,
    onchain: mortal(adapter.onchain!, fate, (member) =>
      armed(member === 'publish' ? member : undefined),
    ),
  },
  fate,
  (member) => armed(member === 'pay' ? member : undefined),
)
const provider: SelfCustodialSwapProvider = mortal(
  regtestProvider(orders.providerUrl),
  fate,
  (member) => armed(member === 'create' || member === 'requestClaimSignature' ? member : undefined),
)

interface SwapWrite {
  readonly op: string
  readonly table: { readonly name: string }
  readonly row?: Readonly<Record<string, unknown>>
  readonly key?: readonly unknown[]
  readonly set?: Readonly<Record<string, unknown>>
}

/** What a commit stores of the swap of this life, in a word: its new state, or what else is new. */
function storedBy(change: unknown): string | undefined {
  const { writes } = change as { readonly writes: readonly SwapWrite[] }
  const write = writes.find(({ table }) => table.name === 'swaps')
  if (write?.op === 'insert') {
    target = write.row?.id as string
    return 'store created'
  }
  if (!write?.set || write.key?.[0] !== target) return undefined
  const { set } = write
  for (const column of ['asked_at', 'terms', 'seen_at'] as const) {
    if (column in set) return `store ${column}`
  }
  if ('claims' in set && !('revealed_at' in set)) return 'store claim'
  if (typeof set.reason === 'string' && !('ended_at' in set)) return undefined
  return `store ${set.state}`
}

const storage: Storage = mortal(sqlite({ file: orders.file }), fate, (member, [change]) =>
  member === 'commit' ? armed(storedBy(change)) : undefined,
)
const node = createPaymentNode({
  lightning,
  storage,
  keys: {
    invoices: Buffer.from(orders.invoiceKey, 'hex'),
    swaps: Buffer.from(orders.swapKey, 'hex'),
  },
  swaps: [provider],
  fees: {
    source: {
      contractVersion: 1,
      name: 'told',
      feerate: async () => ({ at: Date.now(), satPerVbyte: 2 }),
    },
  },
  intentCounter: counterFile(`${orders.file}.counter`),
  timing: { heartbeat: 1 },
})

const told = new Map<string, string>()
const waits = ({ reason }: Swap): boolean => reason === 'waiting-for-claim'

/** Every swap, newest first; what has changed is told to the parent. */
async function look(): Promise<readonly Swap[]> {
  const { items } = await node.swaps.list({ limit: 100 })
  for (const swap of items) {
    const now = `${swap.state} ${waits(swap)}`
    if (told.get(swap.id) === now) continue
    told.set(swap.id, now)
    report({ kind: 'swap', id: swap.id, state: swap.state, waits: waits(swap) })
  }
  return items
}

async function until(isThere: (all: readonly Swap[]) => boolean): Promise<readonly Swap[]> {
  for (;;) {
    const all = await look()
    if (isThere(all)) return all
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const isSettled = (swap: Swap): boolean => swap.endedAt !== null || waits(swap)
const hasEnded = ({ endedAt }: Swap): boolean => endedAt !== null

await node.start()
await until((all) => all.every(isSettled))
// What is under way counts: the books are right at any moment, not only in the end.
const { verdict, says } = await node.ledger.prove()
report({ kind: 'proof', verdict, says })
if (orders.key !== undefined) {
  // A creation whose answer a death has lost counts as the provider's failure.
  await node.swaps.enableProvider(provider.name)
  isArmed = true
  const [asked] = await node.swaps.request(
    { amount: `${orders.amountSat} sat` },
    { idempotencyKey: orders.key },
  )
  report({ kind: 'asked', key: orders.key, id: asked!.id })
  await until((all) => all.every(isSettled))
}
report({ kind: 'bury' })
const ended = await until((all) => all.every(hasEnded))
const { sum, world } = await node.ledger.balances()
const proof = await node.ledger.prove()
const swaps: ToldSwap[] = []
for (const swap of ended) {
  const { limits, costs } = swap
  const total = ({ service, routing, claim }: Swap['costs']): bigint =>
    (service?.msat ?? 0n) + (routing?.msat ?? 0n) + (claim?.msat ?? 0n)
  swaps.push({
    id: swap.id,
    state: swap.state as ToldSwap['state'],
    reason: swap.reason,
    paymentHash: swap.paymentHash,
    destination: swap.destination,
    lockup: swap.lockup,
    amountMsat: String(swap.amount.msat),
    worstMsat: String(total(limits)),
    costMsat: String(total(costs)),
  })
}
report({
  kind: 'done',
  swaps,
  sumMsat: String(sum.msat),
  costsMsat: String(world.swapFees.msat + world.routingFees.msat + world.onchainFees.msat),
  elsewhereMsat: String(world.deposits.msat + world.unexplained.msat + world.swapLosses.msat),
  isHalted: (await node.safety.status()).isHalted,
  verdict: proof.verdict,
  says: proof.says,
})
await node.stop()
process.disconnect?.()
