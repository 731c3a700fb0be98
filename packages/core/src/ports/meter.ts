/** Optional counters and timings; names and units follow OpenTelemetry. Must never throw. */
export interface Meter {
  /** Adds to a counter, e.g. `payment_node.settlements`. */
  count(name: string, value: number, attributes?: Readonly<Record<string, string>>): void
  /** Records one observation, in the unit that the name says. Not used by this release. */
  record(name: string, value: number, attributes?: Readonly<Record<string, string>>): void
}
