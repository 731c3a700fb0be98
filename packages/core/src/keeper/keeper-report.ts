import { type Context, type Identity, identityOf } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { readObject } from '../read-input.ts'
import { channelIntents } from '../tables/channel-intents.ts'
import { decisions } from '../tables/keeper.ts'
import type { RowOf } from '../tables/table.ts'
import { readMoment } from './list-decisions.ts'
import { lever } from './write-decision.ts'

/** What the keeper did, or would have done, in a time. */
export interface KeeperReport {
  /** Milliseconds since 1970. */
  readonly since: number
  readonly until: number
  /**
   * One per peer, oldest first: in the mode `act` what it opened or is opening, else what it would have
   * opened. What failed is only counted.
   */
  readonly openings: readonly ReportedOpening[]
  /** Openings that it began and that came to nothing. */
  readonly failed: number
  /** Sum of the capacities of `openings`. */
  readonly capacity: Amount
  /** Sum of the worst-case fees of their funding transactions. */
  readonly cost: Amount
  /** Milliseconds that it spent in each verdict and reason, longest first. */
  readonly times: readonly {
    readonly verdict: string
    readonly reason: string
    readonly milliseconds: number
  }[]
}

/** A channel that was opened or would have been. */
export interface ReportedOpening {
  readonly peer: string
  readonly capacity: Amount
  /** Worst-case fee of the funding transaction. */
  readonly cost: Amount
  /** Milliseconds since 1970. */
  readonly decidedAt: number
  readonly mode: 'observe' | 'recommend' | 'act'
  /** The opening that followed; null when nothing was done. */
  readonly opening: string | null
}

const week = 7 * 86_400_000

type Row = RowOf<typeof decisions>

/**
 * What was decided since a moment (default: a week ago) and what it costs, from the decisions and what became
 * of them. Outside
 * of the mode `act` nothing follows a recommendation, so the peers that would have come next count, too, at
 * the size and price of the first.
 */
export async function keeperReport(
  context: Context,
  filter: { readonly since?: number } = {},
): Promise<KeeperReport> {
  readObject(filter, 'filter', ['since'])
  const until = context.clock.now()
  const since = filter.since === undefined ? until - week : readMoment(filter.since, 'since')
  const rows = await readSince(context, identityOf(context), since)

  const openings = new Map<string, ReportedOpening>()
  const times = new Map<string, { verdict: string; reason: string; milliseconds: number }>()
  rows.forEach((row, at) => {
    const from = Math.max(row.decided_at, since)
    const to = rows[at + 1]?.decided_at ?? until
    const { verdict, reason } = row
    const time = times.get(`${verdict}/${reason}`) ?? { verdict, reason, milliseconds: 0 }
    time.milliseconds += Math.max(0, to - from)
    times.set(`${verdict}/${reason}`, time)
    // What was opened before is no part of it; what was only recommended then, and still was, is.
    if (row.mode === 'act' && row.decided_at < since) return
    for (const opening of openingsOf(row)) {
      const name = opening.opening ?? opening.peer
      if (!openings.has(name)) openings.set(name, opening)
    }
  })
  const all: ReportedOpening[] = []
  let failed = 0
  for (const opening of openings.values()) {
    if (await hasFailed(context, opening)) failed++
    else all.push(opening)
  }
  const sum = (part: (opening: ReportedOpening) => Amount): Amount =>
    new Amount(all.reduce((total, opening) => total + part(opening).msat, 0n))
  return {
    since,
    until,
    openings: all,
    failed,
    capacity: sum(({ capacity }) => capacity),
    cost: sum(({ cost }) => cost),
    times: [...times.values()].sort((a, b) => b.milliseconds - a.milliseconds),
  }
}

async function hasFailed(context: Context, { opening }: ReportedOpening): Promise<boolean> {
  const intent = opening === null ? undefined : await context.storage.get(channelIntents, [opening])
  return intent?.state === 'failed' || intent?.state === 'abandoned'
}

function openingsOf(row: Row): ReportedOpening[] {
  if (row.verdict !== 'open' || row.peer === null) return []
  const one = (peer: string): ReportedOpening => ({
    peer,
    capacity: new Amount(row.capacity_msat),
    cost: new Amount(row.cost_msat),
    decidedAt: row.decided_at,
    mode: row.mode as ReportedOpening['mode'],
    opening: row.intent,
  })
  if (row.mode === 'act') return [one(row.peer)]
  const { following } = row.details as { following?: readonly string[] }
  return [row.peer, ...(following ?? [])].map(one)
}

/** Oldest first, beginning with the one that was in force at `since`. */
async function readSince(context: Context, identity: Identity, since: number): Promise<Row[]> {
  const rows: Row[] = []
  let after: (string | number)[] | undefined
  for (;;) {
    const page = await context.storage.find(decisions, {
      index: 'decided',
      equals: [identity.publicKey, lever],
      descending: true,
      limit: 1000,
      ...(after && { after }),
    })
    for (const row of page) {
      rows.push(row)
      if (row.decided_at < since) return rows.reverse()
    }
    const last = page.at(-1)
    if (!last || page.length < 1000) return rows.reverse()
    after = [last.decided_at, last.id]
  }
}
