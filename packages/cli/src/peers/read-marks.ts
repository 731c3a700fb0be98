import type { PaymentNodeOptions } from '@payment-node/core'
import { readBooks, whyNotRead } from '../books/read-books.ts'
import { describeError } from '../terminal/describe-error.ts'
import type { Mark } from './candidate.ts'

/** The marks of peers in the books, or why they were not read. */
export interface MarksReport {
  readonly marks: ReadonlyMap<string, Mark>
  readonly wereRead: boolean
  readonly says: string | null
}

/** Blacklisted peers and those that cool down; books that nobody has begun yet have none. */
export function readMarks(options: PaymentNodeOptions): Promise<MarksReport> {
  return readBooks(options, async (books): Promise<MarksReport> => {
    const marks = new Map<string, Mark>()
    if (books.state === 'empty' || books.state === 'unbound') {
      return { marks, wereRead: true, says: null }
    }
    if (books.state !== 'open') return { marks, wereRead: false, says: whyNotRead(books) }
    try {
      let cursor: string | undefined
      do {
        const page = await books.rooms.peers.list({ limit: 1000, ...(cursor && { cursor }) })
        for (const { publicKey, state, reason } of page.items)
          marks.set(publicKey, { state, reason })
        cursor = page.cursor
      } while (cursor !== undefined)
      return { marks, wereRead: true, says: null }
    } catch (error) {
      return { marks: new Map(), wereRead: false, says: describeError(error).says }
    }
  })
}
