import type { LiquidityRun, LiquidityStatus, PaymentNodeOptions } from '@payment-node/core'
import { askNode } from '../books/ask-node.ts'
import { readBooks, whyNotRead } from '../books/read-books.ts'

/** What `payment-node liquidity --json` prints. */
export interface LiquidityReport {
  readonly command: 'liquidity'
  /** Path of the configuration file. */
  readonly configuration: string
  /** null: the books were not read. */
  readonly liquidity: LiquidityStatus | null
  /** Why they were not read. */
  readonly says: string | null
}

/** How the autopilot stands, with the decision in force. */
export function reportLiquidity(
  configuration: string,
  options: PaymentNodeOptions,
): Promise<LiquidityReport> {
  return readBooks(options, async (books) => {
    const about = { command: 'liquidity', configuration } as const
    if (books.state !== 'open') return { ...about, liquidity: null, says: whyNotRead(books) }
    return { ...about, liquidity: await books.rooms.liquidity.status(), says: null }
  })
}

/** What `payment-node liquidity decisions --json` prints. */
export interface RunsReport {
  readonly command: 'liquidity decisions'
  readonly configuration: string
  /** Newest first; null: the books were not read. */
  readonly decisions: readonly LiquidityRun[] | null
  readonly says: string | null
}

/** What the autopilot decided last, newest first. */
export function reportRuns(
  configuration: string,
  options: PaymentNodeOptions,
  limit: number,
): Promise<RunsReport> {
  return readBooks(options, async (books) => {
    const about = { command: 'liquidity decisions', configuration } as const
    if (books.state !== 'open') return { ...about, decisions: null, says: whyNotRead(books) }
    const { items } = await books.rooms.liquidity.decisions({ limit })
    return { ...about, decisions: items, says: null }
  })
}

/** What `payment-node liquidity explain --json` and `recommend --json` print. */
export interface RunReport {
  readonly command: 'liquidity explain' | 'liquidity recommend'
  readonly configuration: string
  /** null: the books were not read. */
  readonly decision: LiquidityRun | null
  readonly says: string | null
}

/** One decision as it was stored. */
export function reportRun(
  configuration: string,
  options: PaymentNodeOptions,
  id: string,
): Promise<RunReport> {
  return readBooks(options, async (books) => {
    const about = { command: 'liquidity explain', configuration } as const
    if (books.state !== 'open') return { ...about, decision: null, says: whyNotRead(books) }
    return { ...about, decision: await books.rooms.liquidity.explain(id), says: null }
  })
}

/** What the policy would do now; stores nothing. */
export async function reportRecommendation(
  configuration: string,
  options: PaymentNodeOptions,
): Promise<RunReport> {
  const decision = await askNode(options, ({ liquidity }) => liquidity.recommend())
  return { command: 'liquidity recommend', configuration, decision, says: null }
}
