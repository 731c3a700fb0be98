import { type Duration, readDuration } from '../domain/duration.ts'
import { readObject } from '../read-input.ts'

/** How partners are kept. */
export interface PartnerOptions {
  /**
   * A changed payout destination is in effect only after this time, so that who breaks into a partner's
   * account cannot take its balance at once. Default 24 hours; 0 turns it off.
   */
  readonly destinationCoolDown?: Duration
}

/** The options with every default filled in. */
export interface PartnerSettings {
  /** Milliseconds. */
  readonly destinationCoolDown: number
}

/** Throws `input.invalid`. */
export function readPartnerOptions(value: unknown): PartnerSettings {
  const given = value === undefined ? {} : readObject(value, 'partners', ['destinationCoolDown'])
  const range = { minimum: 0, maximum: 30 * 86_400 }
  const coolDown = given.destinationCoolDown
  return {
    destinationCoolDown:
      1000 *
      readDuration(
        coolDown === undefined ? '24h' : coolDown,
        'partners.destinationCoolDown',
        range,
      ),
  }
}
