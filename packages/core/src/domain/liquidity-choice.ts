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
import type { LiquiditySettings, LiquiditySnapshot } from './liquidity-snapshot.ts'

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
    swappableMsat: swappable(snapshot, settings, need),
    budgetMsat: snapshot.budgetLeftMsat,
  }
  let isSoon = false
  const refusal = (option: LiquidityOption): OptionRefusal | undefined => {
    const reason = refusalOf(option, snapshot, settings, need, room)
    if (reason && option.lever !== 'close') isSoon ||= comesSoon.has(reason)
    return reason
  }
  const ranked = sortCheapestFirst(wholeOptions(snapshot))
  const rejected: RejectedOption[] = []
  const actions: LiquidityOption[] = []
  // Each payout and each partner is paid once, each channel bought once, and each provider asked for one swap.
  const taken = new Set<string>()
  let swaps: readonly LiquidityOption[] = []
  const swapsWithin = (left: Room): readonly LiquidityOption[] => {
    const offers = snapshot.swaps.filter(({ provider }) => !taken.has(swapKey(provider)))
    swaps = offers.map((offer) =>
      swapOption(
        offer,
        left,
        swaps.find((swap) => swap.offer === offer),
      ),
    )
    return swaps
  }
  let next = 0
  while (room.missingMsat >= settings.minimumMsat) {
    let whole: LiquidityOption | undefined
    for (; next < ranked.length; next++) {
      const option = ranked[next]!
      const reason = taken.has(keyOf(option)) ? 'not-needed' : refusal(option)
      if (!reason) {
        whole = option
        break
      }
      if (rejected.length < mostRejected) rejected.push({ ...option, refusal: reason })
    }
    // Nothing is cheaper than what costs nothing.
    const isFree = whole !== undefined && whole.pricePpm <= 0
    const [swap] = sortCheapestFirst(
      isFree ? [] : swapsWithin(room).filter((option) => !refusal(option)),
    )
    const best = !swap || (whole && cheapestFirst(whole, swap) < 0) ? whole : swap
    if (!best) break
    if (best === whole) next++
    taken.add(keyOf(best))
    actions.push(best)
    room = afterTaking(room, best)
  }
  const isFilled = room.missingMsat < settings.minimumMsat
  for (const option of [...swapsWithin(room), ...ranked.slice(next, next + mostRejected)]) {
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

/** What helps really, and is only waited for. What is too dear for now is not: it may be too dear for long. */
const comesSoon: ReadonlySet<OptionRefusal> = new Set<OptionRefusal>([
  'feerate-not-low',
  'in-flight-cap',
  'failed-lately',
])

function keyOf({ lever, subject, payout, offer }: LiquidityOption): string {
  if (lever === 'swap') return swapKey(offer?.provider ?? '')
  if (payout !== null) return `payout ${payout}`
  return lever === 'close' || lever === 'buy' ? `${lever} ${subject}` : `partner ${subject}`
}

function swapKey(provider: string): string {
  return `swap ${provider}`
}

/** What may go into swaps besides those under way. */
function swappable(
  { swappingMsat }: LiquiditySnapshot,
  { swappingShare }: LiquiditySettings,
  { sendableMsat }: LiquidityNeed,
): bigint {
  const mostMsat = ((sendableMsat + swappingMsat) * BigInt(swappingShare)) / 1_000_000n
  return mostMsat > swappingMsat ? mostMsat - swappingMsat : 0n
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
