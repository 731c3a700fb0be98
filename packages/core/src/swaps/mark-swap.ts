import { type SwapFact, type SwapState, stepSwap } from '../domain/swap.ts'
import { newEvent } from '../events/new-event.ts'
import type { EventType } from '../events.ts'
import type { NewEvent, Refused, Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { swaps } from '../tables/swaps.ts'
import { type Fields, type RowOf, update } from '../tables/table.ts'
import type { Pursuit } from '../transactions/mark-transaction.ts'
import { swapView } from './swap-view.ts'

export type SwapRow = RowOf<typeof swaps>

type PlainSwapEvent = Exclude<
  Extract<EventType, `swap.${string}`>,
  'swap.deadline-near' | 'swap.provider-disabled'
>

/** What one change does to a swap. */
export interface SwapMark {
  readonly fact?: SwapFact
  readonly set?: Partial<Fields<typeof swaps>>
  readonly writes?: readonly Write[]
  readonly event?: PlainSwapEvent
  readonly events?: readonly NewEvent[]
  /** Told with the swap as it is after the change. */
  readonly alarmBlocks?: number
}

/**
 * One change to a swap, with its event. Answers the refusal when it was changed meanwhile: then it is decided anew.
 * Throws when the fact cannot be true.
 */
export async function markSwap(
  { context, identity, leadership }: Pursuit,
  row: SwapRow,
  { fact, set = {}, writes = [], event, events = [], alarmBlocks }: SwapMark,
): Promise<Refused | undefined> {
  let { state } = row
  if (fact) {
    const step = stepSwap(state as SwapState, fact)
    if (!step.ok) throw new Error(`swap ${row.id} is ${state}: ${fact} is ${step.refusal}`)
    state = step.state
  }
  const changed = { ...set, state, updated_at: context.clock.now() }
  const swap = swapView({ ...row, ...changed })
  const subject = `swap/${row.id}`
  const change = {
    writes: [update(swaps, row, changed), ...writes],
    events: [
      ...(event ? [newEvent(context, identity, event, subject, { swap })] : []),
      ...(alarmBlocks === undefined
        ? []
        : [
            newEvent(context, identity, 'swap.deadline-near', subject, {
              swap,
              blocksLeft: alarmBlocks,
            }),
          ]),
      ...events,
    ],
    fence: leadership.fence,
  }
  return record(context, change, async () => {
    const now = await context.storage.get(swaps, [row.id])
    return now?.revision === row.revision + 1 && now.state === state
  })
}
