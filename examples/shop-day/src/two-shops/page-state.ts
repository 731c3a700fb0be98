import type { MoneyFlow } from './money-flows.ts'
import { lostSales, type Marker, type Side, shareOf, type TwoShopsRecord } from './record.ts'

/** What the page draws of the two shops. Times: milliseconds since 1970; amounts: sat. */
export interface TwoShopsState {
  readonly from: number
  readonly to: number
  /** Inbound shares, 0 to 1; null: LND was away. */
  readonly samples: readonly (readonly [at: number, library: number | null, bare: number | null])[]
  readonly markers: readonly (Omit<Marker, 'explains'> & {
    /** Position in the record. */
    readonly id: number
    readonly isExplained: boolean
  })[]
  /** What was lost before `from`. */
  readonly lostBefore: Readonly<Record<Side, number>>
  /** Each sale that came to nothing at one of the two. */
  readonly lost: readonly (readonly [at: number, sat: number, library: boolean, bare: boolean])[]
  readonly sides: Readonly<Record<Side, SideNumbers>>
  readonly flows: readonly { readonly from: string; readonly to: string; readonly sat: number }[]
}

/** How a shop did. */
export interface SideNumbers {
  readonly wanted: number
  readonly paid: number
  readonly paidSat: number
  readonly lost: number
  readonly lostSat: number
  /** Reasons of what was lost. */
  readonly reasons: readonly (readonly [string, number])[]
}

export function pageState(
  { samples, sales, markers }: TwoShopsRecord,
  flows: readonly MoneyFlow[],
  { from, to }: Pick<TwoShopsState, 'from' | 'to'>,
): TwoShopsState {
  const isLost = (end: string): boolean => end !== 'paid' && end !== 'under-way'
  const isShown = ({ at }: { readonly at: number }): boolean => at >= from
  const before = (which: Side): number =>
    sales
      .filter((sale) => sale.at < from && isLost(sale[which]))
      .reduce((sum, { amountSat }) => sum + amountSat, 0)
  const side = (which: Side): SideNumbers => {
    const paid = sales.filter((sale) => sale[which] === 'paid')
    const lost = [...lostSales(sales, which)]
    return {
      wanted: sales.length,
      paid: paid.length,
      paidSat: paid.reduce((sum, { amountSat }) => sum + amountSat, 0),
      lost: lost.reduce((sum, [, { times }]) => sum + times, 0),
      lostSat: lost.reduce((sum, [, one]) => sum + one.sat, 0),
      reasons: lost.map(([reason, { times }]) => [reason, times]),
    }
  }
  return {
    from,
    to,
    samples: samples
      .filter(isShown)
      .map(({ at, library, bare }) => [at, shareOf(library), shareOf(bare)]),
    markers: markers
      .map(({ at, kind, text, explains }, id) => ({
        ...{ id, at, kind, text },
        isExplained: explains.length > 0,
      }))
      .filter(isShown),
    lostBefore: { library: before('library'), bare: before('bare') },
    lost: sales
      .filter(({ library, bare }) => isLost(library) || isLost(bare))
      .filter(isShown)
      .map(({ at, amountSat, library, bare }) => [at, amountSat, isLost(library), isLost(bare)]),
    sides: { library: side('library'), bare: side('bare') },
    flows: flows.map((flow) => ({
      from: flow.from,
      to: flow.to,
      sat: Number(flow.amountMsat) / 1000,
    })),
  }
}
