import { EventEmitter } from 'eventemitter3'
import { consoleLogger } from './console-logger.ts'
import { type Context, type Identity, newId } from './context.ts'
import { invalid, PaymentNodeError } from './errors.ts'
import { eventTypes } from './events/event-types.ts'
import { readEvent } from './events/read-event.ts'
import type { EventType, PaymentNodeEvent } from './events.ts'
import { createHttp } from './http/create-http.ts'
import { loadKey, type PurposeKey } from './keys.ts'
import { createTracer } from './metrics/create-tracer.ts'
import { guardMeter } from './metrics/guard-meter.ts'
import { measureCalls } from './metrics/measure-calls.ts'
import { measureCommits } from './metrics/measure-commits.ts'
import { measureHttp } from './metrics/measure-http.ts'
import { type PaymentNodeOptions, readOptions } from './options.ts'
import { requireOperatorAddress } from './payouts/require-operator-address.ts'
import { noteUnscheduledPartners } from './payouts/unscheduled-partners.ts'
import { loadPeers, requireNotListed } from './peers/current-peers.ts'
import type { StoredEvent } from './ports/storage.ts'
import { readId, readObject, readOneOf } from './read-input.ts'
import { createRooms, type Rooms } from './rooms.ts'
import { readCounterOutside } from './safety/count-intent.ts'
import { readStatus, type Status } from './status.ts'
import { requireLivingKey } from './swaps/require-living-key.ts'
import { systemClock } from './system-clock.ts'
import { systemRandom } from './system-random.ts'
import { schema } from './tables/schema.ts'
import { createBell } from './workers/bell.ts'
import { readBinding } from './workers/bind-node.ts'
import { becomeDegraded, becomeReady, checkNode, stayConnected } from './workers/connect.ts'
import { deliverToHandler, type Handler, readPosition } from './workers/deliver-to-handler.ts'
import { followEvents } from './workers/follow-events.ts'
import { lead } from './workers/lead.ts'
import { runWorkers } from './workers/run-workers.ts'
import { createSubjects } from './workers/subjects.ts'

/** The library: one Lightning node, its books, and the work of keeping both right. */
export interface PaymentNode extends Rooms {
  /**
   * Opens the storage, reaches LND, begins to work. Rejects for configuration only (`options.invalid`,
   * `keys.mismatch`, `node.wrong-network`, `node.identity-changed`, `node.version-unsupported`,
   * `node.macaroon-rejected`, `node.certificate-rejected`, `storage.in-use`, `storage.newer-schema`,
   * `peer-list.invalid`);
   * an absent, locked or syncing LND means `degraded`, and is tried again for ever.
   */
  start(): Promise<void>
  /** Ends the running step with a deadline and closes everything; never waits for a payment. Safe to repeat. */
  stop(): Promise<void>
  /** What probes and people ask first; answers in every state and never throws because LND is away. */
  status(): Promise<Status>
  /**
   * Durable: every event of the type(s) since the consumer was first named (`from: 'beginning'`: since
   * the log began), in order, at least once, in one process at a time; its position moves only when the
   * handler has returned. A handler that throws is called again with the same event. Name handlers
   * before `start()`: then nothing falls between. Not called in the role `api`. Returns an unsubscribe.
   */
  handle<T extends EventType>(
    types: T | readonly T[],
    options: { readonly consumer: string; readonly from?: 'now' | 'beginning' },
    handler: (data: PaymentNodeEvent<T>['data'], event: PaymentNodeEvent<T>) => unknown,
  ): () => void
  /** Live: events while this process runs, from any process on the same storage. Returns an unsubscribe. */
  on<T extends EventType>(
    type: T,
    listener: (data: PaymentNodeEvent<T>['data'], event: PaymentNodeEvent<T>) => void,
  ): () => void
}

/**
 * Makes a payment node; synchronous, without any I/O, so that it can be a module's export. Throws
 * `options.invalid`, naming the option.
 *
 * @example
 * ```ts
 * import { createPaymentNode } from '@payment-node/core'
 * import { lnd } from '@payment-node/lnd-adapter'
 * import { sqlite } from '@payment-node/storage-sqlite'
 *
 * export const node = createPaymentNode({
 *   lightning: lnd({
 *     address: 'localhost:10009',
 *     certificate: { path: '/secrets/tls.cert' },
 *     macaroon: { path: '/secrets/payment-node.macaroon' },
 *   }),
 *   storage: sqlite({ file: 'payments.db' }),
 *   keys: { invoices: Buffer.from(process.env.INVOICE_KEY ?? '', 'hex') },
 * })
 * ```
 */
export function createPaymentNode(options: PaymentNodeOptions): PaymentNode {
  const settings = readOptions(options)
  const clock = options.clock ?? systemClock
  const logger = options.logger ?? consoleLogger
  const meter = options.meter && guardMeter(options.meter, logger)
  const tracer = createTracer(meter)
  const subjects = createSubjects(clock)
  const connectionBell = createBell(clock)
  const emitter = new EventEmitter()
  const handlers = new Map<string, Handler>()
  const context: Context = {
    lightning: meter ? measureCalls(options.lightning, meter, clock, tracer) : options.lightning,
    storage: meter ? measureCommits(options.storage, meter, clock) : options.storage,
    clock,
    random: options.random ?? systemRandom,
    logger,
    meter,
    tracer,
    http: meter ? measureHttp(createHttp(settings.http), meter, clock) : createHttp(settings.http),
    settings,
    live: {
      state: 'stopped',
      since: clock.now(),
      readySince: undefined,
      fellBehind: undefined,
      heights: [],
      compared: undefined,
      transactionsCompared: undefined,
      doubts: 0,
      compareAgain: () => undefined,
      trouble: undefined,
      identity: undefined,
      info: undefined,
      invoiceKey: undefined,
      swapKey: undefined,
      leadership: undefined,
      channels: undefined,
      comparedAt: undefined,
      proof: undefined,
      warnings: [],
      unscheduled: null,
      peers: undefined,
      watchSubject: subjects.watch,
      stateChanged: () => subjects.happened('state'),
      checkConnection: connectionBell.ring,
      wakePayouts: () => undefined,
      wakeOnchain: () => undefined,
      wakeChannels: () => undefined,
      wakeCloses: () => undefined,
      wakeSwaps: () => undefined,
      wakeKeeper: () => undefined,
      wakeLiquidity: () => undefined,
      wakeWebhooks: () => undefined,
    },
  }
  const { live } = context

  let run: Run | undefined
  let ending: Promise<void> | undefined
  const stops = new Map<Handler, AbortController>()

  const spawn = (name: string, task: Promise<void>): void => {
    const guarded = task.catch((error: unknown) => {
      context.logger.error('a worker ended', {
        worker: name,
        error: error instanceof Error ? error.message : String(error),
      })
    })
    run?.tasks.push(guarded)
  }

  /** Starts what needs to know whose books these are, once per start. */
  const begin = async (identity: Identity): Promise<void> => {
    if (!run || run.isBound) return
    const { signal } = run.stopping
    live.identity = identity
    const from = await context.storage.lastEvent()
    // Before any work begins, so that no consumer misses what it brings.
    if (settings.role !== 'api') {
      for (const handler of handlers.values()) await readPosition(context, handler)
    }
    if (signal.aborted) return
    // Only now: a storage that failed is asked again, else the node would be ready without workers.
    run.isBound = true
    spawn('events', followEvents(context, from, show, signal))
    spawn('warnings', noteUnscheduledPartners(context))
    for (const handler of handlers.values()) deliver(handler)
    if (settings.role === 'api') return
    const holder = newId(context)
    spawn(
      'leader',
      lead(
        context,
        identity,
        holder,
        (leadership, ending) => runWorkers(context, identity, leadership, ending),
        signal,
      ),
    )
  }

  const show = (stored: StoredEvent): void => {
    subjects.happened(stored.subject)
    const listeners = emitter.listeners(stored.type)
    if (listeners.length === 0) return
    const event = readEvent(stored)
    for (const listener of listeners) {
      try {
        listener(event.data, event)
      } catch (error) {
        context.logger.error('a listener threw', { type: event.type, error: String(error) })
      }
    }
  }

  const deliver = (handler: Handler): void => {
    if (!run?.isBound || settings.role === 'api') return
    const stopping = new AbortController()
    stops.set(handler, stopping)
    const signal = AbortSignal.any([run.stopping.signal, stopping.signal])
    spawn(`handler ${handler.consumer}`, deliverToHandler(context, handler, signal))
  }

  const setState = (state: typeof live.state): void => {
    live.state = state
    live.since = clock.now()
    live.stateChanged()
  }

  const firstCheck = async (key: PurposeKey, signal: AbortSignal): Promise<boolean> => {
    try {
      const info = await checkNode(context, key, signal)
      requireNotStopped(signal)
      requireNotListed(context, info.publicKey)
      requireOperatorAddress(context, info)
      await begin({ publicKey: info.publicKey, network: info.network })
      requireNotStopped(signal)
      await becomeReady(context, info, true)
      return true
    } catch (error) {
      if (signal.aborted || !PaymentNodeError.is(error, 'node.unavailable')) throw error
      await becomeDegraded(context, error)
      return false
    }
  }

  async function open(signal: AbortSignal): Promise<void> {
    const key = await loadKey('invoices', settings.keys.invoices)
    const { swaps } = settings.keys
    const swapKey = swaps && swaps !== 'lost' ? await loadKey('swaps', swaps) : undefined
    requireNotStopped(signal)
    if (settings.role !== 'api') await readCounterOutside(context)
    requireNotStopped(signal)
    await context.storage.open(schema, { clock, logger: context.logger })
    if (signal.aborted) await context.storage.close()
    requireNotStopped(signal)
    live.invoiceKey = key
    live.swapKey = swapKey
    const bound = await readBinding(context)
    await loadPeers(context, bound?.publicKey, signal)
    requireNotStopped(signal)
    if (bound) requireOperatorAddress(context, bound)
    if (bound) await requireLivingKey(context, bound)
    if (bound) await begin(bound)
    const isReady = await firstCheck(key, signal)
    requireNotStopped(signal)
    spawn('connection', stayConnected(context, key, connectionBell, begin, isReady, signal))
  }

  async function start(): Promise<void> {
    if (run)
      throw new PaymentNodeError('options.invalid', 'The payment node is started already.', {
        field: 'start',
        reason: 'already-started',
      })
    const stopping = new AbortController()
    run = { stopping, tasks: [], isBound: false }
    setState('starting')
    const opening = open(stopping.signal)
    run.tasks.push(opening.catch(() => undefined))
    try {
      await opening
    } catch (error) {
      await stop()
      throw error
    }
  }

  function stop(): Promise<void> {
    if (run)
      ending ??= end(run).finally(() => {
        ending = undefined
      })
    return ending ?? Promise.resolve()
  }

  async function end({ stopping, tasks }: Run): Promise<void> {
    setState('stopping')
    stopping.abort()
    subjects.wakeAll()
    const deadline = new AbortController()
    await Promise.race([Promise.all(tasks), clock.sleep(settings.stopWithin, deadline.signal)])
    deadline.abort()
    await context.lightning.close().catch(() => undefined)
    await context.storage.close().catch((error: unknown) => {
      context.logger.error('the storage could not be closed', { error: String(error) })
    })
    run = undefined
    live.identity = undefined
    live.info = undefined
    live.readySince = undefined
    live.fellBehind = undefined
    live.invoiceKey = undefined
    live.swapKey = undefined
    live.comparedAt = undefined
    live.proof = undefined
    live.peers = undefined
    setState('stopped')
    subjects.wakeAll()
  }

  return {
    ...createRooms(context),
    start,
    stop,
    status: () => readStatus(context),
    on(type, listener) {
      readOneOf(type, 'type', eventTypes)
      if (typeof listener !== 'function')
        throw invalid('listener', 'wrong-type', 'expected a function')
      emitter.on(type, listener as (...all: unknown[]) => void)
      return () => emitter.off(type, listener as (...all: unknown[]) => void)
    },
    handle(types, handleOptions, handle) {
      const list = Array.isArray(types) ? types : [types]
      if (list.length === 0) throw invalid('types', 'empty', 'name at least one event')
      for (const type of list) readOneOf(type, 'types', eventTypes)
      readObject(handleOptions, 'options', ['consumer', 'from'])
      const from =
        handleOptions.from === undefined
          ? 'now'
          : readOneOf(handleOptions.from, 'from', ['now', 'beginning'])
      const consumer = readId(handleOptions.consumer, 'consumer')
      if (typeof handle !== 'function')
        throw invalid('handler', 'wrong-type', 'expected a function')
      if (handlers.has(consumer)) {
        throw new PaymentNodeError(
          'events.consumer-in-use',
          `There is a handler for the consumer ${JSON.stringify(consumer)} already.`,
          { consumer },
          { advice: 'Use one name per handler: it is where its position is kept.' },
        )
      }
      const handler: Handler = {
        consumer,
        from,
        types: new Set(list),
        handle: (event) => handle(event.data as never, event as never),
      }
      handlers.set(consumer, handler)
      deliver(handler)
      return () => {
        handlers.delete(consumer)
        stops.get(handler)?.abort()
        stops.delete(handler)
      }
    },
  }
}

/** Everything of one start, ended together. */
interface Run {
  readonly stopping: AbortController
  readonly tasks: Promise<unknown>[]
  /** The work that needs to know whose books these are has begun. */
  isBound: boolean
}

function requireNotStopped(signal: AbortSignal): void {
  if (!signal.aborted) return
  throw new PaymentNodeError(
    'node.unavailable',
    'The payment node was stopped while it started.',
    { reason: 'not-started', outcome: 'none' },
    { advice: 'Start it again.' },
  )
}
