import type { PlayedDay } from '../finish-day.ts'
import { channelLives, type Phase } from './channel-lives.ts'
import { type PartnerFlow, sat, satoshiFlows } from './satoshi-flows.ts'

/** What the page's script draws. Times: milliseconds since 1970; amounts: sat, null where nobody can say. */
export interface ChartData {
  readonly isPrecise: boolean
  readonly from: number
  readonly to: number
  readonly partners: readonly string[]
  readonly samples: readonly {
    readonly at: number
    readonly receivable: number | null
    readonly sendable: number | null
    /** In the order of `partners`. */
    readonly owed: readonly number[]
  }[]
  readonly payments: readonly {
    readonly at: number
    readonly kind: 'in' | 'out' | 'failed'
    readonly partner: string
    readonly amount: number
  }[]
  /** First above. `label`: the peer, and whether it opened the channel. */
  readonly channels: readonly {
    readonly label: string
    readonly isOurs: boolean
    readonly from: number
    readonly phases: readonly Phase[]
    readonly endedAt: number | null
    readonly endedBecause: string | null
  }[]
  /** Moments of the kills; from–to of LND's absences. */
  readonly kills: readonly number[]
  readonly outages: readonly { readonly from: number; readonly to: number }[]
  readonly flows: readonly PartnerFlow[]
}

export function chartData(day: PlayedDay): ChartData {
  const { record, evidence, isPrecise } = day
  const { samples, payments, kills, outages, lines } = record
  const flows = satoshiFlows(evidence)
  const partners = flows.map(({ partner }) => partner)
  const orNull = (msat: bigint | null): number | null => (msat === null ? null : sat(msat))
  return {
    isPrecise,
    // LND tells when it settled in whole seconds, which may be before the first line.
    from: Math.min(...lines.map(({ at }) => at), ...payments.map(({ at }) => at)),
    to: Math.max(...lines.map(({ at }) => at)),
    partners,
    samples: samples.map(({ at, receivableMsat, sendableMsat, owedMsat }) => ({
      at,
      receivable: orNull(receivableMsat),
      sendable: orNull(sendableMsat),
      owed: partners.map((partner) => sat(owedMsat[partner] ?? 0n)),
    })),
    payments: payments.map(({ at, direction, outcome, partner, amountMsat }) => ({
      at,
      kind: outcome === 'failed' ? 'failed' : direction,
      partner,
      amount: sat(amountMsat),
    })),
    channels: channelLives(day).map(({ peer, openedBy, from, phases, endedAt, endedBecause }) => ({
      label: openedBy === 'peer' ? `${peer} (its own)` : peer,
      isOurs: openedBy !== 'peer',
      from,
      phases,
      endedAt,
      endedBecause,
    })),
    kills: kills.map(({ from }) => from),
    outages,
    flows,
  }
}
