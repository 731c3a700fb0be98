/** Where core writes what a person may want to read later. Never given a secret. */
export interface Logger {
  /** For developers: each step and wake-up. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** The normal course: started, ready, stopped. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** Somebody should look when there is time. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** Somebody should look now. */
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** Writes nothing. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
