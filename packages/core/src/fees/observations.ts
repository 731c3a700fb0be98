import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import type { FeePoint } from '../domain/fee-policy.ts'
import { record } from '../record.ts'
import { insert, type RowOf, remove } from '../tables/table.ts'
import { feeObservations } from '../tables/transactions.ts'

/** Milliseconds: one observation is kept of each. */
const slot = 600_000
const day = 86_400_000
const page = 1000
/** Rows of one change. */
const together = 200

/** The recorded feerates that the policy looks back upon, oldest first. */
export async function readObservations(
  context: Context,
  { publicKey }: Identity,
): Promise<readonly FeePoint[]> {
  const since = context.clock.now() - context.settings.fees.days * day
  const points: FeePoint[] = []
  let after = [since]
  for (;;) {
    const rows = await context.storage.find(feeObservations, {
      index: 'key',
      equals: [publicKey],
      after,
      limit: page,
    })
    points.push(...rows.map(({ at, sat_per_kvb }) => ({ at, satPerVbyte: sat_per_kvb / 1000 })))
    const last = rows.at(-1)
    if (!last || rows.length < page) return points
    after = [last.at]
  }
}

/** The time of the newest recorded feerate; undefined when there is none. */
export async function newestObservation(
  context: Context,
  { publicKey }: Identity,
): Promise<number | undefined> {
  const [row] = await context.storage.find(feeObservations, {
    index: 'key',
    equals: [publicKey],
    descending: true,
    limit: 1,
  })
  return row?.at
}

/** Records feerates that are not recorded yet: one per ten minutes, the first one that was seen. */
export async function recordObservations(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  source: string,
  points: readonly FeePoint[],
): Promise<void> {
  const bySlot = new Map<number, number>()
  for (const { at, satPerVbyte } of points) {
    const start = Math.floor(at / slot) * slot
    if (!bySlot.has(start)) bySlot.set(start, satPerVbyte)
  }
  const missing: [number, number][] = []
  for (const [at, satPerVbyte] of bySlot) {
    const known = await context.storage.get(feeObservations, [identity.publicKey, at])
    if (!known) missing.push([at, satPerVbyte])
  }
  for (let start = 0; start < missing.length; start += together) {
    const writes = missing.slice(start, start + together).map(([at, satPerVbyte]) =>
      insert(feeObservations, {
        ...rowBase(identity),
        at,
        source,
        sat_per_kvb: Math.max(1, Math.round(satPerVbyte * 1000)),
      }),
    )
    // A refusal says that somebody recorded one of them meanwhile: the next time finds what is missing.
    await record(context, { writes, fence: leadership.fence }, async () => true)
  }
}

/** Removes what the policy no longer looks back upon. */
export async function pruneObservations(
  context: Context,
  identity: Identity,
  leadership: Leadership,
): Promise<void> {
  const until = context.clock.now() - (context.settings.fees.days + 1) * day
  for (;;) {
    const rows: RowOf<typeof feeObservations>[] = await context.storage.find(feeObservations, {
      index: 'key',
      equals: [identity.publicKey],
      upTo: until,
      limit: together,
    })
    if (rows.length === 0) return
    const writes = rows.map((row) => remove(feeObservations, row))
    await record(context, { writes, fence: leadership.fence }, async () => true)
    if (rows.length < together) return
  }
}
