import { PaymentNodeError, verifyWebhook } from '@payment-node/core'
import type { MirrorEvent } from '../mirror-books.ts'
import type { Arrival, Invariant, Witness } from './invariant.ts'
import { textOf } from './read-commit.ts'

/** Looks at what has arrived since the last look, at every commit and at the end. */
function ofArrivals(
  name: string,
  says: string,
  judge: (witness: Witness, arrival: Arrival) => string | undefined,
): Invariant {
  return {
    name,
    says,
    begin(witness) {
      let seen = 0
      const look = (): string | undefined => {
        const { arrivals } = witness.records
        while (seen < arrivals.length) {
          const found = judge(witness, arrivals[seen++]!)
          if (found) return found
        }
        return undefined
      }
      return { commit: look, end: look }
    },
  }
}

/** Standard Webhooks, as the receiver checks it. */
const webhooksVerify = ofArrivals(
  'webhooks-verify',
  'What a receiver gets is signed with its secret, and is an event of the log, word by word.',
  (witness, { url, headers, body }) => {
    const secret = witness.records.secrets.get(url)
    if (secret === undefined) return `${url} got something, and is no endpoint`
    const now = 1000 * Number(headers['webhook-timestamp'])
    try {
      const { id, type } = verifyWebhook(secret, headers, body, { now })
      if (headers['webhook-id'] !== id) return `${id} came as ${headers['webhook-id']}`
      if (type === 'webhook.test' || witness.records.wasRestored) return undefined
      const stored = witness.books.events.find((event) => event.id === id)
      if (!stored) return `${url} got ${id}, which is not in the log`
      const { data } = JSON.parse(body) as { data: unknown }
      const told = (JSON.parse(stored.body) as { data: unknown }).data
      return JSON.stringify(data) === JSON.stringify(told)
        ? undefined
        : `${url} got ${id} in other words`
    } catch (error) {
      if (!PaymentNodeError.is(error, 'webhook.signature-invalid')) throw error
      return `${url} got ${headers['webhook-id']}: ${error.details.reason}`
    }
  },
)

/** Partners do not see each other. */
const webhooksStayPrivate = ofArrivals(
  'webhooks-stay-private',
  "A partner's endpoint gets events about this partner, and nothing else.",
  (witness, { url, body }) => {
    const owner = ownerOf(witness, url)
    if (owner === undefined || owner === '') return undefined
    const { type, data } = JSON.parse(body) as { type: string; data: unknown }
    if (type === 'webhook.test') return undefined
    const about = aboutOf(data)
    return about === owner ? undefined : `${owner} got ${type} about ${about ?? 'no partner'}`
  },
)

/** At least once. */
const webhooksArrive: Invariant = {
  name: 'webhooks-arrive',
  says: 'Each event that an active endpoint should get has a delivery, and in the end it was received, unless it is to be tried again later.',
  begin(witness) {
    /** Endpoint → events in the log when it was made. */
    const since = new Map<string, number>()
    const disturbed = new Set<string>()
    return {
      commit({ rows }) {
        for (const { table, before, after } of rows) {
          if (table !== 'webhook_endpoints') continue
          const id = textOf((after ?? before)!, 'id')
          if (!before) since.set(id, witness.books.events.length)
          else if (after?.state !== 'active') disturbed.add(id)
        }
        return undefined
      },
      end() {
        if (witness.records.wasRestored) return undefined
        const arrived = new Set(
          witness.records.arrivals.map(({ url, headers }) => `${url} ${headers['webhook-id']}`),
        )
        const deliveries = new Map<string, string>()
        for (const row of witness.books.table('webhook_deliveries').values()) {
          const { endpoint, event } = row
          const state = textOf(row, 'state')
          const isLater = state === 'waiting' && (row.next_at as number) > witness.truth.now()
          const known = deliveries.get(`${endpoint} ${event}`)
          if (known !== 'delivered')
            deliveries.set(`${endpoint} ${event}`, isLater ? 'later' : state)
        }
        for (const endpoint of witness.books.table('webhook_endpoints').values()) {
          const id = textOf(endpoint, 'id')
          const from = since.get(id)
          if (from === undefined || disturbed.has(id)) continue
          for (const event of witness.books.events.slice(from)) {
            if (!isFor(textOf(endpoint, 'partner'), event)) continue
            const state = deliveries.get(`${id} ${event.id}`) ?? 'missing'
            if (state === 'later') continue
            if (state !== 'delivered') return `the delivery of ${event.type} to ${id} is ${state}`
            if (!arrived.has(`${endpoint.url} ${event.id}`))
              return `${event.type} was never received by ${id}, and is called delivered`
          }
        }
        return undefined
      },
    }
  },
}

/** All about what is sent to receivers. */
export const webhookInvariants: readonly Invariant[] = [
  webhooksVerify,
  webhooksStayPrivate,
  webhooksArrive,
]

/** Whose endpoint it is; empty: the operator's. */
function ownerOf({ books }: Witness, url: string): string | undefined {
  for (const row of books.table('webhook_endpoints').values())
    if (row.url === url) return textOf(row, 'partner')
  return undefined
}

function isFor(partner: string, { body }: MirrorEvent): boolean {
  return partner === '' || aboutOf((JSON.parse(body) as { data: unknown }).data) === partner
}

/** The partner that an event's data is about. */
function aboutOf(data: unknown): string | undefined {
  const { invoice, payout, change } = data as Partial<Record<string, { partner?: string }>>
  return (invoice ?? payout ?? change)?.partner
}
