import type { Lease } from '@payment-node/core'
import type { Worked } from './group-commit.ts'
import { bind, type Statements } from './statements.ts'

/** Takes, renews or (`for: 0`) gives up a lease. */
export function takeLease(
  statements: Statements,
  wanted: {
    readonly name: string
    readonly holder: string
    readonly now: number
    readonly for: number
  },
): Worked<Lease | undefined> {
  const { name, holder, now } = wanted
  const kept = statements.first(
    'SELECT holder, epoch, expires_at FROM storage_leases WHERE name = ?',
    [name],
  )
  const keptEpoch = Number(kept?.[1] ?? 0n)
  const isFree = !kept || kept[0] === null || Number(kept[2]) <= now
  const isOurs = kept?.[0] === holder
  const isGivenUp = wanted.for === 0
  if (isGivenUp ? !isOurs : !isOurs && !isFree) return { answer: undefined, isKept: false }
  const epoch = isOurs ? keptEpoch : keptEpoch + 1
  const expiresAt = now + wanted.for
  statements.run(
    `INSERT INTO storage_leases (name, holder, epoch, expires_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, epoch = excluded.epoch, expires_at = excluded.expires_at`,
    [name, isGivenUp ? null : holder, epoch, expiresAt].map(bind),
  )
  return { answer: { epoch, expiresAt }, isKept: true }
}
