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

/** Milliseconds in which what was decided before still goes out. */
const grace = 60_000

/** Standard Webhooks, as the receiver checks it. */
const webhooksVerify = ofArrivals(
  'webhooks-verify',
  'What a receiver gets is signed with its secret, and is an event of the log, word by word.',
  (witness, arrival) => {
    const { url, headers, body } = arrival
    const given = witness.records.secrets.get(url)
    if (given === undefined) return `${url} got something, and is no endpoint`
    const signing = given.filter(({ secret }) => whyNot(secret, arrival) === undefined)
    if (signing.length === 0)
      return `${url} got ${headers['webhook-id']}: ${whyNot(given.at(-1)!.secret, arrival)}`
    const { id, type, data } = JSON.parse(body) as { id: string; type: string; data: unknown }
    if (headers['webhook-id'] !== id) return `${id} came as ${headers['webhook-id']}`
    if (type === 'webhook.test' || witness.records.wasRestored) return undefined
    const stored = witness.books.events.find((event) => event.id === id)
    if (!stored) return `${url} got ${id}, which is not in the log`
    const told = (JSON.parse(stored.body) as { data: unknown }).data
    return JSON.stringify(data) === JSON.stringify(told)
      ? undefined
      : `${url} got ${id} in other words`
  },
)

/** A receiver can change over in peace, and get rid of a secret that is none any more. */
const secretsRotate = ofArrivals(
  'secrets-rotate',
  'Once a secret was changed what is sent is signed with the new one, with the one before as long as was asked and not longer, and a removed endpoint gets nothing.',
  ({ records }, arrival) => {
    if (records.wasRestored || records.clocksJumped) return undefined
    const { url, headers } = arrival
    const at = 1000 * Number(headers['webhook-timestamp'])
    const removed = records.removed.get(url)
    if (removed !== undefined && at > removed + grace)
      return `${url} got ${headers['webhook-id']} ${at - removed} ms after it was removed`
    const given = records.secrets.get(url) ?? []
    for (const [position, { secret, since, until = Infinity }] of given.entries()) {
      // Whether the one that follows it signs already is not known yet.
      const isOpen = given.slice(position + 1).some((next) => next.since === undefined)
      const reason = whyNot(secret, arrival)
      const isDue = since !== undefined && at > since + grace && at < until - 1000 && !isOpen
      if (isDue && reason !== undefined)
        return `${url} got ${headers['webhook-id']} without the signature of secret ${position + 1}`
      if (at > until + grace && reason === undefined)
        return `${url} got ${headers['webhook-id']} with secret ${position + 1}, which was given up`
    }
    return undefined
  },
)

/** From the request that began it to what the receiver does with it. */
const tracesGoOn = ofArrivals(
  'traces-go-on',
  'What is told about an invoice or a payout belongs to the trace that the host gave with its request.',
  ({ records }, { url, headers, body }) => {
    const { type, data } = JSON.parse(body) as {
      type: string
      data: Partial<Record<string, { id?: string }>>
    }
    const family = type.slice(0, type.indexOf('.'))
    const trace = records.traces.get(data[family]?.id ?? '')
    if (trace === undefined || traceId(headers.traceparent) === traceId(trace)) return undefined
    return `${url} got ${type} with the trace ${headers.traceparent}, given was ${trace}`
  },
)

/** What was sent can be looked up for a while. */
const deliveriesAreKept: Invariant = {
  name: 'deliveries-are-kept',
  says: 'Only deliveries that have ended are forgotten, when they are older than was asked, or with their endpoint.',
  begin: (witness) => ({
    commit({ rows }) {
      for (const { table, before, after } of rows) {
        if (table !== 'webhook_deliveries' || !before || after) continue
        const key = [textOf(before, 'node'), textOf(before, 'endpoint')] as const
        const target = witness.books.row('webhook_endpoints', ...key)
        if (!target || target.state === 'removed') continue
        if (before.ended_at == null)
          return `${before.id} was forgotten while it was ${before.state}`
        const age = witness.truth.now() - (before.ended_at as number)
        if (age < keptFor && !witness.records.clocksJumped)
          return `${before.id} was forgotten ${age} ms after it had ended`
      }
      return undefined
    },
  }),
}

/** Milliseconds: as the processes are started. */
const keptFor = 86_400_000

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
    const forgotten = new Set<string>()
    return {
      commit({ rows }) {
        for (const { table, before, after } of rows) {
          if (table === 'webhook_deliveries' && before?.state === 'delivered' && !after)
            forgotten.add(`${before.endpoint} ${before.event}`)
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
        const deliveries = new Map([...forgotten].map((key) => [key, 'delivered']))
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
  secretsRotate,
  tracesGoOn,
  deliveriesAreKept,
]

/** Why this secret did not sign it; undefined: it did. */
function whyNot(secret: string, { headers, body }: Arrival): string | undefined {
  try {
    verifyWebhook(secret, headers, body, { now: 1000 * Number(headers['webhook-timestamp']) })
    return undefined
  } catch (error) {
    if (!PaymentNodeError.is(error, 'webhook.signature-invalid')) throw error
    return error.details.reason
  }
}

function traceId(traceparent: string | undefined): string | undefined {
  return traceparent?.split('-')[1]
}

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
