/** `2026-11-22 18:05`, UTC. Milliseconds since 1970. */
export function formatDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').slice(0, 16)
}
