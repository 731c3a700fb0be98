import type { InputsMissing } from './choose-inputs.ts'
import type { FeeVerdict } from './fee-policy.ts'

/** A payout that waits for its transaction. */
export interface QueuedPayout {
  readonly id: string
  readonly address: string
  readonly amountSat: bigint
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly verdict: FeeVerdict
}

/** What goes into the next transaction, first to last, and why the others wait. */
export interface Batch<P extends QueuedPayout> {
  readonly go: readonly P[]
  readonly wait: readonly { readonly payout: P; readonly reason: WaitReason }[]
}

/** Why a payout is not in the next transaction. */
export type WaitReason =
  /** Others may share its transaction. */
  | 'collecting'
  | 'feerate-above-hard-ceiling'
  | 'feerate-above-ceiling'
  | 'feerate-above-percentile'
  | InputsMissing

/** The operator's rules for sharing a transaction; `collectFor` in milliseconds. */
export interface BatchPolicy {
  readonly collectFor: number
  readonly maximumOutputs: number
}

/**
 * Which payouts the next transaction carries. It is made when something in it is urgent, has waited long
 * enough for company, or when it is full; then everything acceptable goes along, one output per address.
 * `missing` says why the wallet does not pay for these together: what does not fit holds up nothing behind it.
 */
export function chooseBatch<P extends QueuedPayout>(
  queued: readonly P[],
  now: number,
  policy: BatchPolicy,
  missing: (together: readonly P[]) => InputsMissing | undefined,
): Batch<P> {
  const wait: { payout: P; reason: WaitReason }[] = []
  const acceptable: P[] = []
  for (const payout of queued) {
    const { isAcceptable, reason } = payout.verdict
    if (isAcceptable) acceptable.push(payout)
    else wait.push({ payout, reason: reason as WaitReason })
  }
  const isOld = ({ createdAt }: P): boolean =>
    // What was asked for later than now was dated by a clock that was ahead: it would wait until then.
    createdAt + policy.collectFor <= now || createdAt > now
  const isDue =
    acceptable.some((payout) => isUrgent(payout) || isOld(payout)) ||
    new Set(acceptable.map(({ address }) => address)).size >= policy.maximumOutputs
  if (!isDue) {
    return { go: [], wait: [...wait, ...acceptable.map((payout) => collecting(payout))] }
  }
  const go: P[] = []
  const addresses = new Set<string>()
  for (const payout of [...acceptable].sort(byUrgency)) {
    if (go.length === policy.maximumOutputs || addresses.has(payout.address)) {
      wait.push(collecting(payout))
      continue
    }
    const reason = missing([...go, payout])
    if (reason) {
      wait.push({ payout, reason })
      continue
    }
    go.push(payout)
    addresses.add(payout.address)
  }
  return { go, wait }
}

function collecting<P extends QueuedPayout>(payout: P): { payout: P; reason: WaitReason } {
  return { payout, reason: 'collecting' }
}

function isUrgent({ verdict }: QueuedPayout): boolean {
  return (
    verdict.reason === 'quick' ||
    verdict.reason === 'released' ||
    verdict.reason === 'deadline-passed'
  )
}

/** Urgent ones first, then the oldest. */
function byUrgency(a: QueuedPayout, b: QueuedPayout): number {
  const urgency = Number(isUrgent(b)) - Number(isUrgent(a))
  if (urgency !== 0) return urgency
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt
  return a.id < b.id ? -1 : 1
}
