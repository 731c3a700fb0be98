import { PaymentNodeError } from './errors.ts'

/** Throws `idempotency.conflict`, naming the first field that differs. */
export function requireSameRequest(earlier: string, now: string, idempotencyKey: string): void {
  if (earlier === now) return
  const before = JSON.parse(earlier) as Record<string, unknown>
  const after = JSON.parse(now) as Record<string, unknown>
  const names = Object.keys({ ...before, ...after })
  const field =
    names.find((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])) ?? 'request'
  throw new PaymentNodeError(
    'idempotency.conflict',
    `The idempotency key ${JSON.stringify(idempotencyKey)} was used with another ${field}.`,
    { idempotencyKey, field },
    { advice: 'Repeat the call exactly, or use a new key for another request.' },
  )
}
