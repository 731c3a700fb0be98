import type { Change, NodeInvoice, PaymentNode } from '@payment-node/core'
import { PaymentNodeError } from '@payment-node/core'
import type { PeerInvoiceCreated } from '@payment-node/testkit'
import { openShop, type Shop, type ShopProcess } from '../shop.ts'

/** What happens when a point is reached; undefined: nothing. */
export type Strike = 'kill' | 'none' | 'unknown'

/** Decides about a point by its name; the number counts the points so far. */
export type Plan = (point: string, number: number) => Strike | undefined

/** A shop's day in which things go wrong: what the host wants is fixed, the processes come and go. */
export interface Day {
  readonly shop: Shop
  /** The books can be open once at a time. */
  readonly isExclusive: boolean
  /** 20 000 sat that the payee takes. */
  readonly good: PeerInvoiceCreated
  /** 10 000 sat that the payee refuses. */
  readonly bad: PeerInvoiceCreated
  /** Ids of the settled events that handlers have finished. */
  readonly handled: string[]
  /** Every point that was passed, in order. */
  readonly points: string[]
  /** How many processes it took. */
  readonly processes: number
  /** The last process; it lives. */
  readonly node: PaymentNode
}

const mostProcesses = 5

/** Lives the day to its end, opening a new process whenever one was killed. */
export async function liveDay(plan: Plan, isExclusive = true): Promise<Day> {
  const shop = openShop({ isExclusive })
  const { run, payee, lnd } = shop
  const good = shop.bill(20_000, { expirySeconds: 130 })
  const bad = payee.createHoldInvoice({ amountMsat: 10_000_000n, expirySeconds: 130 })
  payee.cancelHold(bad.paymentHash)
  const handled: string[] = []
  const points: string[] = []

  let current: ShopProcess | undefined
  let died = Promise.withResolvers<void>()
  const strike = (point: string): Strike | undefined => {
    if (!current || current.life.isOver) return undefined
    points.push(point)
    const struck = plan(point, points.length - 1)
    if (struck !== 'kill') return struck
    current.kill()
    died.resolve()
    return struck
  }
  lnd.faults.add(({ call, moment }) => {
    const struck = strike(`${call} ${moment}`)
    if (!struck) return undefined
    return { outcome: struck === 'none' ? 'none' : 'unknown' }
  })
  const reach = (moment: string, change: Change): void => {
    const outcome = strike(`commit ${nameOf(change)} ${moment}`)
    if (outcome === 'none' || outcome === 'unknown')
      throw new PaymentNodeError('storage.unavailable', 'Injected.', { outcome })
  }

  for (let processes = 1; processes <= mostProcesses; processes++) {
    died = Promise.withResolvers()
    current = shop.open(
      {},
      {
        beforeCommit: (change) => reach('before', change),
        afterCommit: (change) => reach('after', change),
      },
    )
    const { node } = current
    node.handle('invoice.settled', { consumer: 'orders' }, (_, { id }) => void handled.push(id))
    const living = work(node, { shop, good, bad })
    const isDone = await run(Promise.race([living.then(() => true), died.promise]))
    if (!isDone) continue
    // From here on it is looked at only.
    current = undefined
    return { shop, isExclusive, good, bad, handled, points, processes, node }
  }
  throw new Error('The day did not end')
}

/** What the host does in each process, from the beginning, with the same keys. */
async function work(
  node: PaymentNode,
  { shop, good, bad }: Pick<Day, 'shop' | 'good' | 'bad'>,
): Promise<void> {
  const { clock, payer } = shop
  const insist = async <T>(call: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await call()
      } catch (error) {
        if (!PaymentNodeError.is(error) || !error.isRetryable) throw error
        await clock.sleep(200)
      }
    }
  }
  await insist(() => node.start())
  await insist(() => node.partners.upsert({ id: 'm1' }))
  const invoice = await insist(() =>
    node.invoices.create({ partner: 'm1', amount: '50000 sat' }, { idempotencyKey: 'order-1' }),
  )
  if (!payer.findPayment(invoice.paymentHash)) void payer.pay(invoice.paymentRequest)
  await insist(() => node.invoices.waitUntilSettled(invoice.id))
  const payouts = await Promise.all(
    [good, bad].map(({ paymentRequest: destination }, at) =>
      insist(() =>
        node.payouts.request(
          { partner: 'm1', destination, feeLimit: '100 sat' },
          { idempotencyKey: `payout-${at + 1}` },
        ),
      ),
    ),
  )
  for (const { id } of payouts)
    while (['reserved', 'sending'].includes((await insist(() => node.payouts.get(id))).state))
      await clock.sleep(100)
}

/** Everything that must hold when the day is over, in words; empty when all does. */
export async function faultsOf({
  shop,
  isExclusive,
  good,
  bad,
  handled,
  node,
}: Day): Promise<string[]> {
  const { run, lnd, payee, clock } = shop
  lnd.faults.clear()
  // What handlers still have to do; on shared books after the lease of one that was killed.
  await clock.advance(isExclusive ? 2000 : 32_000)
  const faults: string[] = []
  const check = (isRight: boolean, says: string): void => void (isRight || faults.push(says))
  const equal = (found: unknown, wanted: unknown, says: string): void =>
    check(text(found) === text(wanted), `${says}: ${text(found)}, not ${text(wanted)}`)

  const invoices = await run(lnd.lightning.listInvoices({ afterAddIndex: 0n, limit: 100 }))
  equal(
    invoices.map(({ state, paidMsat }: NodeInvoice) => [state, paidMsat]),
    [['settled', 50_000_000n]],
    'invoices of LND',
  )
  const payments = await run(lnd.lightning.listPayments({ afterIndex: 0n, limit: 100 }))
  const succeeded = payments.filter(({ state }) => state === 'succeeded')
  equal(
    succeeded.map(({ paymentHash }) => paymentHash),
    [good.paymentHash],
    'payments of LND',
  )
  check(
    payments.every(({ state }) => state !== 'in-flight'),
    'a payment is still in flight',
  )
  equal(payee.findInvoice(good.paymentHash)?.paidMsat, 20_000_000n, 'the payee got')
  equal(payee.findInvoice(bad.paymentHash)?.state, 'canceled', 'the refused invoice is')

  const { items } = await run(node.payouts.list())
  const byKey = [...items].sort((a, b) => (a.idempotencyKey < b.idempotencyKey ? -1 : 1))
  equal(
    byKey.map(({ state, preimage, fee }) => [state, preimage, fee]),
    [
      ['succeeded', good.preimage, '0 sat'],
      ['failed', null, null],
    ],
    'payouts',
  )
  const mine = await run(node.invoices.list())
  equal(
    mine.items.map(({ state, paid, isLate }) => [state, paid, isLate]),
    [['settled', '50000 sat', false]],
    'invoices',
  )
  const balances = await run(node.ledger.balances())
  equal(
    balances.partners,
    [{ partner: 'm1', available: '30000 sat', pending: '0 sat', reserved: '0 sat', debt: '0 sat' }],
    'balances',
  )
  equal(balances.sum, '0 sat', 'the sum of the books')
  equal(
    [balances.world.payers, balances.world.payees, balances.world.routingFees],
    ['-50000 sat', '20000 sat', '0 sat'],
    'the world',
  )

  const log = await run(node.events.after('0', { limit: 1000 }))
  const types = log.map(({ type }) => type).filter((type) => !/^(node|channel)/.test(type))
  const ofPayouts = (kind: string): number => types.filter((type) => type === kind).length
  equal(ofPayouts('invoice.created'), 1, 'told created')
  equal(ofPayouts('invoice.settled'), 1, 'told settled')
  equal(ofPayouts('payout.sending'), 2, 'told sending')
  equal(ofPayouts('payout.succeeded'), 1, 'told succeeded')
  equal(ofPayouts('payout.failed'), 1, 'told failed')
  const settled = log.find(({ type }) => type === 'invoice.settled')
  check(handled.length > 0, 'the handler was not called')
  check(
    handled.every((id) => id === settled?.id),
    'the handler saw something else',
  )

  const everything = await shop.rowsOf(['jobs', 'used_hashes', 'day_totals'])
  equal(everything.jobs!.length, 0, 'jobs left')
  equal(
    everything.used_hashes!.map(({ payment_hash }) => payment_hash),
    [good.paymentHash],
    'used hashes',
  )
  equal(
    everything.day_totals!.map(({ amount_msat }) => amount_msat),
    [20_000_000n],
    'day total',
  )
  await run(node.stop())
  return faults
}

/** What a change is about: its events, else its tables. */
function nameOf({ writes, events = [] }: Change): string {
  if (events.length > 0) return events.map(({ type }) => type).join(', ')
  return [...new Set(writes.map(({ op, table }) => `${op} ${table.name}`))].join(', ')
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner))
}
