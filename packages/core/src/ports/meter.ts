/**
 * Optional counters and timings; names follow OpenTelemetry, `docs/metrics.md` lists them with their units. Must
 * never throw.
 */
export interface Meter {
  /** Adds to a counter, e.g. `payment_node.settlements`. */
  count(name: string, value: number, attributes?: Readonly<Record<string, string>>): void
  /** Records one observation; a name that ends in `.duration` is in seconds. */
  record(name: string, value: number, attributes?: Readonly<Record<string, string>>): void
}
