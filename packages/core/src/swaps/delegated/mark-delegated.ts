import type { DelegatedSwapState } from '../../domain/swap.ts'
import { newEvent } from '../../events/new-event.ts'
import type { NewEvent, Refused, Write } from '../../ports/storage.ts'
import { record } from '../../record.ts'
import { swaps } from '../../tables/swaps.ts'
import { type Fields, type RowOf, update } from '../../tables/table.ts'
import type { Pursuit } from '../../transactions/mark-transaction.ts'
import { swapView } from '../swap-view.ts'
import { type DelegatedFact, stepDelegatedSwap } from './step-delegated-swap.ts'

export type DelegatedRow = RowOf<typeof swaps>

/** Who ends a swap: the worker that leads, or an operator's verb in any process. */
export type DelegatedEnding = Omit<Pursuit, 'leadership'> & Partial<Pick<Pursuit, 'leadership'>>

/** What one change does to a daemon's swap. */
export interface DelegatedMark {
  readonly fact?: DelegatedFact
  readonly set?: Partial<Fields<typeof swaps>>
  readonly writes?: readonly Write[]
  readonly event?:
    | 'swap.claimed'
    | 'swap.failed'
    | 'swap.lost'
    | 'swap.needs-operator'
    | 'swap.lockup-overdue'
  readonly events?: readonly NewEvent[]
}

/**
 * One change to a daemon's swap, with its event. Answers the refusal when something was changed meanwhile: then it is
 * decided anew. Throws when the fact cannot be true.
 */
export async function markDelegated(
  { context, identity, leadership }: DelegatedEnding,
  row: DelegatedRow,
  { fact, set = {}, writes = [], event, events = [] }: DelegatedMark,
): Promise<Refused | undefined> {
  let state = row.state as DelegatedSwapState
  if (fact) {
    const step = stepDelegatedSwap(state, fact)
    if (!step.ok) throw new Error(`swap ${row.id} is ${state}: ${fact} is ${step.refusal}`)
    state = step.state
  }
  const changed = { ...set, state, updated_at: context.clock.now() }
  const swap = swapView({ ...row, ...changed })
  const change = {
    writes: [update(swaps, row, changed), ...writes],
    events: [
      ...(event ? [newEvent(context, identity, event, `swap/${row.id}`, { swap })] : []),
      ...events,
    ],
    ...(leadership && { fence: leadership.fence }),
  }
  return record(context, change, async () => {
    const now = await context.storage.get(swaps, [row.id])
    return now?.revision === row.revision + 1 && now.state === state
  })
}
