import type { ClosingState } from '../domain/closing.ts'
import type { closeIntents } from '../tables/channel-intents.ts'
import type { Fields } from '../tables/table.ts'

/** A close that the operator or the autopilot asked for, and what became of it. */
export interface ChannelClosing {
  /** Funding outpoint, `txid:index`. */
  readonly channelPoint: string
  /** `refused`: it never can be closed by us; `closed`: also resolved on the chain. */
  readonly state: ClosingState
  /** Why it waits or was refused: LND's refusal (`peer-offline`, `htlcs-pending`, …), `node-behind`; `under-way`: closed without this call. */
  readonly reason: string | null
  readonly isForce: boolean
  /** sat/vB; null: LND chooses. */
  readonly feerate: number | null
  /** Another channel may be opened instead. */
  readonly isReplaced: boolean
  /** The autopilot's run that it follows from (`liquidity.explain`); null: the operator asked. */
  readonly decision: string | null
  /** Why, in the operator's words. */
  readonly says: string
  readonly closingTransaction: string | null
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly updatedAt: number
}

export function closingView(row: Fields<typeof closeIntents>): ChannelClosing {
  return {
    channelPoint: row.channel_point,
    state: row.state as ClosingState,
    reason: row.reason,
    isForce: row.is_force,
    feerate: row.sat_per_vbyte === 0 ? null : row.sat_per_vbyte,
    isReplaced: row.is_replaced,
    decision: row.decision,
    says: row.says,
    closingTransaction: row.closing_transaction,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
