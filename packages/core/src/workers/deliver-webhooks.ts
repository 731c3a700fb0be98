import type { Context, Identity, Leadership } from '../context.ts'
import { LostLeadership } from '../record.ts'
import { webhookDeliveries, webhookEndpoints } from '../tables/webhooks.ts'
import { clearDeliveries } from '../webhooks/clear-deliveries.ts'
import type { DeliveryRow } from '../webhooks/delivery-view.ts'
import type { EndpointRow } from '../webhooks/endpoint-view.ts'
import { type FanTarget, fanOut } from '../webhooks/fan-out.ts'
import { keepPositions } from '../webhooks/keep-positions.ts'
import { type PrunePlace, pruneDeliveries, pruneStart } from '../webhooks/prune-deliveries.ts'
import { trySending } from '../webhooks/try-sending.ts'
import type { WebhookSettings } from '../webhooks/webhook-options.ts'
import { createBell } from './bell.ts'

/** Milliseconds that are waited for answers when it ends; what comes later is sent again. */
const lastAnswers = 5000
/** Milliseconds between looks when nobody rings. */
const poll = 500
/** Milliseconds after which the endpoints are read again: another process may have changed them. */
const readEvery = 5000
/** Milliseconds between looks for deliveries that are too old to keep. */
const pruneEvery = 3_600_000
/** Endpoints per read. */
const page = 1000
/** So many failures in a row make an endpoint one that is probably away. */
const manyFailures = 5
/** What an endpoint that is probably away costs at most: requests at once, milliseconds between them. */
const whenAway = { atOnce: 2, pause: 100 } as const

/** An endpoint as the worker sees it. */
interface Target extends FanTarget {
  /** Wall clock; nothing is due before. */
  nextAt: number
  /** Wall clock: it is probably away, and left alone until then. */
  restsUntil: number
  /** Tries in a row that failed. */
  failures: number
  readonly inFlight: Set<string>
  isCleared: boolean
}

/**
 * Sends every event to the endpoints that want it, at least once. What is due waits in the storage and is
 * read a few rows at a time; each endpoint has a share of the requests, so that one that is slow or away
 * holds up no other; what failed waits for its own time while later events go.
 */
export async function deliverWebhooks(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const { storage, clock, settings } = context
  const bell = createBell(clock)
  const unsubscribe = storage.onWake(bell.ring)
  const targets = new Map<string, Target>()
  const sending = new Set<Promise<void>>()
  let lost: LostLeadership | undefined
  let readAt: number | undefined
  let turn = 0
  let prunedAt: number | undefined
  /** Endpoints whose log is still to be looked through. */
  const toPrune = new Map<string, PrunePlace>()
  context.live.wakeWebhooks = () => {
    readAt = undefined
    bell.ring()
  }

  const send = async (target: Target, delivery: DeliveryRow): Promise<void> => {
    try {
      const outcome = await trySending(context, identity, leadership, delivery)
      if (outcome === 'delivered') target.failures = 0
      else target.failures++
      if (outcome === 'skipped') target.restsUntil = clock.now() + poll
      else if (target.failures >= manyFailures) target.restsUntil = clock.now() + whenAway.pause
      // Its row tells since when it fails, or that it is disabled.
      if (outcome !== 'delivered' || target.row.failing_since !== null) await readAgain(target)
    } catch (error) {
      if (error instanceof LostLeadership) lost = error
      else {
        target.restsUntil = clock.now() + poll
        context.logger.warn('what came of a webhook could not be stored, it will be sent again', {
          delivery: delivery.id,
          error: String(error),
        })
      }
    } finally {
      target.inFlight.delete(delivery.id)
      // It may be due again, or another be next.
      target.nextAt = 0
      bell.ring()
    }
  }

  /** Starts what is due, as far as there is room; answers when to look again. */
  const dispatch = async (): Promise<number> => {
    const active = [...targets.values()].filter(({ row }) => row.state === 'active')
    const now = clock.now()
    const isBusy = ({ inFlight, nextAt }: Target): boolean => inFlight.size > 0 || nextAt <= now
    const share = Math.floor(settings.webhooks.maximumConcurrent / active.filter(isBusy).length)
    const away = active.filter(({ failures }) => failures >= manyFailures)
    let forAway = away.reduce(
      (left, { inFlight }) => left - inFlight.size,
      Math.ceil(settings.webhooks.maximumConcurrent / 4),
    )
    let next = Number.MAX_SAFE_INTEGER
    turn++
    for (const [at] of active.entries()) {
      // Another one comes first each time.
      const target = active[(at + turn) % active.length]!
      const { inFlight, failures, restsUntil } = target
      const before = inFlight.size
      const isAway = failures >= manyFailures
      const room = isAway
        ? Math.min(whenAway.atOnce - inFlight.size, forAway)
        : roomFor(settings.webhooks, share, inFlight.size, sending.size)
      // An answer rings when there is.
      if (room <= 0) continue
      if (target.nextAt <= now && restsUntil <= now) await sendDue(target, room, now)
      if (isAway) forAway -= inFlight.size - before
      next = Math.min(next, Math.max(target.nextAt, restsUntil))
    }
    return next
  }

  const sendDue = async (target: Target, room: number, now: number): Promise<void> => {
    const { row, inFlight } = target
    const rows = await storage.find(webhookDeliveries, {
      index: 'due',
      equals: [row.node, row.id, 'waiting'],
      limit: inFlight.size + room + 1,
    })
    const others = rows.filter(({ id }) => !inFlight.has(id))
    const due = others.filter(({ next_at }) => next_at <= now).slice(0, room)
    target.nextAt = others[due.length]?.next_at ?? Number.MAX_SAFE_INTEGER
    for (const delivery of due) {
      inFlight.add(delivery.id)
      const working = send(target, delivery)
      sending.add(working)
      void working.finally(() => sending.delete(working))
    }
  }

  const readAgain = async (target: Target): Promise<void> => {
    const row = await storage.get(webhookEndpoints, [identity.publicKey, target.row.id])
    if (row) takeRow(target, row)
  }

  const readEndpoints = async (): Promise<void> => {
    readAt = clock.monotonic()
    const seen = new Set<string>()
    for await (const row of endpointsOf(context, identity)) {
      seen.add(row.id)
      const known = targets.get(row.id)
      if (known) takeRow(known, row)
      else targets.set(row.id, newTarget(row))
    }
    for (const id of targets.keys()) if (!seen.has(id)) targets.delete(id)
    // A replay, perhaps by another process, is found by looking.
    for (const target of targets.values()) target.nextAt = 0
    await keepPositions(context, leadership, [...targets.values()])
  }

  const clear = async (): Promise<boolean> => {
    let isMore = false
    for (const target of targets.values()) {
      if (target.row.state === 'active' || target.isCleared) continue
      target.isCleared = !(await clearDeliveries(context, leadership, target.row))
      isMore ||= !target.isCleared
    }
    return isMore
  }

  /** One step at a time, between deliveries; true: there is more to do. */
  const prune = async (): Promise<boolean> => {
    const now = clock.monotonic()
    if (prunedAt === undefined || now - prunedAt >= pruneEvery) {
      prunedAt = now
      for (const id of targets.keys()) if (!toPrune.has(id)) toPrune.set(id, pruneStart)
    }
    const [next] = toPrune
    if (!next) return false
    const [id, place] = next
    const target = targets.get(id)
    const further = target && (await pruneDeliveries(context, leadership, target.row, place))
    if (further) toPrune.set(id, further)
    else toPrune.delete(id)
    return toPrune.size > 0
  }

  try {
    while (!signal.aborted) {
      if (lost) throw lost
      const isOld = readAt === undefined || clock.monotonic() - readAt >= readEvery
      if (isOld) await readEndpoints()
      const active = [...targets.values()].filter(({ row }) => row.state === 'active')
      const fanned = await fanOut(context, identity, leadership, active)
      for (const target of fanned.targets) target.nextAt = 0
      if (fanned.isStale) readAt = undefined
      const isToClear = await clear()
      const isToPrune = await prune()
      const nextAt = await dispatch()
      // Without endpoints there is nothing but new ones to look for.
      const pause = Math.min(targets.size === 0 ? readEvery : poll, nextAt - clock.now())
      if (!fanned.isMore && !isToClear && !isToPrune && pause > 0) await bell.wait(pause, signal)
    }
  } finally {
    unsubscribe()
    context.live.wakeWebhooks = () => undefined
    // What is under way is written down, so that the next leader does not send it again.
    await Promise.race([Promise.all(sending), clock.sleep(lastAnswers)])
  }
}

/**
 * How many more requests an endpoint that works may have. A quarter of all is kept for the first request
 * of endpoints that have none: those that are slow can fill the rest.
 */
function roomFor(
  { maximumConcurrent, maximumPerEndpoint }: WebhookSettings,
  share: number,
  own: number,
  all: number,
): number {
  const most = Math.max(1, Math.min(share, maximumPerEndpoint))
  const room = Math.min(most - own, Math.floor((maximumConcurrent * 3) / 4) - all)
  return own === 0 ? Math.max(room, Math.min(1, maximumConcurrent - all)) : room
}

function newTarget(row: EndpointRow): Target {
  return {
    row,
    looked: row.position,
    nextAt: 0,
    restsUntil: 0,
    failures: row.failing_since === null ? 0 : manyFailures,
    inFlight: new Set(),
    isCleared: false,
  }
}

function takeRow(target: Target, row: EndpointRow): void {
  if (target.row.revision !== row.revision) target.isCleared = false
  // From then on it gets what is new.
  if (target.row.state !== 'active' && row.state === 'active') {
    target.looked = row.position
    target.failures = 0
  }
  target.row = row
}

async function* endpointsOf(
  { storage }: Context,
  { publicKey }: Identity,
): AsyncGenerator<EndpointRow> {
  let after: readonly [string] | undefined
  do {
    const rows: EndpointRow[] = await storage.find(webhookEndpoints, {
      index: 'key',
      equals: [publicKey],
      limit: page,
      ...(after && { after }),
    })
    yield* rows
    after = rows.length === page ? [rows.at(-1)!.id] : undefined
  } while (after)
}
