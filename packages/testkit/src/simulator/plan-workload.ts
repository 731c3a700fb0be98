import type { SeededRandom } from '../network/seeded-random.ts'
import { partners } from './partners.ts'
import type { Trade } from './plan-trades.ts'

/** Somebody does something; times are milliseconds since the run began, amounts are sat. */
export type Action =
  | {
      readonly do: 'invoice'
      readonly at: number
      /** Names it in traces, and is its idempotency key. */
      readonly name: string
      readonly partner: string
      /** null: the payer chooses. */
      readonly amountSat: number | null
      readonly expirySeconds: number
      /** How long after it was given out somebody pays; undefined: nobody does. */
      readonly paidAfter?: number
      /** What is paid, when it is not what was asked. */
      readonly paidSat?: number
      /** The host cancels it so long after. */
      readonly canceledAfter?: number
      /** Parts per million that the operator keeps of it. */
      readonly commissionPpm?: number
    }
  | {
      readonly do: 'payout'
      readonly at: number
      readonly name: string
      readonly partner: string
      readonly amountSat: number
      readonly payee: 'payee' | 'hostile' | 'island'
      /** The invoice names no amount. */
      readonly isOpenAmount: boolean
      readonly expirySeconds: number
      /** When it failed for certain the host asks again, with a new invoice for the same debt. */
      readonly tries: number
    }
  | { readonly do: 'halt'; readonly at: number; readonly forMilliseconds: number }
  /** The operator wants a channel to a listed peer (its position in the list). */
  | {
      readonly do: 'open'
      readonly at: number
      readonly name: string
      readonly peer: number
      readonly capacitySat: number
    }
  /** The operator closes some channel that we opened: the one of this position among them then. */
  | {
      readonly do: 'close'
      readonly at: number
      readonly position: number
      readonly force: boolean
    }
  | { readonly do: 'pause-keeper'; readonly at: number; readonly forMilliseconds: number }
  | Trade

/** Milliseconds in which the deposits are made that later payouts spend. */
const deposits = 20_000

/** What the host, payers and payees do in `horizon` milliseconds. */
export function planWorkload(random: SeededRandom, horizon: number): Action[] {
  const actions: Action[] = []
  for (const partner of partners) {
    actions.push({
      do: 'invoice',
      at: 0,
      name: `deposit-${partner}`,
      partner,
      amountSat: 900_000,
      expirySeconds: 600,
      paidAfter: 500,
    })
  }
  const between = (from: number, to: number): number => from + random.integer(to - from)
  const chance = (percent: number): boolean => random.integer(100) < percent
  const pick = <T>(all: readonly T[]): T => all[random.integer(all.length)]!

  const invoices = between(5, 12)
  for (let count = 1; count <= invoices; count++) {
    const isOpen = chance(15)
    const amountSat = between(1, 50_000)
    const paid = chance(80)
    actions.push({
      do: 'invoice',
      at: between(0, horizon),
      name: `invoice-${count}`,
      partner: pick(partners),
      amountSat: isOpen ? null : amountSat,
      expirySeconds: pick([60, 120, 300, 600]),
      ...(paid && { paidAfter: between(100, 90_000) }),
      ...(paid && (isOpen || chance(20)) && { paidSat: amountSat + random.integer(amountSat) }),
      ...(chance(15) && { canceledAfter: between(1000, 60_000) }),
    })
  }
  const payouts = between(3, 8)
  for (let count = 1; count <= payouts; count++) {
    actions.push({
      do: 'payout',
      at: between(deposits, horizon),
      name: `payout-${count}`,
      partner: pick(partners),
      amountSat: chance(10) ? between(600_000, 1_000_000) : between(1, 120_000),
      payee: pick(['payee', 'payee', 'payee', 'hostile', 'hostile', 'island']),
      isOpenAmount: chance(15),
      expirySeconds: pick([130, 300, 600]),
      tries: between(1, 4),
    })
  }
  if (chance(30)) {
    // Everybody wants his money at the same moment, and more of it than there is.
    const at = between(deposits, horizon)
    const partner = pick(partners)
    for (let count = between(3, 7); count > 0; count--) {
      actions.push({
        do: 'payout',
        at: at + between(0, 3),
        name: `rush-${count}`,
        partner,
        amountSat: between(200_000, 500_000),
        payee: pick(['payee', 'hostile']),
        isOpenAmount: false,
        expirySeconds: 300,
        tries: 1,
      })
    }
  }
  if (chance(25)) {
    actions.push({
      do: 'halt',
      at: between(deposits, horizon),
      forMilliseconds: between(1000, 120_000),
    })
  }
  for (let at = between(0, 60_000); at < horizon; at += between(20_000, 400_000)) {
    actions.push({ do: 'mine', at, blocks: 1 })
  }
  return actions.sort((one, other) => one.at - other.at)
}

/** What the operator does with channels, beside the keeper. */
export function planChannels(random: SeededRandom, horizon: number): Action[] {
  const actions: Action[] = []
  const some = (most: number): number => random.integer(most + 1)
  for (let count = some(2); count > 0; count--) {
    actions.push({
      do: 'open',
      at: random.integer(horizon),
      name: `channel-${count}`,
      peer: random.integer(4),
      capacitySat: 300_000 + random.integer(3_000_000),
    })
  }
  for (let count = some(2); count > 0; count--) {
    actions.push({
      do: 'close',
      at: random.integer(horizon),
      position: random.integer(4),
      force: random.integer(3) === 0,
    })
  }
  if (random.integer(4) === 0) {
    actions.push({
      do: 'pause-keeper',
      at: random.integer(horizon),
      forMilliseconds: random.integer(120_000),
    })
  }
  // A channel wants blocks.
  for (let at = random.integer(30_000); at < horizon; at += 10_000 + random.integer(50_000)) {
    actions.push({ do: 'mine', at, blocks: 1 })
  }
  return actions
}
