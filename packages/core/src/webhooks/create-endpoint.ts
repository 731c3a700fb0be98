import { type Context, identityOf, newId, rowBase } from '../context.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import { eventTypes } from '../events/event-types.ts'
import type { EventType } from '../events.ts'
import { findPartner } from '../partners/get-partner.ts'
import { readId, readObject, readOneOf } from '../read-input.ts'
import { record } from '../record.ts'
import { insert } from '../tables/table.ts'
import { webhookEndpoints } from '../tables/webhooks.ts'
import { endpointView, type WebhookEndpointWithSecret } from './endpoint-view.ts'
import { isAboutPartners } from './partner-of.ts'
import { readWebhookUrl } from './read-webhook-url.ts'
import { newSecret, readSecret } from './webhook-secret.ts'

/** A new endpoint. */
export interface WebhookInput {
  /** `https:`, at most 2048 bytes, without a user and password. */
  readonly url: string
  /** Sends only the events about this partner. Left out: the operator's, every event. */
  readonly partner?: string
  /** Sends only these. Left out or empty: all that the owner may see. */
  readonly types?: readonly EventType[]
  /** `whsec_` and base64 of 24 to 64 bytes, e.g. of a receiver that moves here. Default: a new one. */
  readonly secret?: string
}

/** Per owner; so many are looked at for each event. */
const mostEndpoints = 20

/**
 * Sends every event from now on to a URL. The secret is given out here and never again. Throws
 * `input.invalid`, `partner.not-found`, `webhook.too-many`.
 */
export async function createEndpoint(
  context: Context,
  input: WebhookInput,
): Promise<WebhookEndpointWithSecret> {
  readObject(input, 'webhook', ['url', 'partner', 'types', 'secret'])
  const partner = input.partner === undefined ? '' : readId(input.partner, 'partner')
  const url = await readWebhookUrl(context, input.url, 'url', partner)
  const types = readTypes(input.types, partner)
  const secret =
    input.secret === undefined ? newSecret(context.random) : readSecret(input.secret, 'secret')
  const identity = identityOf(context)
  if (partner !== '') await findPartner(context, partner)
  await requireFewer(context, identity.publicKey, partner)
  const now = context.clock.now()
  const row = {
    ...rowBase(identity),
    id: `whe_${newId(context)}`,
    partner,
    url,
    types,
    secrets: [{ secret, createdAt: now, expiresAt: null }],
    state: 'active',
    reason: null,
    failing_since: null,
    position: Number(await context.storage.lastEvent()),
    created_at: now,
    updated_at: now,
  }
  const isApplied = async (): Promise<boolean> =>
    (await context.storage.get(webhookEndpoints, [row.node, row.id])) !== undefined
  const refused = await record(context, { writes: [insert(webhookEndpoints, row)] }, isApplied)
  if (refused) throw new Error('a random id was used twice')
  context.live.wakeWebhooks()
  return { ...endpointView(row), secret }
}

/** Empty: all. A type that the partner never gets would be waited for in vain. */
export function readTypes(value: unknown, partner: string): readonly EventType[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw invalid('types', 'wrong-type', 'expected an array of types')
  const types = value.map((type) => readOneOf<EventType>(type, 'types', eventTypes))
  const hidden = partner === '' ? undefined : types.find((type) => !isAboutPartners(type))
  if (hidden) throw invalid('types', 'not-visible', `${hidden} is never about a partner`)
  return [...new Set(types)]
}

async function requireFewer(context: Context, node: string, partner: string): Promise<void> {
  const rows = await context.storage.find(webhookEndpoints, {
    index: 'partner',
    equals: [node, partner],
    limit: 1000,
  })
  if (rows.filter(({ state }) => state !== 'removed').length < mostEndpoints) return
  throw new PaymentNodeError(
    'webhook.too-many',
    `There are ${mostEndpoints} webhook endpoints already.`,
    { limit: mostEndpoints },
    { advice: 'Remove one first.' },
  )
}
