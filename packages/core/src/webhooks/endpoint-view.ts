import type { EventType } from '../events.ts'
import type { RowOf } from '../tables/table.ts'
import type { webhookEndpoints } from '../tables/webhooks.ts'
import type { StoredSecret } from './webhook-secret.ts'

/** Where events are sent to. Times are milliseconds since 1970. */
export interface WebhookEndpoint {
  readonly id: string
  /** Gets the events about this partner only; null: the operator's. */
  readonly partner: string | null
  readonly url: string
  /** Empty: all that its owner may see. */
  readonly types: readonly EventType[]
  readonly state: 'active' | 'disabled'
  /** Why it is disabled: `operator`, `gone` (it answered 410), `failing` (for too long); else null. */
  readonly reason: string | null
  /** Since when nothing could be delivered; null while it takes what it gets. */
  readonly failingSince: number | null
  /** The secrets that sign, newest first, without themselves; `expiresAt` is null for the one that stays. */
  readonly secrets: readonly { readonly createdAt: number; readonly expiresAt: number | null }[]
  readonly createdAt: number
  readonly updatedAt: number
}

/** With the secret: given out once, when it is made. */
export interface WebhookEndpointWithSecret extends WebhookEndpoint {
  /** `whsec_` and base64: what the receiver passes to `verifyWebhook`. */
  readonly secret: string
}

export type EndpointRow = RowOf<typeof webhookEndpoints>

export function endpointView(row: Omit<EndpointRow, 'revision'>): WebhookEndpoint {
  return {
    id: row.id,
    partner: row.partner === '' ? null : row.partner,
    url: row.url,
    types: row.types as readonly EventType[],
    state: row.state as WebhookEndpoint['state'],
    reason: row.reason,
    failingSince: row.failing_since,
    secrets: (row.secrets as readonly StoredSecret[]).map(({ createdAt, expiresAt }) => ({
      createdAt,
      expiresAt,
    })),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
