import type { Diagnosis, PaymentNodeOptions } from '@payment-node/core'
import { type Check, failedBy, ok } from './check.ts'
import { checkBooks } from './check-books.ts'
import { checkLists } from './check-lists.ts'
import { checkNode } from './check-node.ts'
import { checkSwaps } from './check-swaps.ts'

/** What the doctor found, as `--json` prints it. */
export interface DoctorReport {
  readonly command: 'doctor'
  /** Path of the configuration file; null when there is none. */
  readonly configuration: string | null
  /** `failed` when one check has failed. */
  readonly result: 'ok' | 'failed'
  readonly counts: Readonly<Record<Check['result'], number>>
  readonly checks: readonly Check[]
}

/** Looks at everything that must be right before money moves, and changes nothing. */
export async function examine(
  configuration: string,
  options: PaymentNodeOptions,
): Promise<DoctorReport> {
  const { checks, info } = await checkNode(options)
  const books = await checkBooks(options, info)
  const lists = await checkLists(options)
  const swaps = info ? await checkSwaps(options) : []
  await options.lightning.close()
  return report(configuration, [
    ...about('configuration', [ok('options', 'The options can be used.'), ...lists]),
    ...about('node', [...checks, ...swaps]),
    ...about('books', books),
  ])
}

/** A configuration that cannot be used ends the examination. */
export function misconfigured(configuration: string | null, error: unknown): DoctorReport {
  const check = failedBy(
    'options',
    error,
    'Compare with the example of payment-node doctor --help.',
  )
  return report(configuration, about('configuration', [check]))
}

function about(subject: Check['about'], checks: readonly Diagnosis[]): Check[] {
  return checks.map((check) => ({ about: subject, ...check }))
}

function report(configuration: string | null, checks: readonly Check[]): DoctorReport {
  const counts = { ok: 0, warning: 0, failed: 0 }
  for (const { result } of checks) counts[result]++
  const result = counts.failed === 0 ? 'ok' : 'failed'
  return { command: 'doctor', configuration, result, counts, checks }
}
