import type { Context, Identity } from '../context.ts'
import type { ProviderOutcome } from '../domain/provider-health.ts'
import type { SwapState } from '../domain/swap.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { swaps } from '../tables/swaps.ts'
import type { Fields, RowOf } from '../tables/table.ts'
import { noteOutcome } from './provider-health.ts'

/** Blocks in which a provider that holds a payment gets its lockup into the chain. */
const lockupBlocks = 6

/** Blocks for a daemon: its server may gather several lockups for half an hour first. */
const daemonBlocks = 12

/** States in which a payment may be held for a lockup. */
const waiting: readonly (SwapState | 'requested' | 'accepted')[] = [
  'paying',
  'held',
  'lockup-seen',
  'requested',
  'accepted',
]

type Row = RowOf<typeof swaps>

/** Whether a payment is held for longer than its lockup may take, and nobody has noted that yet. */
export function isNewlyOverdue(context: Context, row: Row): boolean {
  return (
    row.overdue_at === null &&
    waiting.some((state) => state === row.state) &&
    isHeldLong(context, row)
  )
}

/** Whether so many blocks have come since its payment was first seen. */
export function isHeldLong({ live, settings }: Context, row: Row): boolean {
  if (row.held_height === null) return false
  const usual = row.custody === 'delegated' ? daemonBlocks : lockupBlocks
  const blocks = usual + settings.swapping.confirmations - 1
  return (live.info?.blockHeight ?? 0) - row.held_height >= blocks
}

/** What the change holds that notes it: the provider answers for it now, not in a day when the payment is back. */
export async function overdueMark(
  context: Context,
  identity: Identity,
  row: Row,
): Promise<{
  readonly set: Partial<Fields<typeof swaps>>
  readonly writes: readonly Write[]
  readonly events: readonly NewEvent[]
}> {
  const { writes, events } = await noteOutcome(context, identity, {
    provider: row.provider,
    outcome: 'failed',
    reason: 'lockup-overdue',
    says: 'It holds a payment, and its lockup does not come.',
  })
  context.logger.warn('the provider of a swap holds its payment, and no lockup comes', {
    swap: row.id,
    provider: row.provider,
  })
  return { set: { overdue_at: context.clock.now() }, writes, events }
}

/** What its provider has answered for is not counted again when it ends. */
export function outcomeOnce(
  { overdue_at: overdueAt }: Pick<Row, 'overdue_at'>,
  outcome: ProviderOutcome,
): ProviderOutcome {
  return outcome === 'failed' && overdueAt !== null ? 'given-back' : outcome
}

/** The swaps whose payment is held for too long, and has not come back. */
export async function overdueSwaps(
  { storage }: Context,
  { publicKey }: Identity,
): Promise<readonly Row[]> {
  const found = await Promise.all(
    waiting.map((state) =>
      storage.find(swaps, { index: 'state', equals: [publicKey, state], limit: 1000 }),
    ),
  )
  return found.flat().filter(({ overdue_at: overdueAt }) => overdueAt !== null)
}
