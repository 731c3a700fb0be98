import type { Lease } from '@payment-node/core'
import type { Books } from './memory-data.ts'

/** Takes, renews or (`for: 0`) gives up a lease. */
export function takeLease(
  books: Books,
  wanted: {
    readonly name: string
    readonly holder: string
    readonly now: number
    readonly for: number
  },
): Lease | undefined {
  const { name, holder, now } = wanted
  const kept = books.leases.get(name)
  const isOurs = kept?.holder === holder
  if (wanted.for === 0) {
    if (!isOurs) return undefined
    const given = { epoch: kept.epoch, expiresAt: now }
    books.leases.set(name, { ...given, holder: undefined })
    return given
  }
  if (kept?.holder !== undefined && !isOurs && kept.expiresAt > now) return undefined
  const epoch = isOurs ? kept.epoch : (kept?.epoch ?? 0) + 1
  const expiresAt = now + wanted.for
  books.leases.set(name, { holder, epoch, expiresAt })
  return { epoch, expiresAt }
}

/** The holders of an exclusive engine's leases are gone when it is opened; the epochs stay. */
export function freeLeases(books: Books): void {
  for (const [name, lease] of books.leases) books.leases.set(name, { ...lease, holder: undefined })
}
