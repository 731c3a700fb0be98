/** Optional counters and timings; names and units follow OpenTelemetry. Must never throw. */
export interface Meter {
  /** Adds to a counter, e.g. `payment_node.invoices.settled`. */
  count(name: string, value: number, attributes?: Readonly<Record<string, string>>): void
  /** Records one observation, e.g. `payment_node.settlement.delay` in seconds. */
  record(name: string, value: number, attributes?: Readonly<Record<string, string>>): void
}
