import type { Clock } from '@payment-node/core'
import type { BoltzFaults } from './faults.ts'
import type { BoltzSwap } from './server-context.ts'

/** A WebSocket's other end, or whoever stands for it. */
export interface BoltzListener {
  message(text: string): void
  /** The server ends the connection. */
  close(): void
}

/** An open connection for updates. */
export interface BoltzSubscription {
  /** A message of the client. */
  send(text: string): void
  /** The client has gone. */
  end(): void
}

/** Who is told what about swaps. */
export interface Updates {
  open(listener: BoltzListener): BoltzSubscription
  /** The swap has a new status: everybody who subscribed is told. */
  publish(swap: BoltzSwap): void
  /** Ends all connections. */
  closeAll(): void
}

/** What a status answer says about a swap. */
export function showStatus(swap: BoltzSwap, faults: BoltzFaults): Record<string, unknown> {
  const { lockup, failureReason } = swap
  const isGarbled = faults.strike('status-unknown-word')
  return {
    status: isGarbled ? 'transaction.quantum' : (swap.lie ?? swap.status),
    ...(lockup && { transaction: { id: lockup.transactionId, hex: lockup.hex } }),
    ...(failureReason !== undefined && { failureReason }),
  }
}

/** Subscriptions of the channel `swap.update`. */
export function createUpdates(
  faults: BoltzFaults,
  clock: Clock,
  findSwap: (id: string) => BoltzSwap | undefined,
): Updates {
  interface Connection {
    readonly listener: BoltzListener
    readonly ids: Set<string>
  }
  const connections = new Set<Connection>()
  const held = new Map<BoltzSwap, Record<string, unknown>>()
  const counts = new Map<BoltzSwap, number>()
  const timestamp = (): string => String(clock.now())

  function tell(connection: Connection, event: object): void {
    if (!connections.has(connection)) return
    if (faults.has('web-socket-silent')) {
      faults.strike('web-socket-silent')
      return
    }
    if (faults.strike('web-socket-garbage')) {
      connection.listener.message('<html>')
      connection.listener.message('[null, {"event": 7}]')
      connection.listener.message('{"event":"update","channel":"swap.update","args":"none"}')
      return
    }
    connection.listener.message(JSON.stringify({ ...event, timestamp: timestamp() }))
  }

  function tellUpdate(connection: Connection, args: readonly object[]): void {
    const times = faults.strike('updates-duplicated') ? 3 : 1
    for (let time = 0; time < times; time++) {
      tell(connection, { event: 'update', channel: 'swap.update', args })
    }
  }

  function tellAll(swap: BoltzSwap, update: Record<string, unknown>): void {
    for (const connection of [...connections]) {
      if (!connection.ids.has(swap.id)) continue
      const others = faults.strike('updates-of-others')
        ? [{ id: 'notyours1234', status: 'invoice.settled' }]
        : []
      tellUpdate(connection, [...others, { id: swap.id, ...update }])
    }
  }

  function subscribe(connection: Connection, args: unknown): void {
    if (!Array.isArray(args) || args.some((id) => typeof id !== 'string')) {
      tell(connection, { event: 'error', error: 'args must be a list of swap ids' })
      return
    }
    if (faults.strike('web-socket-drops')) {
      connections.delete(connection)
      connection.listener.close()
      return
    }
    for (const id of args as string[]) connection.ids.add(id)
    tell(connection, { event: 'subscribe', channel: 'swap.update', args })
    for (const id of args as string[]) {
      const swap = findSwap(id)
      if (swap) tellUpdate(connection, [{ id, ...showStatus(swap, faults) }])
      else tellUpdate(connection, [{ id, error: 'could not find swap' }])
    }
  }

  function receive(connection: Connection, text: string): void {
    const message = readMessage(text)
    const { op, channel, args } = message ?? {}
    if (op === 'ping') tell(connection, { event: 'pong' })
    else if (channel !== 'swap.update') {
      tell(connection, { event: 'error', error: 'unknown message' })
    } else if (op === 'subscribe') subscribe(connection, args)
    else if (op === 'unsubscribe' && Array.isArray(args)) {
      for (const id of args) connection.ids.delete(String(id))
      tell(connection, { event: 'unsubscribe', channel: 'swap.update', args })
    }
  }

  return {
    open(listener) {
      const connection: Connection = { listener, ids: new Set() }
      connections.add(connection)
      return {
        send: (text) => receive(connection, text),
        end: () => connections.delete(connection),
      }
    },
    publish(swap) {
      const update = showStatus(swap, faults)
      const count = (counts.get(swap) ?? 0) + 1
      counts.set(swap, count)
      if (faults.has('updates-skipped') && count % 2 === 1) {
        faults.strike('updates-skipped')
        return
      }
      const before = held.get(swap)
      if (before) {
        held.delete(swap)
        tellAll(swap, update)
        return tellAll(swap, before)
      }
      if (faults.strike('updates-out-of-order')) {
        held.set(swap, update)
        return
      }
      tellAll(swap, update)
    },
    closeAll() {
      for (const { listener } of [...connections]) listener.close()
      connections.clear()
    },
  }
}

interface ClientMessage {
  readonly op?: unknown
  readonly channel?: unknown
  readonly args?: unknown
}

function readMessage(text: string): ClientMessage | undefined {
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'object' && read !== null ? read : undefined
  } catch {
    return undefined
  }
}
