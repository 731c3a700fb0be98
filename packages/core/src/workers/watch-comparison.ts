import type { Context, Identity, Leadership } from '../context.ts'
import { newEvent } from '../events/new-event.ts'
import type { NewEvent } from '../ports/storage.ts'
import { record } from '../record.ts'
import { isCompared } from '../safety/compared.ts'
import { nodeStates } from '../tables/node.ts'
import { type RowOf, update } from '../tables/table.ts'
import type { BooksWatch } from './watch-books.ts'

/** Milliseconds between looks, and how many of them in which LND could be used the comparison may take. */
const every = 30_000
const patience = 6

/**
 * Tells when books and LND are not compared for three minutes in which LND could be used: no payment goes out before,
 * and nothing else would say so. As a warning of `status()` until they are, and once as an event; so is its end.
 */
export async function watchComparison(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  books: BooksWatch,
  signal: AbortSignal,
): Promise<void> {
  const { live, clock } = context
  let shown: string | undefined
  const show = (warning: string | undefined): void => {
    const others = live.warnings.filter((one) => one !== shown)
    live.warnings = warning === undefined ? others : [...others, warning]
    shown = warning
  }
  try {
    while (!signal.aborted) {
      await clock.sleep(every, signal)
      if (signal.aborted) return
      let says: string | undefined
      if (isCompared(context, leadership)) books.looks = 0
      else {
        if (live.state === 'ready') books.looks++
        if (books.looks < patience) continue
        says = saysOf(books)
      }
      show(says)
      const isTrouble = says !== undefined
      if (books.isTold === isTrouble) continue
      if (await tell(context, identity, leadership, says)) books.isTold = isTrouble
    }
  } finally {
    show(undefined)
  }
}

/** Stores the event where the last one, of whichever process, says otherwise. False: not this time. */
async function tell(
  context: Context,
  identity: Identity,
  { fence }: Pick<Leadership, 'fence'>,
  says: string | undefined,
): Promise<boolean> {
  const { storage, logger } = context
  const read = (): Promise<RowOf<typeof nodeStates> | undefined> =>
    storage.get(nodeStates, [identity.publicKey])
  if (says !== undefined) logger.error(says)
  try {
    const row = await read()
    if (!row) return false
    const { uncompared_since: since } = row
    const event = newsOf(context, identity, since, says)
    if (!event) return true
    const set = { uncompared_since: since === null ? event.occurredAt : null }
    const change = { writes: [update(nodeStates, row, set)], events: [event], fence }
    const isStored = async (): Promise<boolean> =>
      (await read())?.uncompared_since === set.uncompared_since
    return !(await record(context, change, isStored))
  } catch (error) {
    // The warning stays meanwhile.
    const fields = { error: error instanceof Error ? error.message : String(error) }
    logger.warn('whether books and LND are compared could not be told, it will be again', fields)
    return false
  }
}

/** Undefined: it was told. */
function newsOf(
  context: Context,
  identity: Identity,
  since: number | null,
  says: string | undefined,
): NewEvent | undefined {
  if (since === null) {
    return says === undefined
      ? undefined
      : newEvent(context, identity, 'books.uncompared', 'node', { says })
  }
  if (says !== undefined) return undefined
  const uncomparedFor = context.clock.now() - since
  return newEvent(context, identity, 'books.compared', 'node', { uncomparedFor })
}

function saysOf({ trouble }: BooksWatch): string {
  const why = trouble === undefined ? '' : ` (${trouble})`
  return `books and LND could not be compared for minutes${why}: nothing is paid until they are; what is revealed of swaps is claimed all the same`
}
