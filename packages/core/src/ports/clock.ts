/** The only door to time. The simulator replaces it by virtual time. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. May jump in both directions. */
  now(): number
  /** Milliseconds that only rise, from an arbitrary start: lease ages and deadlines are measured with it. */
  monotonic(): number
  /**
   * Resolves after `milliseconds`, or at once when `signal` aborts (it never rejects: a sleeper
   * checks its signal anyway). Never keeps the process alive by itself when `background` is set.
   */
  sleep(milliseconds: number, signal?: AbortSignal, background?: boolean): Promise<void>
}
