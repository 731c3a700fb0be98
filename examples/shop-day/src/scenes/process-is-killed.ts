import { inSat } from '../clock-face.ts'
import type { Customer, Day } from '../simulated-day.ts'
import { payOut } from './payouts-go-out.ts'

/** Between LND taking a payout and the library hearing of it: the worst moment to die. */
export async function killedWhilePaying(day: Day): Promise<void> {
  const { shop, world } = day
  await day.passUntil('12:00', 4)
  const debt = day.owe('bakery-2', 'bakery', 30_000)
  const death = day.killAfter('pay')
  await payOut(day, 'bakery', debt)
  await death
  await day.mourn(
    'SIGKILL: LND has just taken a payout of 30,000 sat and could not answer any more',
  )
  await day.passUntil('12:05')
  await day.revive()
  const again = await payOut(day, 'bakery', debt)
  const { payout } = await shop.heard('payout.succeeded', (done) => done.payout.id === again.id)
  const received = world.wallets.bakery.findInvoice(debt.paymentHash)!.paidMsat
  await day.tell(
    'back',
    `runs again; LND knows the payout: booked as ${payout.state}, the wallet has ${inSat(received)}`,
  )
}

/** Between LND adding an invoice and the books knowing it. */
export async function killedWhileSelling(day: Day): Promise<void> {
  const { shop, world } = day
  await day.passUntil('15:10')
  const death = day.killAfter('createInvoice')
  const request = { partner: 'bikes', amount: '250000 sat', metadata: { orderId: 'helmet' } }
  const key = { idempotencyKey: 'order-helmet' }
  const asking = shop.createInvoice(request, key).catch((error: Error) => error.message)
  await death
  await day.mourn('SIGKILL: LND has just added an invoice of 250,000 sat, the books do not know it')
  void (await asking)
  await day.passUntil('15:12')
  await day.revive()
  const before = (await world.lnd.lightning.highWater()).invoiceAddIndex
  const invoice = await shop.createInvoice(request, key)
  const after = (await world.lnd.lightning.highWater()).invoiceAddIndex
  const which = before === after ? 'the very invoice that LND has' : 'ANOTHER invoice'
  await day.tell('back', `runs again; the same request gives ${which}`)
  await day.collect('ben', invoice)
  await day.tell('paid', 'bikes 250,000 sat by Ben for it')
}

/** Customers pay while nobody looks. */
export async function killedForAWhile(day: Day): Promise<void> {
  const { shop, world } = day
  await day.passUntil('16:00', 5)
  const payers: Customer[] = ['anna', 'ben', 'carla', 'ben', 'anna']
  const invoices = await Promise.all(payers.map((_, index) => day.sell('bakery', 9_000 + index)))
  await day.mourn('SIGKILL out of the blue; five invoices are handed out')
  await day.passUntil('16:20')
  const paid = await Promise.all(
    payers.map((payer, index) => world.customers[payer].pay(invoices[index]!.paymentRequest)),
  )
  const sum = paid.reduce((total, one) => total + one.amountMsat, 0n)
  await day.tell('paid', `bakery ${inSat(sum)}: five customers pay, LND takes it, nobody watches`)
  await day.passUntil('16:30')
  await day.revive()
  await Promise.all(
    invoices.map(({ id }) => shop.heard('invoice.settled', ({ invoice }) => invoice.id === id)),
  )
  await day.tell('back', 'runs again; all five are credited and the orders are told')
}
