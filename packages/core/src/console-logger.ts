import type { Logger } from './ports/logger.ts'

/** Warnings and errors to the console: the default, so that a handler that always fails is seen. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, fields) => console.warn(`payment-node: ${message}`, fields ?? ''),
  error: (message, fields) => console.error(`payment-node: ${message}`, fields ?? ''),
}
