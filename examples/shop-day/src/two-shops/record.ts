import { type NodeChannel, nodeLiquidity } from '@payment-node/core'

/** What both shops went through. Times: milliseconds since 1970; amounts in msat. */
export interface TwoShopsRecord {
  readonly samples: Sample[]
  readonly sales: Sale[]
  readonly markers: Marker[]
}

/** Which of the two. */
export type Side = 'library' | 'bare'

/** What both nodes could receive and send at one moment. null: LND was away. */
export interface Sample {
  readonly at: number
  readonly library: Liquidity | null
  readonly bare: Liquidity | null
}

export interface Liquidity {
  readonly receivableMsat: bigint
  readonly sendableMsat: bigint
}

/** One purchase, and what became of it at each shop. */
export interface Sale {
  readonly at: number
  readonly customer: string
  readonly partner: string
  readonly amountSat: number
  library: SaleEnd
  bare: SaleEnd
}

/** `under-way`, `paid`, or why not: an error code, or the failure that the customer's node told. */
export type SaleEnd = string

/** What a point on the chart is about. */
export type MarkerKind =
  | 'opened'
  | 'drain'
  | 'swap'
  | 'swap-failed'
  | 'partner'
  | 'blocked'
  | 'trouble'
  | 'back'
  | 'pressed'

/** Something that was done, or that happened. */
export interface Marker {
  readonly at: number
  readonly kind: MarkerKind
  readonly text: string
  /** What opens: runs of the autopilot's journal, swaps, payouts, openings. */
  readonly explains: readonly Explains[]
}

/** Names something that can be explained. */
export interface Explains {
  readonly kind: 'run' | 'swap' | 'payout' | 'opening'
  readonly id: string
}

export function emptyRecord(): TwoShopsRecord {
  return { samples: [], sales: [], markers: [] }
}

/** By the library's own measure, for whichever shop. */
export function liquidityOf(channels: readonly NodeChannel[]): Liquidity {
  return nodeLiquidity(channels)
}

/** Receivable of both, 0 to 1; null where there is nothing. */
export function shareOf(liquidity: Liquidity | null): number | null {
  if (!liquidity) return null
  const { receivableMsat, sendableMsat } = liquidity
  const whole = receivableMsat + sendableMsat
  return whole === 0n ? null : Number((receivableMsat * 10_000n) / whole) / 10_000
}

/** Sales of a side that came to nothing, by reason, with what they would have brought. */
export function lostSales(
  sales: readonly Sale[],
  side: Side,
): ReadonlyMap<string, { readonly times: number; readonly sat: number }> {
  const lost = new Map<string, { times: number; sat: number }>()
  for (const sale of sales) {
    const end = sale[side]
    if (end === 'paid' || end === 'under-way') continue
    const known = lost.get(end) ?? { times: 0, sat: 0 }
    lost.set(end, { times: known.times + 1, sat: known.sat + sale.amountSat })
  }
  return lost
}
