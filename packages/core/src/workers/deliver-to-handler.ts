import { type Context, identityOf, newId, rowBase } from '../context.ts'
import { readEvent } from '../events/read-event.ts'
import type { AnyEvent, EventType } from '../events.ts'
import type { StoredEvent } from '../ports/storage.ts'
import { record } from '../record.ts'
import { consumers } from '../tables/node.ts'
import { insert, type RowOf, update } from '../tables/table.ts'
import { createBell } from './bell.ts'

/** A durable handler: see `node.handle()`. */
export interface Handler {
  readonly consumer: string
  /** Where a consumer begins that the books do not know yet. */
  readonly from: 'now' | 'beginning'
  readonly types: ReadonlySet<EventType>
  readonly handle: (event: AnyEvent) => unknown
}

const page = 100
const poll = 500
/** Milliseconds; the lease is renewed well before. */
const leaseFor = 30_000
const longestRetry = 60_000

/**
 * Gives a handler every event after its stored cursor, in order, at least once: the cursor moves only
 * when the handler has returned. A lease keeps it to one process at a time; the cursor's revision
 * catches the one that outlived its lease.
 */
export async function deliverToHandler(
  context: Context,
  handler: Handler,
  signal: AbortSignal,
): Promise<void> {
  const bell = createBell(context.clock)
  const unsubscribe = context.storage.onWake(bell.ring)
  const turn = createTurn(context, `consumer/${handler.consumer}@${identityOf(context).publicKey}`)
  let failures = 0
  try {
    while (!signal.aborted) {
      try {
        const delivered = (await turn.isOurs())
          ? await deliverPage(context, handler, signal, turn)
          : 0
        failures = 0
        if (delivered < page) await bell.wait(poll, signal)
      } catch (error) {
        failures++
        const pause = Math.min(longestRetry, 100 * 2 ** Math.min(failures, 10))
        context.logger.error('handler failed, it will be called again', {
          consumer: handler.consumer,
          failures,
          pause,
          error: error instanceof Error ? error.message : String(error),
        })
        await context.clock.sleep(pause, signal)
      }
    }
    await turn.giveUp()
  } finally {
    unsubscribe()
  }
}

/** Keeps a handler to one process at a time. */
interface Turn {
  /** Takes or renews the lease when it is due. */
  isOurs(): Promise<boolean>
  /** Renews while something takes long. */
  during<T>(work: Promise<T>): Promise<T>
  giveUp(): Promise<void>
}

function createTurn(context: Context, name: string): Turn {
  const { storage, clock } = context
  const holder = newId(context)
  let takenAt: number | undefined
  const isOurs = async (): Promise<boolean> => {
    const now = clock.monotonic()
    if (takenAt !== undefined && now - takenAt < leaseFor / 3) return true
    takenAt = (await storage.lease(name, { holder, for: leaseFor })) ? now : undefined
    return takenAt !== undefined
  }
  return {
    isOurs,
    async during(work) {
      const ended = new AbortController()
      const result = work.finally(() => ended.abort())
      // Handled below; until then a failure must not count as nobody's.
      result.catch(() => undefined)
      while (!ended.signal.aborted) {
        await clock.sleep(leaseFor / 3, ended.signal)
        if (!ended.signal.aborted) await isOurs().catch(() => false)
      }
      return result
    },
    async giveUp() {
      await storage.lease(name, { holder, for: 0 }).catch(() => undefined)
    },
  }
}

/** How many events were looked at. */
async function deliverPage(
  context: Context,
  handler: Handler,
  signal: AbortSignal,
  turn: Turn,
): Promise<number> {
  const { publicKey } = identityOf(context)
  let row = await readPosition(context, handler)
  const events = await context.storage.events(BigInt(row.position), page)
  let looked = 0
  for (const stored of events) {
    if (signal.aborted) break
    looked++
    const type = stored.type as EventType
    const isWanted = stored.node === publicKey && handler.types.has(type)
    if (!isWanted) continue
    await turn.during(call(handler, stored))
    row = await moveCursor(context, row, Number(stored.cursor))
    if (!(await turn.isOurs())) return 0
  }
  // What nobody wanted is skipped in one step.
  const last = looked > 0 ? Number(events[looked - 1]!.cursor) : row.position
  if (last > row.position) await moveCursor(context, row, last)
  return looked
}

/** Also a handler that throws before it returns a promise fails as a promise. */
async function call(handler: Handler, stored: StoredEvent): Promise<void> {
  await handler.handle(readEvent(stored))
}

type CursorRow = RowOf<typeof consumers>

/** How far the consumer has come; one that is new begins now, unless it asked for the beginning. */
export async function readPosition(
  context: Context,
  { consumer, from }: Handler,
): Promise<CursorRow> {
  const identity = identityOf(context)
  const key = [identity.publicKey, consumer]
  const found = await context.storage.get(consumers, key)
  if (found) return found
  const position = from === 'now' ? Number(await context.storage.lastEvent()) : 0
  const row = { ...rowBase(identity), consumer, position, updated_at: context.clock.now() }
  await record(context, { writes: [insert(consumers, row)] }, async () => true)
  return (await context.storage.get(consumers, key)) ?? { ...row, revision: 1 }
}

async function moveCursor(context: Context, row: CursorRow, position: number): Promise<CursorRow> {
  const set = { position, updated_at: context.clock.now() }
  const isApplied = async (): Promise<boolean> =>
    (await context.storage.get(consumers, [row.node, row.consumer]))?.position === position
  const refused = await record(context, { writes: [update(consumers, row, set)] }, isApplied)
  if (refused) throw new Error(`another process delivers to ${row.consumer}`)
  return { ...row, ...set, revision: row.revision + 1 }
}
