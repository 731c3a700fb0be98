import type {
  Amount,
  Difference,
  PaymentNodeOptions,
  Payout,
  PayoutState,
  SafetyStatus,
} from '@payment-node/core'
import { type BookRooms, type Books, readBooks, whyNotRead } from '../books/read-books.ts'
import type { BoundNode } from '../books/still-node.ts'
import { type KeeperBooks, readKeeper } from '../keeper/read-keeper.ts'
import { describeError, type Trouble } from '../terminal/describe-error.ts'

/** What the books say, or why they were not read. */
export type BooksReport =
  | {
      readonly state: 'open'
      readonly node: BoundNode
      /** To all partners, available and reserved. */
      readonly owed: Amount
      readonly partners: number
      readonly safety: SafetyStatus
      /** What LND and the books tell differently and is not settled yet, newest first. */
      readonly differences: readonly Difference[]
      /** Those that have not ended, newest first. */
      readonly payouts: readonly PayoutLine[]
      readonly keeper: KeeperBooks | Trouble
    }
  | { readonly state: Exclude<Books['state'], 'open'>; readonly says: string }

export type PayoutLine = Pick<
  Payout,
  'id' | 'partner' | 'state' | 'reason' | 'amount' | 'feeLimit' | 'createdAt' | 'updatedAt'
> & { readonly attempt: NonNullable<Payout['attempt']>['state'] | null }

/** Looks at the books, as {@link readBooks} does. */
export function reportBooks(options: PaymentNodeOptions): Promise<BooksReport> {
  return readBooks(options, async (books) => {
    if (books.state !== 'open') return { state: books.state, says: whyNotRead(books) }
    try {
      return await readRooms(books)
    } catch (error) {
      return { state: 'unreadable', says: describeError(error).says }
    }
  })
}

async function readRooms({
  bound: { publicKey, network },
  rooms,
  listTroubles,
}: Extract<Books, { state: 'open' }>): Promise<BooksReport> {
  const { ledger, payouts, safety } = rooms
  const { owed, partners } = await ledger.balances()
  const waiting = [
    ...(await all(payouts, 'reserved')),
    ...(await all(payouts, 'queued')),
    ...(await all(payouts, 'sending')),
  ]
  return {
    state: 'open',
    node: { publicKey, network },
    owed,
    partners: partners.length,
    safety: await safety.status(),
    differences: await allDifferences(safety),
    payouts: waiting.map(payoutLine).sort((one, other) => other.createdAt - one.createdAt),
    keeper: await readKeeper(rooms, listTroubles),
  }
}

async function all(room: BookRooms['payouts'], state: PayoutState): Promise<Payout[]> {
  const found: Payout[] = []
  let cursor: string | undefined
  do {
    const page = await room.list({ state, limit: 1000, ...(cursor !== undefined && { cursor }) })
    found.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return found
}

async function allDifferences(room: BookRooms['safety']): Promise<Difference[]> {
  const found: Difference[] = []
  let cursor: string | undefined
  do {
    const page = await room.differences({ limit: 1000, ...(cursor !== undefined && { cursor }) })
    found.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return found
}

function payoutLine(payout: Payout): PayoutLine {
  const { id, partner, state, reason, amount, feeLimit, createdAt, updatedAt, attempt } = payout
  return {
    id,
    partner,
    state,
    attempt: attempt?.state ?? null,
    reason,
    amount,
    feeLimit,
    createdAt,
    updatedAt,
  }
}
