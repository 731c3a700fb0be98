import type { Context } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'

/** What the chain asks now. */
export interface CurrentFeerate {
  /** May be fractional. */
  readonly satPerVbyte: number
  /** The name of the fee source, or of the node whose estimate it is. */
  readonly source: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Milliseconds by the monotonic clock. */
const keepFor = 30_000
/** Milliseconds that a source may take; then LND is asked. */
const patience = 10_000

interface Cached {
  readonly until: number
  readonly reading: Promise<CurrentFeerate>
}

const cached = new WeakMap<object, Cached>()

/**
 * The feerate to confirm within `fees.targetBlocks`: the source's, or LND's estimate where there is none or it
 * does not answer; never below what the mempool of LND's node takes. Kept for half a minute; callers at the same time share one question. Throws
 * `node.unavailable` when nobody knows.
 */
export function readFeerate(context: Context): Promise<CurrentFeerate> {
  const now = context.clock.monotonic()
  const known = cached.get(context.live)
  if (known && known.until > now) return known.reading
  const reading = ask(context)
  const entry = { until: now + keepFor, reading }
  cached.set(context.live, entry)
  // What failed is asked again at once.
  reading.catch(() => {
    if (cached.get(context.live) === entry) cached.delete(context.live)
  })
  return reading
}

/** Never less than what LND's own node takes: the bytes that are signed could not be published. */
async function ask(context: Context): Promise<CurrentFeerate> {
  const [asked, satPerVbyte] = await Promise.all([askAbout(context), askMinimum(context)])
  if (satPerVbyte <= asked.satPerVbyte) return asked
  return { satPerVbyte, source: context.lightning.name, at: asked.at }
}

/** sat/vB; 0 when the node does not say. */
async function askMinimum({ lightning, logger }: Context): Promise<number> {
  try {
    const minimum = await lightning.onchain?.minimumFeerate?.()
    return isFeerate(minimum) ? minimum : 0
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error)
    logger.info('LND does not say the least feerate that its mempool takes', { error: says })
    return 0
  }
}

async function askAbout(context: Context): Promise<CurrentFeerate> {
  const fromSource = await askSource(context)
  if (fromSource) return fromSource
  const { lightning, settings, clock } = context
  if (!lightning.onchain) {
    throw new PaymentNodeError(
      'node.unavailable',
      'Nobody knows the feerate: no fee source answers, and this connection to LND has no wallet.',
      { reason: 'misconfigured', outcome: 'none' },
      { advice: 'Give fees.source, or use an adapter with the on-chain wallet.' },
    )
  }
  const satPerVbyte = await lightning.onchain.estimateFeerate(settings.fees.targetBlocks)
  if (!isFeerate(satPerVbyte)) {
    throw new PaymentNodeError(
      'node.unavailable',
      `LND estimates a feerate of ${satPerVbyte} sat/vB, which is none.`,
      { reason: 'misconfigured', outcome: 'none' },
    )
  }
  return { satPerVbyte, source: lightning.name, at: clock.now() }
}

/** Undefined when there is no source, or it does not say. */
async function askSource(context: Context): Promise<CurrentFeerate | undefined> {
  const { source, targetBlocks } = context.settings.fees
  if (!source) return undefined
  const ending = new AbortController()
  const late = context.clock.sleep(patience, ending.signal).then(() => {
    if (!ending.signal.aborted) throw new Error('no answer within 10 seconds')
    return undefined
  })
  try {
    const answer = await Promise.race([source.feerate(targetBlocks, ending.signal), late])
    if (answer && isFeerate(answer.satPerVbyte)) {
      return { satPerVbyte: answer.satPerVbyte, source: source.name, at: context.clock.now() }
    }
    context.logger.warn('the fee source says no feerate; LND is asked', { source: source.name })
  } catch (error) {
    context.logger.warn('the fee source does not answer; LND is asked', {
      source: source.name,
      error: error instanceof Error ? error.message : String(error),
    })
  } finally {
    ending.abort()
  }
  return undefined
}

/** A positive number that a hundred-fold rise of the highest ever seen does not reach. */
export function isFeerate(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 && value <= 1_000_000
}
