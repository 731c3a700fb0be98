import type { PaymentNodeOptions } from '@payment-node/core'
import { type NodeReport, readNode } from './read-node.ts'
import { type BooksReport, reportBooks } from './report-books.ts'

/** What `--json` prints. Amounts are text like `"25000 sat"`, times milliseconds since 1970. */
export interface StatusReport extends NodeReport {
  readonly command: 'status'
  /** Path of the configuration file. */
  readonly configuration: string
  readonly books: BooksReport
}

/** What the Lightning node and the books say now. */
export async function readStatus(
  configuration: string,
  options: PaymentNodeOptions,
): Promise<StatusReport> {
  const node = await readNode(options.lightning)
  const books = await reportBooks(options)
  await options.lightning.close()
  return { command: 'status', configuration, ...node, books }
}
