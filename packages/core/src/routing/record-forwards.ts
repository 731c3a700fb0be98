import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import { bookForwards } from '../domain/ledger.ts'
import { utcDay } from '../domain/utc-day.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import type { Forward, ForwardingHistory } from '../ports/node-channels.ts'
import type { Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { forwardDays, forwards } from '../tables/forwards.ts'
import { cursors, nodes } from '../tables/node.ts'
import { insert, type RowOf, update } from '../tables/table.ts'

const page = 1000
/** Milliseconds that are read again: LND's clock may have been set back, and it writes forwards down in batches. */
const overlap = 600_000
/** LND's clock may be ahead of ours. */
const ahead = 86_400_000

/**
 * Copies what LND forwarded since these books began, and books what it earned: forwards, sums per day,
 * ledger and cursor in one change per page. A forward is known by its time, which LND gives no other, so
 * that reading a page again books nothing twice. What was earned before is in the opening balance.
 */
export async function recordForwards(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  history: ForwardingHistory,
  signal: AbortSignal,
): Promise<void> {
  const begin = await beginningOfBooks(context)
  if (begin === undefined) return
  const cursor = await readCursor(context, identity)
  let startTime = Math.max(begin, (cursor?.position ?? 0) - overlap)
  let offset = 0
  const endTime = context.clock.now() + ahead
  while (!signal.aborted) {
    const read = await history.list({ startTime, endTime, offset, limit: page }, signal)
    const first = BigInt(begin) * 1_000_000n
    await recordPage(
      context,
      identity,
      leadership,
      read.filter(({ at }) => at >= first),
    )
    const last = read.at(-1)
    if (!last || read.length < page) return
    // An offset counts from the start, and LND can be told to forget its oldest: it is kept small.
    const lastSecond = Number(last.at / 1_000_000_000n) * 1000
    offset = lastSecond > startTime ? 0 : offset + page
    startTime = Math.max(startTime, lastSecond)
  }
}

/** Milliseconds since 1970. */
async function beginningOfBooks(context: Context): Promise<number | undefined> {
  return (await context.storage.get(nodes, [context.settings.name]))?.created_at
}

function readCursor(
  context: Context,
  { publicKey }: Identity,
): Promise<RowOf<typeof cursors> | undefined> {
  return context.storage.get(cursors, [publicKey, 'forwards'])
}

async function recordPage(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  read: readonly Forward[],
): Promise<void> {
  const known = await readKnown(context, identity, read)
  const fresh = read.filter(({ at }) => !known.has(keyOfTime(at)))
  const last = fresh.at(-1)
  if (!last) return
  const base = rowBase(identity)
  const lastKey = keyOfTime(last.at)
  const earnedMsat = fresh.reduce((sum, { feeMsat }) => sum + feeMsat, 0n)
  const writes: Write[] = [
    ...fresh.map((forward) =>
      insert(forwards, {
        ...base,
        at: keyOfTime(forward.at),
        channel_in: forward.channelIdIn,
        channel_out: forward.channelIdOut,
        amount_msat: forward.amountOutMsat,
        fee_msat: forward.feeMsat,
      }),
    ),
    ...(await addToDays(context, identity, fresh)),
    ...(earnedMsat > 0n
      ? postTransaction(context, identity, bookForwards(lastKey, earnedMsat))
      : []),
    ...(await moveCursor(context, identity, Number(last.at / 1_000_000n))),
  ]
  // Refused: somebody else was first, and the next look finds what is left.
  await record(context, { writes, fence: leadership.fence }, async () => {
    return (await context.storage.get(forwards, [identity.publicKey, lastKey])) !== undefined
  })
}

/** The times between the first and the last of a page that the books have already. */
async function readKnown(
  context: Context,
  { publicKey }: Identity,
  read: readonly Forward[],
): Promise<Set<string>> {
  const known = new Set<string>()
  const [first, last] = [read[0], read.at(-1)]
  if (!first || !last) return known
  let after = keyOfTime(first.at - 1n)
  for (;;) {
    const rows = await context.storage.find(forwards, {
      index: 'key',
      equals: [publicKey],
      after: [after],
      upTo: keyOfTime(last.at),
      limit: page,
    })
    for (const { at } of rows) known.add(at)
    if (rows.length < page) return known
    after = rows.at(-1)!.at
  }
}

async function addToDays(
  context: Context,
  identity: Identity,
  fresh: readonly Forward[],
): Promise<Write[]> {
  const sums = new Map<
    string,
    { day: string; channel: string; count: number; amount_msat: bigint; fee_msat: bigint }
  >()
  for (const { at, channelIdOut: channel, amountOutMsat, feeMsat } of fresh) {
    const day = utcDay(Number(at / 1_000_000n))
    const sum = sums.get(`${day} ${channel}`) ?? {
      day,
      channel,
      count: 0,
      amount_msat: 0n,
      fee_msat: 0n,
    }
    sum.count += 1
    sum.amount_msat += amountOutMsat
    sum.fee_msat += feeMsat
    sums.set(`${day} ${channel}`, sum)
  }
  return Promise.all(
    [...sums.values()].map(async (sum) => {
      const row = await context.storage.get(forwardDays, [identity.publicKey, sum.day, sum.channel])
      if (!row) return insert(forwardDays, { ...rowBase(identity), ...sum })
      return update(forwardDays, row, {
        count: row.count + sum.count,
        amount_msat: row.amount_msat + sum.amount_msat,
        fee_msat: row.fee_msat + sum.fee_msat,
      })
    }),
  )
}

async function moveCursor(
  context: Context,
  identity: Identity,
  position: number,
): Promise<Write[]> {
  const row = await readCursor(context, identity)
  if (!row) return [insert(cursors, { ...rowBase(identity), name: 'forwards', position })]
  return row.position >= position ? [] : [update(cursors, row, { position })]
}

/** Twenty digits, so that text sorts as the number does. */
function keyOfTime(at: bigint): string {
  return at.toString().padStart(20, '0')
}
