import { type Invoice, type PaymentUpdate, sat } from '@payment-node/core'
import { createSeededRandom, type NodeCall, type SimulatedNode } from '@payment-node/testkit'
import type { World } from './build-world.ts'
import { inSat } from './clock-face.ts'
import type { Plain } from './processes/open-shop.ts'
import type { Stage } from './stage.ts'
import type { StoryClock } from './story-clock.ts'

export type Customer = keyof World['customers']
export type Wallet = keyof World['wallets']
export type Hub = keyof World['hubs']

/** The stage in the simulated network, with what happens on it again and again. */
export interface Day extends Stage {
  readonly world: World
  /** Lets the story's time pass until that time of day; meanwhile so many customers buy something. */
  passUntil(time: string, purchases?: number): Promise<void>
  /** Lets time pass until the chain finds a block. */
  nextBlock(): Promise<void>
  /** Lets time pass until a peer's close is no longer forgiven because LND had only just come back. */
  settle(): Promise<void>
  /** An invoice for the next order; without `amountSat` the customer chooses. */
  sell(partner: string, amountSat?: number, expiresIn?: string): Promise<Plain<Invoice>>
  /** A customer's node pays; resolves when the books have credited it. */
  collect(customer: Customer, invoice: Plain<Invoice>, amountSat?: number): Promise<PaymentUpdate>
  /** The invoice of a partner's wallet for a debt of the shop. `isHeld`: the wallet takes the money later. */
  owe(key: string, wallet: Wallet, amountSat: number, isHeld?: boolean): Owed
  /** Kills the process at the moment at which LND has done this call and before it can answer. */
  killAfter(call: NodeCall): Promise<void>
}

export interface Owed {
  readonly key: string
  readonly destination: string
  readonly paymentHash: string
}

/** Milliseconds that LND must have been there before a peer is blamed, and before a channel is opened. */
export const settlePeriod = 30_000
/** Milliseconds in which the simulated chain finds a block. */
const blockTime = 600_000

export function createDay(stage: Stage, world: World, clock: StoryClock): Day {
  const { shop } = stage
  const random = createSeededRandom('customers')
  const pick = <Item>(items: readonly Item[]): Item => items[random.integer(items.length)]!
  let orders = 0
  let unmined = 0

  const skip = (milliseconds: number): void => {
    if (milliseconds <= 0) return
    shop.skip(milliseconds)
    unmined += milliseconds
    const blocks = Math.floor(unmined / blockTime)
    if (blocks > 0) world.mine(blocks)
    unmined -= blocks * blockTime
  }
  const buySomething = async (): Promise<bigint> => {
    const amountSat = 2_000 + random.integer(58_000)
    const invoice = await day.sell(pick(['bakery', 'farm', 'bikes']), amountSat)
    const paid = await day.collect(pick(['anna', 'ben', 'carla']), invoice)
    await day.sample()
    return paid.amountMsat
  }

  const day: Day = {
    ...stage,
    world,
    async passUntil(time, purchases = 0) {
      const target = Date.parse(`${new Date(clock.now()).toISOString().slice(0, 10)}T${time}Z`)
      let soldMsat = 0n
      for (let left = purchases; left > 0; left--) {
        skip((target - clock.now()) / (left + 1))
        soldMsat += await buySomething()
      }
      skip(target - clock.now())
      await stage.sample()
      if (purchases > 0)
        await stage.tell('paid', `${purchases} customers bought for ${inSat(soldMsat)}`)
    },
    async nextBlock() {
      skip(blockTime - unmined)
      await stage.sample()
    },
    // Both of this only counts time that has really passed.
    settle: () => clock.sleep(settlePeriod),
    sell(partner, amountSat, expiresIn) {
      const orderId = `order-${++orders}`
      return shop.createInvoice(
        {
          partner,
          metadata: { orderId },
          ...(amountSat !== undefined && { amount: sat(amountSat).toString() }),
          ...(expiresIn !== undefined && { expiresIn }),
        },
        { idempotencyKey: orderId },
      )
    },
    async collect(customer, invoice, amountSat) {
      const terms = amountSat === undefined ? {} : { amountMsat: sat(amountSat).msat }
      const update = await world.customers[customer].pay(invoice.paymentRequest, terms)
      if (update.state !== 'succeeded')
        throw new Error(`${customer} could not pay: ${update.failure}`)
      await shop.heard('invoice.settled', (settled) => settled.invoice.id === invoice.id)
      return update
    },
    owe(key, wallet, amountSat, isHeld = false) {
      const amountMsat = sat(amountSat).msat
      const node: SimulatedNode = world.wallets[wallet]
      const terms = { amountMsat, expirySeconds: 86_400 }
      const made = isHeld ? node.createHoldInvoice(terms) : node.createInvoice(terms)
      const { paymentRequest: destination, paymentHash } = made
      stage.debts.set(key, { amountMsat, paymentHashes: [paymentHash] })
      return { key, destination, paymentHash }
    },
    killAfter(call) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const remove = world.lnd.faults.add((point) => {
        if (point.call !== call || point.moment !== 'after-effect') return undefined
        remove()
        resolve(shop.kill())
        return { outcome: 'unknown' }
      })
      return promise
    },
  }
  return day
}
