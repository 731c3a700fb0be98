import { createSeededRandom } from '@payment-node/testkit'

/** Somebody wants to buy something. The same for every shop of the same seed. */
export interface Purchase {
  /** Milliseconds since the beginning. */
  readonly at: number
  /** Which customer: a position. */
  readonly customer: number
  readonly partner: string
  readonly amountSat: number
}

export const partners = ['bakery', 'farm', 'bikes'] as const

const [hour, day] = [3_600_000, 86_400_000]
/** A shop opens at 7 and closes at 22. */
const [opens, closes] = [7 * hour, 22 * hour]
const perDay = 48
const customers = 4

/** What is bought on one day, in order; `number` counts from zero. */
export function planDay(seed: string, number: number): readonly Purchase[] {
  const random = createSeededRandom(`${seed}/day ${number}`)
  const purchases = Array.from({ length: perDay }, () => ({
    at: number * day + opens + random.integer(closes - opens),
    customer: random.integer(customers),
    partner: partners[random.integer(partners.length)]!,
    // Mostly small things, now and then a bicycle.
    amountSat: 5_000 + random.integer(random.integer(4) === 0 ? 600_000 : 160_000),
  }))
  return purchases.toSorted((one, other) => one.at - other.at)
}
