import { Amount } from '../domain/amount.ts'
import type { OpeningState } from '../domain/opening.ts'
import type { channelIntents } from '../tables/channel-intents.ts'
import type { Fields } from '../tables/table.ts'

/** A channel that somebody wanted open, and what became of it. */
export interface ChannelOpening {
  readonly id: string
  readonly source: 'keeper' | 'operator'
  readonly state: OpeningState
  /** Why it waits or how it ended: LND's or the peer's refusal (`too-small`, `peer-unreachable`, …), `halted`, `funding-canceled`. */
  readonly reason: string | null
  readonly peer: string
  readonly alias: string | null
  readonly capacity: Amount
  /** sat/vB of the funding transaction. */
  readonly feerate: number
  /** The most that the funding transaction may cost. */
  readonly feeLimit: Amount
  /** What it did cost; null until it is known. */
  readonly fee: Amount | null
  /** The coins that fund it, `txid:index`. */
  readonly outpoints: readonly string[]
  /** Funding outpoint, once LND has it. */
  readonly channelPoint: string | null
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly updatedAt: number
}

export function openingView(row: Fields<typeof channelIntents>): ChannelOpening {
  return {
    id: row.id,
    source: row.source as ChannelOpening['source'],
    state: row.state as OpeningState,
    reason: row.reason,
    peer: row.peer,
    alias: row.alias,
    capacity: new Amount(row.capacity_msat),
    feerate: row.sat_per_vbyte,
    feeLimit: new Amount(row.fee_limit_msat),
    fee: row.fee_msat === null ? null : new Amount(row.fee_msat),
    outpoints: row.outpoints as string[],
    channelPoint: row.channel_point,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
