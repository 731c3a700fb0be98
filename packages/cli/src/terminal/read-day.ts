import { InvalidArgumentError } from 'commander'

/** A UTC day like `2026-11-22` as its first moment, in milliseconds since 1970; else the command line is refused. */
export function utcDay(text: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // What the calendar does not have (the 31st of June) would come out as another day.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text || at < 0)
    throw new InvalidArgumentError('Expected a day like 2026-11-22.')
  return at
}
