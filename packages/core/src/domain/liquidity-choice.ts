import type { LiquidityNeed } from './liquidity-need.ts'
import {
  afterTaking,
  closesOf,
  type LiquidityLever,
  type LiquidityOption,
  type OptionRefusal,
  type Room,
  refusalOf,
  swapOption,
  wholeOptions,
} from './liquidity-options.ts'
import { comesSoon } from './liquidity-refusals.ts'
import type { LiquiditySettings, LiquiditySnapshot, SwapOffer } from './liquidity-snapshot.ts'

/** An option that is not taken, and why. */
export interface RejectedOption extends LiquidityOption {
  readonly refusal: OptionRefusal
}

/** How many rejected options are named. */
const mostRejected = 50

/** At the same price. */
const preference: readonly LiquidityLever[] = [
  'pay-partner',
  'pay-partner-through-swap',
  'swap',
  'close',
  'buy',
]

/**
 * The cheapest options that are allowed, one after the other, until nothing is missing. What is left only
 * shrinks, so that an option that was refused once is not looked at again. A close comes last, where none of
 * them is taken or soon can be: whatever its price, it brings nothing that can be received.
 */
export function chooseOptions(
  snapshot: LiquiditySnapshot,
  settings: LiquiditySettings,
  need: LiquidityNeed,
): { readonly actions: readonly LiquidityOption[]; readonly rejected: readonly RejectedOption[] } {
  let room: Room = {
    missingMsat: need.missingMsat,
    movableMsat: need.movableMsat,
    swappableMsat: snapshot.swappableMsat,
    budgetMsat: snapshot.budgetLeftMsat,
  }
  let isSoon = false
  const refusal = (option: LiquidityOption): OptionRefusal | undefined => {
    const reason = refusalOf(option, snapshot, settings, need, room)
    if (reason && option.lever !== 'close') isSoon ||= comesSoon(reason)
    return reason
  }
  const ranked = sortCheapestFirst(wholeOptions(snapshot))
  const rejected: RejectedOption[] = []
  const actions: LiquidityOption[] = []
  // Each payout and each partner is paid once, each channel bought once, and each provider asked for one swap.
  const [payouts, partners, bought] = [new Set<string>(), new Set<string>(), new Set<string>()]
  const takenOf = ({ lever, payout }: LiquidityOption): Set<string> => {
    if (payout !== null) return payouts
    return lever === 'buy' ? bought : partners
  }
  let offers = snapshot.swaps
  const priced = new Map<SwapOffer, LiquidityOption>()
  const swapWith = (offer: SwapOffer): LiquidityOption => {
    const swap = swapOption(offer, room, priced.get(offer))
    priced.set(offer, swap)
    return swap
  }
  let next = 0
  while (room.missingMsat >= settings.minimumMsat) {
    let best: LiquidityOption | undefined
    for (; next < ranked.length; next++) {
      const option = ranked[next]!
      const isTaken = takenOf(option).has(option.payout ?? option.subject)
      const reason = isTaken ? 'not-needed' : refusal(option)
      if (!reason) {
        best = option
        break
      }
      if (rejected.length < mostRejected) rejected.push({ ...option, refusal: reason })
    }
    // Nothing is cheaper than what costs nothing.
    const isFree = best !== undefined && best.pricePpm <= 0
    for (const offer of isFree ? [] : offers) {
      const swap = swapWith(offer)
      const isDearer = best !== undefined && cheapestFirst(best, swap) <= 0
      if (!isDearer && !refusal(swap)) best = swap
    }
    if (!best) break
    if (best.lever === 'swap') {
      const provider = best.offer?.provider
      offers = offers.filter((offer) => offer.provider !== provider)
    } else {
      takenOf(best).add(best.payout ?? best.subject)
      next++
    }
    actions.push(best)
    room = afterTaking(room, best)
  }
  const isFilled = room.missingMsat < settings.minimumMsat
  for (const option of [...offers.map(swapWith), ...ranked.slice(next, next + mostRejected)]) {
    const reason = isFilled ? undefined : refusal(option)
    if (rejected.length < mostRejected)
      rejected.push({ ...option, refusal: reason ?? 'not-needed' })
  }
  // Last, and one: what brings inbound comes first, also when it only has to wait.
  const hasHope = actions.length > 0 || isSoon
  for (const option of sortCheapestFirst(closesOf(snapshot, settings))) {
    const isTaken = actions.some(({ lever }) => lever === 'close')
    const early = isFilled || isTaken ? 'not-needed' : hasHope ? 'brings-no-inbound' : undefined
    const reason = early ?? refusal(option)
    if (!reason) actions.push(option)
    else rejected.push({ ...option, refusal: reason })
  }
  return { actions, rejected: sortCheapestFirst(rejected).slice(0, mostRejected) }
}

/** By price, then by the operator's preference, then by name: always the same order. */
function cheapestFirst(one: LiquidityOption, other: LiquidityOption): number {
  return (
    one.pricePpm - other.pricePpm ||
    preference.indexOf(one.lever) - preference.indexOf(other.lever) ||
    one.leadTime - other.leadTime ||
    compare(one.subject, other.subject) ||
    compare(one.payout ?? '', other.payout ?? '') ||
    compare(one.offer?.provider ?? '', other.offer?.provider ?? '')
  )
}

function sortCheapestFirst<Option extends LiquidityOption>(options: readonly Option[]): Option[] {
  return options.length < 2 ? [...options] : options.toSorted(cheapestFirst)
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
