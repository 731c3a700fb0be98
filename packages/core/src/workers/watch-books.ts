import { type Context, type Identity, type Leadership, whenReady } from '../context.ts'
import { followForeign } from '../safety/book-foreign.ts'
import { compareBooks } from '../safety/compare-books.ts'
import { isCompared } from '../safety/compared.ts'
import { createBell } from './bell.ts'

/** Milliseconds between looks at LND's payments. */
const every = 30_000

/** What outlives a failure of the worker, under one leadership. */
export interface BooksWatch {
  /** They were compared: from here on nobody can replace them unseen. */
  areLive: boolean
}

/**
 * Compares the books with LND at the start of a leadership and whenever LND has broken off, which lets
 * money out; then looks for what other programs pay.
 */
export async function watchBooks(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  watch: BooksWatch,
  signal: AbortSignal,
): Promise<void> {
  const { live } = context
  const bell = createBell(context.clock)
  live.compareAgain = bell.ring
  try {
    while (!signal.aborted) {
      await whenReady(context, signal)
      if (signal.aborted) return
      if (isCompared(context, leadership)) {
        await followForeign(context, identity, leadership, signal)
      } else {
        // What breaks off from here on is another doubt, and compared again.
        const { doubts } = live
        await compareBooks(context, identity, leadership, watch.areLive, signal)
        watch.areLive = true
        live.compared = { epoch: leadership.epoch, doubts }
        live.stateChanged()
        live.wakePayouts()
      }
      if (live.state === 'ready') await bell.wait(every, signal)
    }
  } finally {
    live.compareAgain = () => undefined
  }
}
