import type { Context, Identity, Leadership } from '../context.ts'
import { newEvent } from '../events/new-event.ts'
import { record } from '../record.ts'
import { isCompared } from '../safety/compared.ts'
import { nodeStates } from '../tables/node.ts'
import { update } from '../tables/table.ts'
import type { BooksWatch } from './watch-books.ts'

/** Milliseconds between looks, and how many of them in which LND could be used the comparison may take. */
const every = 30_000
const patience = 6

/**
 * Tells when books and LND are not compared for three minutes in which LND could be used: no payment goes out before,
 * and nothing else would say so. As a warning of `status()` until they are, and once as an event.
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
      if (isCompared(context, leadership)) {
        books.looks = 0
        books.isTold = false
        show(undefined)
        continue
      }
      if (live.state === 'ready') books.looks++
      if (books.looks < patience) continue
      const says = saysOf(books)
      show(says)
      if (books.isTold) continue
      books.isTold = await tell(context, identity, leadership, says)
    }
  } finally {
    show(undefined)
  }
}

/** False: the node's row has changed meanwhile. */
async function tell(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  says: string,
): Promise<boolean> {
  const row = await context.storage.get(nodeStates, [identity.publicKey])
  if (!row) return false
  context.logger.error(says)
  // An event needs a row beside it.
  const writes = [update(nodeStates, row, { reason: 'uncompared' })]
  const events = [newEvent(context, identity, 'books.uncompared', 'node', { says })]
  const { fence } = leadership
  return !(await record(context, { writes, events, fence }, async () => true))
}

function saysOf({ trouble }: BooksWatch): string {
  const why = trouble === undefined ? '' : ` (${trouble})`
  return `books and LND could not be compared for minutes${why}: nothing is paid until they are; what is revealed of swaps is claimed all the same`
}
