import type { Context } from './context.ts'
import { Amount } from './domain/amount.ts'
import { nodeLiquidity } from './domain/channel.ts'
import type { NodeSnapshot } from './events.ts'
import { readSafety } from './safety/require-not-halted.ts'
import { degradedReason, nodeSnapshot } from './workers/node-state.ts'

/** What a probe needs; never throws and costs LND nothing. */
export interface Status {
  readonly state: 'stopped' | 'starting' | 'ready' | 'degraded' | 'stopping'
  /** Milliseconds since 1970 of the last change of `state`. */
  readonly since: number
  /** Why it is degraded. */
  readonly reason: string | null
  /** What to do about it. */
  readonly advice: string | null
  readonly node: NodeSnapshot | null
  readonly blockHeight: number | null
  /** This process receives and pays; another one may instead. */
  readonly isLeader: boolean
  /** Outgoing money is halted; null while the books cannot be read. */
  readonly isHalted: boolean | null
  /** What should be mended in the options, or keeps payments from going out, one sentence each; the log has told it. */
  readonly warnings: readonly string[]
  /** As last seen; null before the channels were read. */
  readonly liquidity: {
    readonly sendable: Amount
    readonly receivable: Amount
    readonly channels: number
  } | null
}

export async function readStatus(context: Context): Promise<Status> {
  const { live } = context
  const isOpen = live.state !== 'stopped' && live.identity !== undefined
  const safety = isOpen
    ? await readSafety(context, live.identity!).catch(() => undefined)
    : undefined
  const liquidity = live.channels && nodeLiquidity(live.channels.list)
  return {
    state: live.state,
    since: live.since,
    reason: live.state === 'degraded' && live.trouble ? degradedReason(live.trouble) : null,
    advice: live.state === 'degraded' ? (live.trouble?.advice ?? null) : null,
    node: live.info ? nodeSnapshot(live.info) : null,
    blockHeight: live.info?.blockHeight ?? null,
    isLeader: live.leadership?.isFresh() ?? false,
    isHalted: safety?.is_halted ?? null,
    warnings: live.warnings,
    liquidity: liquidity
      ? {
          sendable: new Amount(liquidity.sendableMsat),
          receivable: new Amount(liquidity.receivableMsat),
          channels: live.channels!.list.filter((channel) => channel.isActive).length,
        }
      : null,
  }
}
