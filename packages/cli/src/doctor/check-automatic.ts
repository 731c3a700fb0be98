import type { Diagnosis, PaymentNodeOptions } from '@payment-node/core'
import type { Books } from '../books/read-books.ts'
import { failedBy, warning } from './check.ts'

/** Partners that are set to be paid by themselves, and nothing that pays them. Nothing to say otherwise. */
export async function checkAutomatic(
  books: Books,
  { payouts }: PaymentNodeOptions,
): Promise<readonly Diagnosis[]> {
  if (books.state !== 'open' || payouts?.automatic !== undefined) return []
  try {
    let count = 0
    let cursor: string | undefined
    do {
      const page = await books.rooms.partners.list({ limit: 1000, ...(cursor && { cursor }) })
      count += page.items.filter(({ payout }) => payout.automatic).length
      cursor = page.cursor
    } while (cursor !== undefined)
    if (count === 0) return []
    return [
      warning(
        'automatic-payouts',
        `${count === 1 ? '1 partner has' : `${count} partners have`} automatic payouts, and no schedule pays them.`,
        "Set the option payouts.automatic: { every, minimum } to have them paid, 'by-call' where you call payouts.runAutomatic() yourself.",
      ),
    ]
  } catch (error) {
    return [failedBy('automatic-payouts', error, 'Look at the storage.')]
  }
}
