import { type Context, identityOf } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { daysSince1970 } from '../domain/utc-day.ts'
import { invalid } from '../errors.ts'
import { readObject, readText } from '../read-input.ts'
import { forwardDays } from '../tables/forwards.ts'
import type { RowOf } from '../tables/table.ts'

/** The UTC days to report, both included: `2026-11-01` to `2026-11-30`. At most 366. */
export interface IncomePeriod {
  readonly from: string
  readonly to: string
}

/** What routing brought. */
export interface RoutedAmounts {
  /** Forwarded payments. */
  readonly count: number
  /** What left, without fees. */
  readonly forwarded: Amount
  /** Fees earned. */
  readonly earned: Amount
}

/** Routing income of one UTC day. */
export interface DayIncome extends RoutedAmounts {
  readonly day: string
  /** By the channel that the payments left over: its fee is what was paid. */
  readonly channels: readonly ChannelIncome[]
}

/** Routing income over one channel. */
export interface ChannelIncome extends RoutedAmounts {
  /** Short channel id, decimal. */
  readonly channelId: string
}

/** Routing income of a period; days without any are left out. */
export interface RoutingIncome extends RoutedAmounts {
  readonly from: string
  readonly to: string
  readonly days: readonly DayIncome[]
  /** Over all days. */
  readonly channels: readonly ChannelIncome[]
}

const page = 1000
const mostDays = 366

/** What routing earned per UTC day and channel since these books began. */
export async function readIncome(context: Context, period: IncomePeriod): Promise<RoutingIncome> {
  const given = readObject(period, 'period', ['from', 'to'])
  const from = readDay(given.from, 'from')
  const to = readDay(given.to, 'to')
  if (from.days > to.days) throw invalid('to', 'before-from', 'must not be before `from`')
  if (to.days - from.days >= mostDays) throw invalid('to', 'too-long', `at most ${mostDays} days`)
  const { publicKey } = identityOf(context)
  const rows = await context.storage.snapshot(async (read) => {
    const found: RowOf<typeof forwardDays>[] = []
    // No channel has an empty id, so this is where the first day begins.
    let after = [from.text, '']
    for (;;) {
      const query = {
        index: 'key',
        equals: [publicKey],
        upTo: to.text,
        after,
        limit: page,
      } as const
      const some = await read.find(forwardDays, query)
      found.push(...some)
      if (some.length < page) return found
      after = [some.at(-1)!.day, some.at(-1)!.channel]
    }
  })
  const days = groupBy(rows, ({ day }) => day)
  return {
    from: from.text,
    to: to.text,
    ...sum(rows),
    days: [...days].map(([day, ofDay]) => ({ day, ...sum(ofDay), channels: perChannel(ofDay) })),
    channels: perChannel(rows),
  }
}

function readDay(value: unknown, field: string): { readonly text: string; readonly days: number } {
  const text = readText(value, field, { maximum: 40 })
  const days = daysSince1970(text)
  if (days === undefined) throw invalid(field, 'malformed', 'expected a day like 2026-11-22')
  return { text, days }
}

function perChannel(rows: readonly RowOf<typeof forwardDays>[]): ChannelIncome[] {
  return [...groupBy(rows, ({ channel }) => channel)].map(([channelId, ofChannel]) => ({
    channelId,
    ...sum(ofChannel),
  }))
}

function sum(rows: readonly RowOf<typeof forwardDays>[]): RoutedAmounts {
  return {
    count: rows.reduce((total, { count }) => total + count, 0),
    forwarded: new Amount(rows.reduce((total, { amount_msat }) => total + amount_msat, 0n)),
    earned: new Amount(rows.reduce((total, { fee_msat }) => total + fee_msat, 0n)),
  }
}

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return groups
}
