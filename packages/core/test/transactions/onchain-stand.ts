import type { AnyEvent, EventType, PaymentNodeOptions, Payout } from '@payment-node/core'
import type { CommitHooks } from '@payment-node/storage-memory'
import type { Context } from '../../src/context.ts'
import { sat } from '../../src/domain/amount.ts'
import { bookReservation } from '../../src/domain/ledger.ts'
import { outputTypeOf, virtualBytesOf } from '../../src/domain/transaction-size.ts'
import { postTransaction } from '../../src/ledger/post-transaction.ts'
import {
  capDay,
  countAgainstDay,
  countAgainstOperatorFees,
  countAgainstPartnerDay,
} from '../../src/payouts/count-against-day.ts'
import { reservedFor, worstOf } from '../../src/payouts/reservation.ts'
import { partners } from '../../src/tables/partners.ts'
import { payouts } from '../../src/tables/payouts.ts'
import { type Fields, insert } from '../../src/tables/table.ts'
import { openShop, type Shop, type ShopProcess, type ShopSettings } from '../shop.ts'

/** How a payout is queued. */
export interface Queueing {
  readonly address?: string
  readonly isQuick?: boolean
  /** sat/vB */
  readonly ceiling?: number
  /** Milliseconds since 1970. */
  readonly deadline?: number
  readonly feesPaidBy?: 'partner' | 'operator'
  /** Default: three inputs at the hard ceiling of 100 sat/vB. */
  readonly feeLimitSat?: bigint
}

/** A shop with coins that pays its partner on chain. */
export interface OnchainStand extends Shop {
  /** The process that lives now. */
  readonly current: ShopProcess
  /** Another process on the same books; not started. */
  openNext(options?: Partial<PaymentNodeOptions>, hooks?: CommitHooks): ShopProcess
  /** A fresh address of the payee. */
  address(): Promise<string>
  /** Puts a payout into the queue, with its books, as a request does. Answers its id. */
  queue(amountSat: bigint, queueing?: Queueing): Promise<string>
  payout(id: string): Promise<Payout>
  /** One block and the time in which it is noticed; more of them one by one. */
  mine(blocks?: number): Promise<void>
  /** The rows of the transactions, oldest first. */
  transactions(): Promise<Record<string, unknown>[]>
  /** Names of the events with this prefix, in order. */
  told(prefix: string): Promise<string[]>
  events(type: EventType): Promise<AnyEvent[]>
}

/** Time in which the workers notice anything. */
const aMoment = 15_000

/** Starts the shop, gives it coins and its partner (`m1`) a balance of 3,000,000 sat. */
export async function openOnchain(
  settings: ShopSettings & {
    readonly coinsSat?: readonly bigint[]
    /** Before the first process, which is given, is started. */
    readonly hooks?: CommitHooks
  } = {},
): Promise<OnchainStand> {
  const shop = openShop(settings)
  const { run, clock, network, lnd, payee } = shop
  for (const coin of settings.coinsSat ?? [2_000_000n, 1_000_000n, 500_000n]) lnd.fund(coin)
  network.setFeerate(5)
  const setUp = shop.open()
  await run(setUp.node.start())
  await shop.sell(3_000_000, setUp.node)
  await run(setUp.node.stop())
  let current = shop.open({}, settings.hooks)
  const addresses: string[] = []
  let queued = 0

  const stand: OnchainStand = {
    ...shop,
    get current() {
      return current
    },
    get node() {
      return current.node
    },
    openNext(options = {}, hooks = {}) {
      current = shop.open(options, hooks)
      return current
    },
    async address() {
      const address = await run(payee.lightning.onchain!.newAddress('taproot'))
      addresses.push(address)
      return address
    },
    async queue(amountSat, queueing = {}) {
      const address = queueing.address ?? (await stand.address())
      const { storage } = current
      const { publicKey } = await run(lnd.lightning.getInfo())
      const identity = { publicKey, network: 'regtest' } as const
      const settings = { capPerDay: sat(10_000_000), capOperatorFeesPerDay: sat(1_000_000) }
      const context = { storage, clock, settings } as Context & object
      const partner = await run(storage.get(partners, [publicKey, 'm1']))
      const now = clock.now()
      const size = virtualBytesOf({ inputs: 3, outputs: [outputTypeOf(address), 'p2tr'] })
      const number = ++queued
      const row: Fields<typeof payouts> = {
        node: publicKey,
        network: 'regtest',
        id: number.toString(16).padStart(32, '0'),
        partner: 'm1',
        state: 'queued',
        reason: 'collecting',
        destination: address,
        destination_kind: 'onchain-address',
        amount_msat: amountSat * 1000n,
        fee_limit_msat: (queueing.feeLimitSat ?? BigInt(size) * 100n) * 1000n,
        fee_msat: null,
        payment_hash: '',
        preimage: null,
        cap_day: capDay(now),
        idempotency_key: `queued-${number}`,
        request: '{}',
        created_at: now,
        updated_at: now,
        purpose: 'payout',
        invoice: null,
        fees_paid_by: queueing.feesPaidBy ?? 'partner',
        debt_msat: null,
        is_quick: queueing.isQuick ?? false,
        ceiling_sat_per_kvb: queueing.ceiling === undefined ? null : queueing.ceiling * 1000,
        deadline: queueing.deadline ?? null,
        is_released: null,
        transaction: null,
        times_behind: null,
        traceparent: null,
        swap: null,
        claim_transaction: null,
        claim_height: null,
      }
      const worst = worstOf(row)
      const writes = [
        insert(payouts, row),
        ...postTransaction(context, identity, bookReservation(row.id, 'm1', reservedFor(row))),
        await run(countAgainstDay(context, identity, row.cap_day, worst)),
        await run(countAgainstPartnerDay(context, identity, partner!, row.cap_day, worst)),
        ...(await run(countAgainstOperatorFees(context, identity, row))),
      ]
      const answer = await run(storage.commit({ writes }))
      if (!answer.committed) throw new Error(`not queued: ${answer.reason}`)
      return row.id
    },
    payout: (id) => run(current.node.payouts.get(id)),
    async mine(blocks = 1) {
      for (let count = 0; count < blocks; count++) {
        network.mine()
        await clock.advance(aMoment)
      }
    },
    async transactions() {
      const rows = (await shop.rowsOf(['transactions'])).transactions!
      return rows.sort((a, b) => Number(a.created_at) - Number(b.created_at))
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

/** Lets the workers notice what has changed. */
export function settle({ clock }: OnchainStand): Promise<void> {
  return clock.advance(aMoment)
}
