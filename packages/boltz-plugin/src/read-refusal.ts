import type { SwapRefusal } from '@payment-node/core'

/** The server's words and what they mean. It has no codes, and each operator may word them anew. */
const meanings: readonly (readonly [words: RegExp, reason: SwapRefusal])[] = [
  [/invalid pair hash/i, 'quote-stale'],
  [/insufficient liquidity|not enough (liquidity|balance|funds)/i, 'insufficient-liquidity'],
  [/exceeds maximal/i, 'above-maximum'],
  [/less than minimal|amount is too low|dust/i, 'below-minimum'],
  [/(preimage hash|swap).*(exists|already)|already exists/i, 'hash-used'],
  [/too many requests|rate limit/i, 'rate-limited'],
  [/suspend|disabled|maintenance|paused|discontinued|shut ?down/i, 'suspended'],
]

/** Why it refuses, by the status and the words of its answer; undefined when neither says. */
export function readRefusal(status: number, words: string): SwapRefusal | undefined {
  if (status === 409) return 'hash-used'
  if (status === 429) return 'rate-limited'
  const known = meanings.find(([pattern]) => pattern.test(words))
  if (known) return known[1]
  return status < 500 ? 'other' : undefined
}

/** The words of its answer `{"error": "…"}`, short, on one line, and without anything that could be a secret. */
export function readWords(answer: unknown): string {
  const told = typeof answer === 'object' && answer !== null && 'error' in answer && answer.error
  if (typeof told !== 'string') return ''
  return told
    .slice(0, 1000)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .replaceAll(/[0-9a-f+/=]{24,}/gi, '…')
    .trim()
    .slice(0, 200)
}
