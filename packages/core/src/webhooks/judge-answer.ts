/** What came back for one try. */
export interface WebhookAnswer {
  /** HTTP status; null: no usable answer. */
  readonly status: number | null
  /** Why it did not succeed; null: it did. */
  readonly error: string | null
}

/** What a try means for its delivery. */
export type Verdict =
  | { readonly is: 'delivered' }
  /** Milliseconds from now. */
  | { readonly is: 'again'; readonly after: number }
  | { readonly is: 'failed' }
  /** Nothing must be sent there any more. */
  | { readonly is: 'gone' }

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Standard Webhooks 1.0.0: the pauses before the tries, milliseconds. The first is made at once. */
const schedule: readonly number[] = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]

/** At most this share of a pause is added, so that what failed together does not come back together. */
const jitter = 0.2

/** Decides by the answer; `tries` counts this one, `chance` is from 0 to 1. */
export function judgeAnswer(
  { status, error }: WebhookAnswer,
  tries: number,
  chance: number,
): Verdict {
  if (error === null) return { is: 'delivered' }
  if (status === 410) return { is: 'gone' }
  const pause = schedule[tries]
  if (pause === undefined) return { is: 'failed' }
  return { is: 'again', after: Math.round(pause * (1 + jitter * chance)) }
}
