import type { DelegatedSwap } from '../../ports/swap-provider.ts'
import type { DelegatedFact } from './step-delegated-swap.ts'

/** What the books have of the swap. */
export interface KnownDelegated {
  readonly id: string
  readonly providerId: string | null
  readonly amountMsat: bigint
  /** The daemon has said that its preimage is revealed. */
  readonly isRevealed: boolean
}

/** What the daemon's reports say of it. */
export type JudgedReports =
  /** It does not know it. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'report'
      readonly fact: DelegatedFact
      /** Stable, for machines; null when there is nothing to say. */
      readonly reason: string | null
      readonly report: DelegatedSwap | undefined
      /** Others have the same label. */
      readonly doubles: number
    }

/** The daemon's word, before LND is asked: `completed` and `failed` are what it says. */
export function judgeReports(
  swap: KnownDelegated,
  reports: readonly DelegatedSwap[],
): JudgedReports {
  const labelled = reports.filter(({ label }) => label === swap.id)
  const stuck = (reason: string, report?: DelegatedSwap): JudgedReports => ({
    kind: 'report',
    fact: 'stuck',
    reason,
    report,
    doubles: Math.max(0, labelled.length - 1),
  })
  const ours =
    swap.providerId === null
      ? labelled
      : labelled.filter(({ providerId }) => providerId === swap.providerId)
  const [report] = ours
  // Its state directory was lost, or another daemon answers: money may be under way there.
  if (!report) return swap.providerId === null ? { kind: 'none' } : stuck('daemon-forgot')
  if (ours.length > 1) return stuck('duplicate-label', report)
  if (report.amountSat * 1000n !== swap.amountMsat) return stuck('bad-answer', report)
  // A preimage that was revealed stays revealed, whatever the daemon says now.
  if (swap.isRevealed && report.state === 'accepted') return stuck('gone-back', report)
  const doubles = labelled.length - 1
  switch (report.state) {
    case 'accepted':
    case 'running':
    case 'completed':
      return { kind: 'report', fact: report.state, reason: null, report, doubles }
    case 'failed':
      return {
        kind: 'report',
        fact: 'failed',
        reason: report.failure ?? 'unknown',
        report,
        doubles,
      }
    default:
      return stuck(report.failure ?? 'unknown', report)
  }
}
