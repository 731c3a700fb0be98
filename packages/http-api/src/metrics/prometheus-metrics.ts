import type { Meter, PaymentNode } from '@payment-node/core'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What core and the API count, in the text form of Prometheus. */
export interface PrometheusMetrics {
  /** For the option `meter` of `createPaymentNode`. */
  readonly meter: Meter
  /** The `Content-Type` of {@link write}. */
  readonly contentType: string
  /** Everything counted since the process began, and how the node stands now. */
  write(node: PaymentNode): Promise<string>
}

/** Seconds: from a lookup in memory to a payment that is held for a day. */
const buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 600, 3600, 86_400]

/**
 * Counts for Prometheus. OpenTelemetry's names become Prometheus' as its own rules have it: dots to
 * underscores, `_total` for counters, the unit at the end of durations.
 *
 * @example
 * ```ts
 * import { prometheusMetrics } from '@payment-node/http-api'
 *
 * export const metrics = prometheusMetrics() // createPaymentNode({ …, meter: metrics.meter })
 * ```
 */
export function prometheusMetrics(): PrometheusMetrics {
  const registry = new Registry()
  const counters = new Map<string, Counter>()
  const histograms = new Map<string, Histogram>()
  const registers = [registry]
  const safely = (work: () => void): void => {
    // A meter must never throw; attributes that differ from the first ones of a name are a defect of the caller.
    try {
      work()
    } catch {}
  }
  return {
    contentType: registry.contentType,
    meter: {
      count(name, value, attributes = {}) {
        safely(() => {
          const labelNames = Object.keys(attributes).map(nameOf)
          const full = `${nameOf(name)}_total`
          const make = (): Counter => new Counter({ name: full, help: name, labelNames, registers })
          remember(counters, name, make).inc(labelsOf(attributes), value)
        })
      },
      record(name, value, attributes = {}) {
        safely(() => {
          const labelNames = Object.keys(attributes).map(nameOf)
          const full = nameOf(name.endsWith('.duration') ? `${name}.seconds` : name)
          const make = (): Histogram =>
            new Histogram({ name: full, help: name, labelNames, buckets, registers })
          remember(histograms, name, make).observe(labelsOf(attributes), value)
        })
      },
    },
    async write(node) {
      return `${await writeState(node)}${await registry.metrics()}`
    },
  }
}

/** How the node stands now: read when it is asked for, never kept. */
async function writeState(node: PaymentNode): Promise<string> {
  const registry = new Registry()
  const { state, isLeader, isHalted, blockHeight, liquidity } = await node.status()
  const show = (name: string, help: string, value: number | boolean | null | undefined): void => {
    if (value === null || value === undefined) return
    new Gauge({ name: `payment_node_${name}`, help, registers: [registry] }).set(Number(value))
  }
  show('ready', 'LND can be used (1)', state === 'ready')
  show('leader', 'this process receives and pays (1)', isLeader)
  show('halted', 'outgoing money is halted (1)', isHalted)
  show('block_height', 'height of the chain as LND has it', blockHeight)
  show('active_channels', 'active channels', liquidity?.channels)
  // Whole satoshi of bitcoin's whole supply are exact as a number.
  const satoshi = (msat: bigint | undefined): number | undefined =>
    msat === undefined ? undefined : Number(msat / 1000n)
  show('sendable_satoshi', 'can be sent over active channels', satoshi(liquidity?.sendable.msat))
  show('receivable_satoshi', 'can be received', satoshi(liquidity?.receivable.msat))
  return registry.metrics()
}

function remember<T>(known: Map<string, T>, name: string, make: () => T): T {
  const found = known.get(name) ?? make()
  known.set(name, found)
  return found
}

function labelsOf(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [nameOf(name), value]),
  )
}

function nameOf(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_')
}
