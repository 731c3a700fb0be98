import type { PartnerInput } from '@payment-node/core'
import type { SeededRandom } from '../network/seeded-random.ts'
import { allFeatures, type Feature } from './features.ts'
import { partners } from './partners.ts'
import { type DaemonTrade, planDaemonSwaps } from './swaps/plan-daemon-swaps.ts'

/** What a host does that uses more than invoices; times are milliseconds since the run began, amounts are sat. */
export type Trade =
  /** The operator sets something of a partner. */
  | { readonly do: 'partner'; readonly at: number; readonly settings: PartnerInput }
  /** The same, with the partner's own Lightning address or on-chain address as destination. */
  | {
      readonly do: 'destination'
      readonly at: number
      readonly partner: string
      /** Another name is another address. */
      readonly account: string
      readonly kind: 'offchain' | 'onchain'
      readonly isAutomatic: boolean
      readonly minimumSat: number
    }
  | {
      readonly do: 'correct'
      readonly at: number
      readonly name: string
      readonly partner: string
      /** Negative: from the partner to the operator. */
      readonly amountSat: number
    }
  /** The books before these owed it to the partner. */
  | {
      readonly do: 'import'
      readonly at: number
      readonly partner: string
      readonly amountSat: number
    }
  /** Another program's invoice is taken over for a partner, so long after it was made. */
  | {
      readonly do: 'adopt'
      readonly at: number
      readonly name: string
      readonly partner: string
      readonly amountSat: number
      readonly paidAfter: number
      readonly adoptedAfter: number
    }
  | {
      readonly do: 'pay-address'
      readonly at: number
      readonly name: string
      readonly partner: string
      readonly amountSat: number | 'all'
      readonly payee: 'payee' | 'hostile'
      readonly tries: number
    }
  | {
      readonly do: 'pay-onchain'
      readonly at: number
      readonly name: string
      readonly partner: string
      readonly amountSat: number | 'all'
      readonly quick: boolean
      /** sat/vB. */
      readonly ceiling?: number
      /** Seconds. */
      readonly deadline?: number
      /** Milliseconds after it was asked for. */
      readonly canceledAfter?: number
      readonly releasedAfter?: number
    }
  | {
      readonly do: 'refund'
      readonly at: number
      readonly name: string
      /** The invoice action whose money goes back. */
      readonly invoice: string
      readonly way: 'invoice' | 'address' | 'onchain'
      readonly allowDebt: boolean
      /** Left out: all that is left of it. */
      readonly amountSat?: number
    }
  | { readonly do: 'automatic'; readonly at: number }
  | {
      readonly do: 'endpoint'
      readonly at: number
      readonly name: string
      /** Left out: the operator's. */
      readonly partner?: string
    }
  | {
      readonly do: 'endpoint-care'
      readonly at: number
      readonly name: string
      readonly care: 'disable' | 'test' | 'replay' | 'rotate' | 'remove'
    }
  /** The operator swaps; `provider`: only with this one (its position). */
  | {
      readonly do: 'swap'
      readonly at: number
      readonly name: string
      readonly amountSat: number
      readonly isWithdrawal: boolean
      readonly urgency: 'low' | 'normal' | 'urgent'
      readonly provider?: number
      /** Milliseconds after which its claim may cost so many satoshi more. */
      readonly raisedAfter?: number
      readonly raisedBySat?: number
    }
  /** A partner's payout on chain waits, and a swap's claim pays it. */
  | {
      readonly do: 'swap-payout'
      readonly at: number
      readonly name: string
      readonly partner: string
      readonly amountSat: number
      /** What is swapped beyond it. */
      readonly beyondSat: number
      /** Milliseconds after the payout was asked for. */
      readonly swapAfter: number
      readonly canceledAfter?: number
      readonly releasedAfter?: number
      /** Two swaps are asked for it at once. */
      readonly isAskedTwice: boolean
    }
  | DaemonTrade
  /** The operator trusts every provider again. */
  | { readonly do: 'trust-providers'; readonly at: number }
  /** The channels with the hub and the hostile peer become ours: the autopilot may use them. */
  | { readonly do: 'adopt-channels'; readonly at: number }
  | { readonly do: 'pause-autopilot'; readonly at: number; readonly forMilliseconds: number }
  | { readonly do: 'feerate'; readonly at: number; readonly satPerVbyte: number }
  | { readonly do: 'mine'; readonly at: number; readonly blocks: number }

/** An invoice of the plan; times are milliseconds since the run began. */
export interface Sold {
  readonly name: string
  readonly partner: string
  /** Undefined: nobody pays it. */
  readonly paidAt: number | undefined
}

/** Most features of one run: runs stay short, and what happens in them can be read. */
const most = 3

/** What the host of this seed uses. */
export function planFeatures(random: SeededRandom): readonly Feature[] {
  if (random.integer(100) < 25) return []
  const chosen = usual.filter((feature) => random.fork(feature).integer(100) < 34).slice(0, most)
  const hasDaemon = random.fork('delegated').integer(100) < delegating
  if (random.fork('swaps').integer(100) >= swapping)
    return hasDaemon ? [...chosen.slice(0, 1), 'delegated'] : chosen
  // Beside the others: money that is under way meets everything else.
  const swaps: Feature[] =
    random.fork('autopilot').integer(2) === 0 ? ['swaps'] : ['swaps', 'autopilot']
  return [...chosen.slice(0, 1), ...swaps, ...(hasDaemon ? (['delegated'] as const) : [])]
}

const usual = allFeatures.filter(
  (feature) => !(['swaps', 'autopilot', 'delegated'] as Feature[]).includes(feature),
)
/** Percent of the hosts with features that swap as well. */
const swapping = 25
/** Percent of the hosts with features, swapping or not, whose daemon swaps. */
const delegating = 15

/** What a host with these features does in `horizon` milliseconds. */
export function planTrades(
  random: SeededRandom,
  horizon: number,
  features: readonly Feature[],
  sold: readonly Sold[],
): Trade[] {
  const planners: Readonly<Record<Feature, (chance: Dice) => Trade[]>> = {
    settings: planSettings,
    lnurl: planAddresses,
    onchain: planOnchain,
    refunds: (chance) => planRefunds(chance, sold, features),
    automatic: (chance) => planAutomatic(chance, features),
    webhooks: planEndpoints,
    operator: planOperator,
    swaps: planSwaps,
    autopilot: planAutopilot,
    delegated: planDaemonSwaps,
  }
  return features.flatMap((feature) => planners[feature](dice(random.fork(feature), horizon)))
}

/** Chance, as planners use it. */
export interface Dice {
  between(from: number, to: number): number
  chance(percent: number): boolean
  pick<T>(all: readonly T[]): T
  /** When something may be done with the first money. */
  later(): number
  readonly horizon: number
}

/** Milliseconds in which the deposits are made. */
const deposits = 20_000

function dice(random: SeededRandom, horizon: number): Dice {
  const between = (from: number, to: number): number =>
    from + random.integer(Math.max(1, to - from))
  return {
    between,
    horizon,
    chance: (percent) => random.integer(100) < percent,
    pick: (all) => all[random.integer(all.length)]!,
    later: () => between(deposits, Math.max(horizon, deposits + 1)),
  }
}

function planSettings({ between, chance, pick, later, horizon }: Dice): Trade[] {
  const trades: Trade[] = []
  for (let count = between(1, 5); count > 0; count--) {
    const fee = pick([
      { fee: { ppm: between(0, 30_000), fixed: `${between(1, 20)} sat` as const } },
      { fee: null },
      {},
    ])
    const settings: PartnerInput = {
      id: pick(partners),
      ...fee,
      ...(chance(60) && { availableAfter: chance(20) ? null : between(5, 200) }),
      ...(chance(40) && { payout: { feesPaidBy: pick(['partner', 'operator'] as const) } }),
      ...(chance(30) && {
        caps: {
          perPayout: `${between(50_000, 800_000)} sat`,
          perDay: `${between(400_000, 1_500_000)} sat`,
        },
      }),
    }
    trades.push({ do: 'partner', at: between(0, horizon), settings })
  }
  for (const partner of partners) {
    if (!chance(25)) continue
    const [at, amountSat] = [later(), between(1, 200_000)]
    trades.push({ do: 'import', at, partner, amountSat })
  }
  for (let count = between(0, 3); count > 0; count--) {
    trades.push({
      do: 'adopt',
      at: later(),
      name: `taken-over-${count}`,
      partner: pick(partners),
      amountSat: between(1, 50_000),
      paidAfter: between(100, 60_000),
      adoptedAfter: between(100, 60_000),
    })
  }
  for (let count = between(0, 4); count > 0; count--) {
    const amountSat = between(1, 100_000) * pick([1, 1, -1])
    trades.push({
      do: 'correct',
      at: later(),
      name: `correction-${count}`,
      partner: pick(partners),
      amountSat,
    })
  }
  return trades
}

function planAddresses({ between, chance, pick, later }: Dice): Trade[] {
  const trades: Trade[] = []
  for (let count = between(2, 6); count > 0; count--) {
    trades.push({
      do: 'pay-address',
      at: later(),
      name: `address-${count}`,
      partner: pick(partners),
      amountSat: chance(15) ? 'all' : between(1, 150_000),
      payee: pick(['payee', 'payee', 'hostile'] as const),
      tries: between(1, 4),
    })
  }
  return trades
}

function planOnchain({ between, chance, pick, later, horizon }: Dice): Trade[] {
  const trades: Trade[] = []
  for (let count = between(2, 6); count > 0; count--) {
    const quick = chance(35)
    trades.push({
      do: 'pay-onchain',
      at: later(),
      name: `coins-${count}`,
      partner: pick(partners),
      amountSat: chance(10) ? 'all' : between(10_000, 150_000),
      quick,
      ...(!quick && chance(30) && { ceiling: between(2, 40) }),
      ...(!quick && chance(30) && { deadline: between(60, 400) }),
      ...(chance(20) && { canceledAfter: between(10, 60_000) }),
      ...(chance(25) && { releasedAfter: between(10, 90_000) }),
    })
  }
  // What a transaction was made for is not what blocks ask for an hour later.
  const rates = [1, 1, 2, 5, 15, 35, 60, 120, 400]
  for (let at = between(0, 60_000); at < horizon; at += between(20_000, 200_000)) {
    trades.push({ do: 'feerate', at, satPerVbyte: pick(rates) })
  }
  for (let at = between(0, 30_000); at < horizon; at += between(5000, 40_000)) {
    trades.push({ do: 'mine', at, blocks: 1 })
  }
  return trades
}

function planRefunds(
  { between, chance, pick, later }: Dice,
  sold: readonly Sold[],
  features: readonly Feature[],
): Trade[] {
  const ways = [
    'invoice',
    'invoice',
    ...(features.includes('lnurl') ? (['address'] as const) : []),
    ...(features.includes('onchain') ? (['onchain'] as const) : []),
  ] as const
  const trades: Trade[] = []
  const invoices = sold.map(({ name }) => name)
  const favourite = pick(invoices.filter((name) => name.startsWith('deposit')))
  for (let count = between(2, 6); count > 0; count--) {
    const way = pick(ways)
    trades.push({
      do: 'refund',
      at: later(),
      name: `refund-${count}`,
      // Several of one: together they must not be more than what came in.
      invoice: chance(50) ? favourite : pick(invoices),
      way,
      allowDebt: chance(40),
      // Sometimes nearly the whole deposit, which has been paid out by then: a debt, or a refusal.
      ...((way === 'invoice' || chance(50)) && {
        amountSat: chance(25) ? 890_000 : between(10_000, 400_000),
      }),
    })
  }
  const paid = sold.filter(({ paidAt }) => paidAt !== undefined)
  if (chance(60) && paid.length > 0) trades.push(...planDisputes(paid, ways))
  return trades

  /** Money is held for a while, and given back meanwhile, or just when it becomes available. */
  function planDisputes(among: readonly Sold[], by: typeof ways): Trade[] {
    const seconds = between(20, 120)
    const held: Trade[] = partners.map((id) => ({
      do: 'partner',
      at: 0,
      settings: { id, availableAfter: seconds },
    }))
    for (let count = between(1, 5); count > 0; count--) {
      const { name, paidAt = 0 } = pick(among)
      const end = paidAt + seconds * 1000
      held.push({
        do: 'refund',
        at: chance(50) ? end + between(-300, 300) : between(paidAt, end),
        name: `dispute-${count}`,
        invoice: name,
        way: pick(by),
        allowDebt: chance(40),
        amountSat: pick([between(1, 100), between(1000, 50_000), 890_000, 900_000]),
      })
    }
    return held
  }
}

/** Runs in which nobody else may be to pay, and blocks that take what is made. */
function planOperator({ between, later, horizon }: Dice): Trade[] {
  const trades: Trade[] = []
  for (let count = between(1, 5); count > 0; count--) trades.push({ do: 'automatic', at: later() })
  for (let at = between(0, 30_000); at < horizon; at += between(5000, 40_000))
    trades.push({ do: 'mine', at, blocks: 1 })
  return trades
}

/** Amounts between what is not worth it and what is above the cap; the budget is enough for a few. */
function planSwaps({ between, chance, pick, later, horizon }: Dice): Trade[] {
  const trades: Trade[] = []
  for (let count = between(1, 4); count > 0; count--) {
    const isRaised = chance(30)
    trades.push({
      do: 'swap',
      // Most of them early: blocks have to come before they end.
      at: chance(60) ? between(1000, Math.floor(horizon / 2)) : later(),
      name: `swap-${count}`,
      amountSat: chance(8) ? between(1000, 40_000) : between(150_000, 1_200_000),
      isWithdrawal: chance(25),
      urgency: pick(['low', 'normal', 'urgent'] as const),
      ...(chance(30) && { provider: between(0, 2) }),
      ...(isRaised && { raisedAfter: between(10, 120_000), raisedBySat: between(1, 5000) }),
    })
  }
  for (let count = between(0, 3); count > 0; count--) {
    trades.push({
      do: 'swap-payout',
      at: between(deposits, Math.max(deposits + 1, Math.floor(horizon / 2))),
      name: `through-${count}`,
      partner: pick(partners),
      amountSat: between(30_000, 250_000),
      beyondSat: pick([between(5000, 9000), between(20_000, 300_000)]),
      swapAfter: pick([0, 0, 100, 5000, 19_990, 20_010]),
      ...(chance(20) && { canceledAfter: between(10, 60_000) }),
      ...(chance(25) && { releasedAfter: between(10, 90_000) }),
      isAskedTwice: chance(25),
    })
  }
  const rates = [1, 1, 2, 5, 15, 60]
  for (let at = between(0, 60_000); at < horizon; at += between(30_000, 200_000))
    trades.push({ do: 'feerate', at, satPerVbyte: pick(rates) })
  for (let at = between(0, 20_000); at < horizon; at += between(3000, 30_000))
    trades.push({ do: 'mine', at, blocks: 1 })
  for (let at = between(60_000, 200_000); at < horizon; at += between(60_000, 300_000))
    trades.push({ do: 'trust-providers', at })
  return trades
}

function planAutopilot({ between, chance, later }: Dice): Trade[] {
  const trades: Trade[] = [{ do: 'adopt-channels', at: between(0, 60_000) }]
  if (chance(25))
    trades.push({ do: 'pause-autopilot', at: later(), forMilliseconds: between(1000, 120_000) })
  return trades
}

function planAutomatic(
  { between, chance, pick, later, horizon }: Dice,
  features: readonly Feature[],
): Trade[] {
  const trades: Trade[] = []
  for (const partner of partners) {
    if (chance(30)) continue
    const kinds = features.includes('onchain')
      ? pick([['offchain'], ['onchain'], ['offchain', 'onchain']] as const)
      : (['offchain'] as const)
    for (const kind of kinds) {
      trades.push({
        do: 'destination',
        at: between(0, 30_000),
        partner,
        account: partner,
        kind,
        isAutomatic: true,
        minimumSat: between(20_000, 500_000),
      })
    }
    if (chance(50)) {
      trades.push({
        do: 'destination',
        at: between(30_000, horizon),
        partner,
        account: `${partner}-new`,
        kind: kinds[0],
        isAutomatic: chance(80),
        minimumSat: between(20_000, 500_000),
      })
    }
  }
  for (let count = between(0, 4); count > 0; count--) {
    trades.push({ do: 'automatic', at: later() })
  }
  return trades
}

function planEndpoints({ between, chance, pick, later, horizon }: Dice): Trade[] {
  const trades: Trade[] = []
  const owners = [undefined, ...partners].filter(() => chance(65))
  for (const [position, partner] of (owners.length > 0 ? owners : [undefined]).entries()) {
    const name = `receiver-${position + 1}`
    trades.push({
      do: 'endpoint',
      at: between(0, Math.floor(horizon / 2)),
      name,
      ...(partner !== undefined && { partner }),
    })
    for (let count = between(0, 4); count > 0; count--) {
      const care = pick(['disable', 'test', 'replay', 'rotate', 'rotate', 'remove'] as const)
      trades.push({ do: 'endpoint-care', at: later(), name, care })
    }
  }
  return trades
}
