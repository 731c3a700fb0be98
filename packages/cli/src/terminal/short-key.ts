/** A public key for people: its two ends. */
export function shortKey(publicKey: string): string {
  return `${publicKey.slice(0, 12)}…${publicKey.slice(-8)}`
}
