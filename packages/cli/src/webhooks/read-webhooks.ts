import type { DeliveryState, PaymentNodeOptions, WebhookEndpoint } from '@payment-node/core'
import { type BookRooms, readBooks, whyNotRead } from '../books/read-books.ts'

/** One endpoint with what waits and what was given up. */
export interface WebhookReport extends WebhookEndpoint {
  /** At most {@link mostCounted}. */
  readonly waiting: number
  /** At most {@link mostCounted}. */
  readonly failed: number
}

/** What `payment-node webhooks --json` prints. */
export interface WebhooksReport {
  readonly command: 'webhooks'
  readonly configuration: string
  /** Failing ones first, then the newest; null: the books were not read. */
  readonly webhooks: readonly WebhookReport[] | null
  readonly says: string | null
}

/** More are not counted. */
export const mostCounted = 1000

/** All endpoints of the books. */
export function readWebhooks(
  configuration: string,
  options: PaymentNodeOptions,
): Promise<WebhooksReport> {
  return readBooks(options, async (books) => {
    const about = { command: 'webhooks', configuration } as const
    if (books.state !== 'open') return { ...about, webhooks: null, says: whyNotRead(books) }
    const { rooms } = books
    const webhooks: WebhookReport[] = []
    let cursor: string | undefined
    do {
      const page = await rooms.webhooks.list({ limit: 1000, ...(cursor && { cursor }) })
      for (const endpoint of page.items) {
        const waiting = await count(rooms, endpoint.id, 'waiting')
        webhooks.push({ ...endpoint, waiting, failed: await count(rooms, endpoint.id, 'failed') })
      }
      cursor = page.cursor
    } while (cursor !== undefined)
    const isWell = ({ state, failingSince }: WebhookReport): number =>
      state === 'active' && failingSince === null ? 1 : 0
    return { ...about, webhooks: webhooks.sort((a, b) => isWell(a) - isWell(b)), says: null }
  })
}

async function count(rooms: BookRooms, endpoint: string, state: DeliveryState): Promise<number> {
  return (await rooms.webhooks.deliveries({ endpoint, state, limit: mostCounted })).items.length
}
