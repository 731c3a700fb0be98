import { type NodeChannel, PaymentNodeError, sat } from '@payment-node/core'
import { createVirtualClock } from '@payment-node/testkit'
import { openBareShop } from './bare-shop.ts'
import { buildMarket, type Market, payeeHost } from './build-market.ts'
import { feePpm, type LibraryShop, openLibraryShop } from './library-shop.ts'
import { loadSwapKit } from './load-swap-kit.ts'
import { createNotes } from './note-events.ts'
import { type Purchase, partners, planDay } from './plan-day.ts'
import {
  emptyRecord,
  type Liquidity,
  liquidityOf,
  type Marker,
  type MarkerKind,
  type Sale,
  type TwoShopsRecord,
} from './record.ts'

/** Two shops with the same customers, in networks that are the same; one runs the library, the other only LND. */
export interface TwoShops {
  readonly record: TwoShopsRecord
  readonly shop: LibraryShop
  readonly markets: { readonly library: Market; readonly bare: Market }
  readonly aliases: ReadonlyMap<string, string>
  /** Milliseconds since 1970. */
  now(): number
  /** Lets so many milliseconds pass, with all that falls due in them. */
  pass(milliseconds: number): Promise<void>
  /** Waits for something that takes time of the story. */
  run<T>(work: () => Promise<T>): Promise<T>
  note(kind: MarkerKind, text: string, explains?: Marker['explains']): void
  onMarker(listener: (marker: Marker) => void): void
  /** Does something so many milliseconds later. */
  later(milliseconds: number, work: () => void | Promise<void>): void
  /** No customer comes any more; what is under way ends. Both nodes and the library stay. */
  settle(): Promise<void>
  stop(): Promise<void>
}

const [minute, day] = [60_000, 86_400_000]
const blockTime = 10 * minute
/** When the day's payouts are made: the farm asks for what it has, and the shop pays by itself who wants it. */
const evening = 22.5 * 60 * minute

export async function openTwoShops(options: {
  readonly seed: string
  /** Milliseconds since 1970, a midnight. */
  readonly startsAt: number
}): Promise<TwoShops> {
  const { seed, startsAt } = options
  await loadSwapKit()
  const clock = createVirtualClock({ startsAt })
  const markets = { library: buildMarket(clock, seed), bare: buildMarket(clock, seed) }
  const shop = openLibraryShop(markets.library, clock, seed)
  const bare = openBareShop(markets.bare)
  const record = emptyRecord()
  const { hubs, customers } = markets.library
  const aliases = new Map([...hubs, ...customers].map((one) => [one.publicKey, one.alias]))
  const notes = createNotes((key) => aliases.get(key) ?? key.slice(0, 10))
  const listeners: ((marker: Marker) => void)[] = []
  const underWay = new Set<Promise<void>>()
  const agenda: { readonly at: number; work(): void | Promise<void> }[] = []
  /** Of this story: whatever may go wrong at a shop is a line of its record. */
  const faults: unknown[] = []
  let isOpen = true

  const follow = (work: Promise<void>): void => {
    const followed = work
      .catch((error: unknown) => void faults.push(error))
      .finally(() => underWay.delete(followed))
    underWay.add(followed)
  }
  const at = (moment: number, work: () => void | Promise<void>): void => {
    const index = agenda.findIndex((one) => one.at > moment)
    agenda.splice(index < 0 ? agenda.length : index, 0, { at: moment, work })
  }
  const add = (marker: Marker): void => {
    record.markers.push(marker)
    for (const listener of listeners) listener(marker)
  }

  const nextBlock = (moment: number): void => {
    for (const { network } of Object.values(markets)) network.mine(1)
    follow(takeSample())
    at(moment + blockTime, () => nextBlock(moment + blockTime))
  }
  const takeSample = async (): Promise<void> => {
    const [library, without] = await Promise.all([look(markets.library), look(markets.bare)])
    record.samples.push({ at: clock.now(), library, bare: without })
  }

  const buy = async ({ customer, partner, amountSat }: Purchase, order: string): Promise<void> => {
    const buyer = markets.library.customers[customer]!.alias
    const sale: Sale = {
      ...{ at: clock.now(), customer: buyer, partner, amountSat },
      ...{ library: 'under-way', bare: 'under-way' },
    }
    record.sales.push(sale)
    const invoiceOfShop = async (): Promise<string> => {
      const { node } = shop
      if (!node) throw new Error('process-down')
      const input = { partner, amount: sat(amountSat) }
      // A process that dies meanwhile never answers; its customer goes after a minute.
      const gone = clock.sleep(minute).then(() => Promise.reject(new Error('process-down')))
      gone.catch(() => undefined)
      const made = node.invoices.create(input, { idempotencyKey: order })
      return (await Promise.race([made, gone])).paymentRequest
    }
    const pay = async (market: Market, ask: () => Promise<string>): Promise<string> => {
      try {
        const update = await market.customers[customer]!.pay(await ask())
        return update.state === 'succeeded' ? 'paid' : (update.failure ?? 'failed')
      } catch (error) {
        if (PaymentNodeError.is(error)) return error.code
        const isAway = market.lnd.lifecycle !== 'running'
        return isAway ? 'node.unavailable' : (error as Error).message
      }
    }
    const ends = await Promise.all([
      pay(markets.library, invoiceOfShop),
      pay(markets.bare, () => bare.sell(amountSat)),
    ])
    sale.library = ends[0]
    sale.bare = ends[1]
    // Before the library answers what it has done to the channels.
    await takeSample()
  }

  /** The farm has an invoice made for what it has earned; the other shop pays the same way, by hand. */
  const payFarm = async (date: string): Promise<void> => {
    const { node } = shop
    const bill = ({ wallet }: Market, amountSat: number): string =>
      wallet.createInvoice({ amountMsat: BigInt(amountSat) * 1000n }).paymentRequest
    const earned = record.sales.filter((one) => one.partner === 'farm' && one.bare === 'paid')
    const soldSat = earned.reduce((sum, { amountSat }) => sum + amountSat, 0)
    const owedSat = Math.floor(soldSat * (1 - feePpm / 1e6)) - paidFarmSat
    const paysByHand = async (): Promise<void> => {
      if (owedSat < 10_000) return
      if (await bare.payOut(bill(markets.bare, owedSat))) paidFarmSat += owedSat
    }
    const asks = async (): Promise<void> => {
      const { partners: all } = await node!.ledger.balances()
      const has = all.find(({ partner }) => partner === 'farm')?.available.msat ?? 0n
      // Half a percent stays for routing.
      const amountSat = Number((has * 995n) / 1_000_000n)
      if (amountSat < 10_000) return
      const destination = bill(markets.library, amountSat)
      await node!.payouts.request(
        { partner: 'farm', destination },
        { idempotencyKey: `farm-${date}` },
      )
    }
    await Promise.all([paysByHand(), node && asks().catch(tellError)])
    if (shop.node) await shop.node.payouts.runAutomatic().catch(tellError)
  }
  let paidFarmSat = 0
  const tellError = (error: unknown): void => {
    if (!PaymentNodeError.is(error)) throw error
    add({ at: clock.now(), kind: 'trouble', text: `refused: ${error.code}`, explains: [] })
  }

  const beginDay = (number: number): void => {
    if (!isOpen) return
    const midnight = startsAt + number * day
    planDay(seed, number).forEach((purchase, index) => {
      at(startsAt + purchase.at, () => {
        if (isOpen) follow(buy(purchase, `order-${number}/${index}`))
      })
    })
    at(midnight + evening, () => follow(payFarm(String(number))))
    at(midnight + day, () => beginDay(number + 1))
  }

  const opened = new Set<string>()
  shop.onEvent((event) => {
    if (event.type === 'channel.active') {
      const { isInitiator, channelPoint, peer, capacity } = event.data.channel
      if (isInitiator && !opened.has(channelPoint)) {
        bare.openLike(aliases.get(peer)!, capacity.msat / 1000n)
      }
      // It is told again after each outage.
      if (opened.has(channelPoint)) return
      opened.add(channelPoint)
    }
    const marker = notes.markerOf(event)
    if (marker) add(marker)
  })

  await clock.run(async () => {
    await shop.start()
    const address = await markets.library.wallet.lightning.onchain!.newAddress('taproot')
    for (const id of partners) {
      const payout = {
        bakery: { offchain: `bakery@${payeeHost}`, automatic: true, minimum: '200000 sat' },
        bikes: { onchain: address, automatic: true, minimum: '500000 sat' },
        farm: {},
      }[id]
      await shop.node!.partners.upsert({ id, fee: { ppm: feePpm }, payout })
    }
  })
  at(startsAt + blockTime, () => nextBlock(startsAt + blockTime))
  beginDay(0)

  const pass = async (milliseconds: number): Promise<void> => {
    const until = clock.now() + milliseconds
    for (;;) {
      const next = agenda[0]
      if (!next || next.at > until) break
      agenda.shift()
      await clock.advance(Math.max(0, next.at - clock.now()))
      // What it waits for may need time to move: it is followed, not awaited.
      follow((async () => next.work())())
    }
    await clock.advance(Math.max(0, until - clock.now()))
    if (faults.length > 0) throw faults[0]
  }

  return {
    record,
    shop,
    markets,
    aliases,
    now: () => clock.now(),
    pass,
    run: (work) => clock.run(work),
    note: (kind, text, explains = []) => add({ at: clock.now(), kind, text, explains }),
    onMarker: (listener) => void listeners.push(listener),
    later: (milliseconds, work) => at(clock.now() + milliseconds, work),
    async settle() {
      isOpen = false
      // Six blocks bury what is on chain, and a payment that hangs has ended by then.
      for (let blocks = 0; blocks < 8 || underWay.size > 0; blocks++) {
        if (blocks > 288) throw new Error('something under way does not end')
        await pass(blockTime)
      }
    },
    async stop() {
      await clock.run(shop.stop())
      await Promise.all(Object.values(markets).map((market) => market.close()))
    },
  }
}

async function look({ lnd }: Market): Promise<Liquidity | null> {
  const list = await lnd.lightning.listChannels().catch((): readonly NodeChannel[] | null => null)
  return list && liquidityOf(list)
}
