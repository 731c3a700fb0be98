import { type Context, type Identity, type Leadership, whenReady } from '../context.ts'
import { createProofWatch, lookAtProof, type ProofWatch } from '../proof/watch-proof.ts'
import { followForeign } from '../safety/book-foreign.ts'
import { compareBooks } from '../safety/compare-books.ts'
import { isCompared } from '../safety/compared.ts'
import { createBell } from './bell.ts'
import { isForbidden } from './repeat-patiently.ts'

/** Milliseconds between looks at LND's payments. */
const every = 30_000
/** Milliseconds between looks at the proof of the books; where one takes long, so many times as long. */
const proofEvery = 60_000
const proofShare = 50
/** Where LND does not allow to read its balances, it is asked again after so many milliseconds. */
const longPatience = 600_000

/** What outlives a failure of the worker, under one leadership. */
export interface BooksWatch {
  /** They were compared: from here on nobody can replace them unseen. */
  areLive: boolean
  /** Why the last comparison did not come to its end. */
  trouble: string | undefined
  /** Looks in a row at which they were not compared although LND could be used. */
  looks: number
  /** Whether that is what was told last. Undefined: not read yet; it may have been another process. */
  isTold: boolean | undefined
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
  const { live, clock } = context
  const proof = createProofWatch()
  let proofAt = clock.monotonic() + proofEvery
  const bell = createBell(context.clock)
  live.compareAgain = bell.ring
  try {
    while (!signal.aborted) {
      await whenReady(context, signal)
      if (signal.aborted) return
      if (isCompared(context, leadership)) {
        await followForeign(context, identity, leadership, signal)
        const startedAt = clock.monotonic()
        if (startedAt >= proofAt && isCompared(context, leadership)) {
          const pause = await prove(context, identity, leadership, proof, signal)
          proofAt = startedAt + Math.max(pause, proofShare * (clock.monotonic() - startedAt))
        }
      } else {
        // What breaks off from here on is another doubt, and compared again.
        const { doubts } = live
        try {
          await compareBooks(context, identity, leadership, watch.areLive, signal)
        } catch (error) {
          watch.trouble = error instanceof Error ? error.message : String(error)
          throw error
        }
        watch.areLive = true
        watch.trouble = undefined
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

/** One look of the proof; answers after how many milliseconds the next one is due. */
async function prove(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  watch: ProofWatch,
  signal: AbortSignal,
): Promise<number> {
  try {
    const catchUp = (): Promise<void> => followForeign(context, identity, leadership, signal)
    await lookAtProof(context, identity, leadership, watch, catchUp, signal)
    return proofEvery
  } catch (error) {
    if (!isForbidden(error)) throw error
    context.logger.info('LND does not allow the proof of the books', { says: error.message })
    return longPatience
  }
}
