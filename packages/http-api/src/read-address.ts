/** The other end of the connection, as `@hono/node-server` hands it over; `unknown` behind anything else. */
export function readAddress(environment: unknown): string {
  const { incoming } = (environment ?? {}) as {
    incoming?: { socket?: { remoteAddress?: string } }
  }
  return incoming?.socket?.remoteAddress ?? 'unknown'
}
