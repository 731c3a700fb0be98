import { createHash, randomBytes } from 'node:crypto'
import { type Invoice, sat } from '@payment-node/core'
import type { LndPayment, RegtestNode, RunningNetwork, RunningNode } from '@payment-node/regtest'
import { inSat } from '../clock-face.ts'
import type { Plain } from '../processes/open-shop.ts'
import { refusal } from '../refusal.ts'
import { channelsAreActive, type Stage } from '../stage.ts'

/** The stage on real LND: one node each for a customer, the shop, a partner's wallet, and another peer. */
export interface RealDay extends Stage {
  readonly network: RunningNetwork
  readonly customer: RegtestNode
  readonly lnd: RunningNode
  readonly wallet: RegtestNode
  readonly hub: RegtestNode
}

async function sell(
  { shop }: RealDay,
  orderId: string,
  amountSat?: number,
): Promise<Plain<Invoice>> {
  const amount = amountSat === undefined ? {} : { amount: sat(amountSat).toString() }
  const order = { partner: 'bakery', metadata: { orderId }, ...amount }
  return shop.createInvoice(order, { idempotencyKey: orderId })
}

/** The customer's LND pays; resolves when the books have credited it. */
async function collect(
  { shop, customer }: RealDay,
  invoice: Plain<Invoice>,
  amountSat?: number,
): Promise<LndPayment> {
  const amountMsat = amountSat === undefined ? undefined : sat(amountSat).msat
  const payment = await customer.pay(invoice.paymentRequest, amountMsat)
  await shop.heard('invoice.settled', (settled) => settled.invoice.id === invoice.id)
  return payment
}

interface Owed {
  readonly key: string
  readonly destination: string
  readonly hash: Buffer
  readonly preimage: Buffer
}

/** An invoice of the wallet; it holds what it receives until it is settled or canceled. */
async function owe(day: RealDay, key: string, amountSat: number): Promise<Owed> {
  const amountMsat = sat(amountSat).msat
  const preimage = randomBytes(32)
  const hash = createHash('sha256').update(preimage).digest()
  const made = await day.wallet.addHoldInvoice(hash, { value_msat: amountMsat.toString() })
  day.debts.set(key, { amountMsat, paymentHashes: [hash.toString('hex')] })
  return { key, destination: made.payment_request, hash, preimage }
}

function payOut({ shop }: RealDay, { key, destination }: Owed) {
  return shop.requestPayout({ partner: 'bakery', destination }, { idempotencyKey: key })
}

/** The shop is paid. */
export async function realCustomersPay(day: RealDay): Promise<void> {
  await day.shop.upsertPartner({ id: 'bakery' })
  const first = await collect(day, await sell(day, 'order-1', 250_000))
  await day.tell('paid', `${inSat(BigInt(first.value_msat))} by another LND`)
  const chosen = await collect(day, await sell(day, 'order-2'), 7_777)
  await day.tell('paid', `${inSat(BigInt(chosen.value_msat))}: an invoice without an amount`)
  for (let order = 3; order <= 7; order++) {
    await collect(day, await sell(day, `order-${order}`, 20_000 + order * 1_000))
  }
  await day.tell('paid', 'five more orders')
  const { id } = await sell(day, 'order-8', 90_000)
  await day.shop.cancelInvoice(id)
  await day.tell('unpaid', '90,000 sat canceled, in LND first')
}

/** Payouts that succeed, fail for certain, and are refused. */
export async function realPayoutsGoOut(day: RealDay): Promise<void> {
  const { shop, wallet } = day
  const quick = await owe(day, 'payout-1', 60_000)
  const { id } = await payOut(day, quick)
  await wallet.waitUntilInvoice(quick.hash, 'ACCEPTED')
  await wallet.settleHold(quick.preimage)
  const { payout } = await shop.heard('payout.succeeded', (done) => done.payout.id === id)
  await day.tell('payout', `${inSat(payout.amount.msat)}, routing cost ${inSat(payout.fee!.msat)}`)

  const unwanted = await owe(day, 'payout-2', 30_000)
  const sent = await payOut(day, unwanted)
  await wallet.waitUntilInvoice(unwanted.hash, 'ACCEPTED')
  await wallet.cancelHold(unwanted.hash)
  const back = await shop.heard('payout.failed', (failed) => failed.payout.id === sent.id)
  await day.tell('payout', `30,000 sat given back by the wallet (${back.payout.reason})`)

  const large = await refusal(payOut(day, await owe(day, 'payout-3', 600_000)), 'payout.above-cap')
  const limit = inSat(large.details.limit.msat)
  await day.tell('refused', `a payout of 600,000 sat: the cap ${large.details.cap} is ${limit}`)
}

/** Our process dies with a payout in flight; meanwhile a customer pays. */
export async function realProcessIsKilled(day: RealDay): Promise<void> {
  const { shop, wallet, customer } = day
  const order = await sell(day, 'order-9', 45_000)
  const slow = await owe(day, 'payout-4', 80_000)
  const { id } = await payOut(day, slow)
  await wallet.waitUntilInvoice(slow.hash, 'ACCEPTED')
  await day.tell('wait', '80,000 sat: the wallet holds the payment')
  await day.mourn('SIGKILL with this payout in flight and an invoice handed out')
  await customer.pay(order.paymentRequest)
  await day.tell('paid', '45,000 sat by the customer: LND takes it, nobody watches')
  await day.revive()
  await shop.heard('invoice.settled', ({ invoice }) => invoice.id === order.id)
  await day.tell('back', 'runs again; the 45,000 sat are credited')
  const again = await payOut(day, slow)
  const same = again.id === id ? 'the same payout' : 'ANOTHER payout'
  await day.tell('refused', `to pay it again: the repeated request gives ${same} (${again.state})`)
  await lndIsKilled(day)
  await wallet.settleHold(slow.preimage)
  await shop.heard('payout.succeeded', ({ payout }) => payout.id === id)
  await day.tell('payout', '80,000 sat: the wallet takes it at last, LND says so, the books follow')
}

/** LND dies too, with the payment still held. */
async function lndIsKilled(day: RealDay): Promise<void> {
  const { shop, lnd } = day
  const left = day.now()
  const outage = { from: left, to: left }
  day.record.outages.push(outage)
  await lnd.kill()
  const { reason } = await shop.heard('node.degraded', (_, at) => at >= left)
  await day.tell('trouble', `LND is killed; the shop is "degraded: ${reason}"`)
  const refused = await refusal(sell(day, 'order-10', 10_000), 'node.unavailable')
  await day.tell('refused', `an invoice: ${refused.code}, nothing was stored`)
  await lnd.start()
  const { downFor } = await shop.heard('node.recovered', (_, at) => at >= left)
  outage.to = day.now()
  await channelsAreActive(shop)
  const seconds = Math.round(downFor / 1000)
  await day.tell('back', `LND is back after ${seconds} s; the shop noticed by itself`)
  await collect(day, await sell(day, 'order-10', 10_000))
  await day.tell('paid', '10,000 sat by another LND')
}
