import type { Context, Identity, Leadership } from '../context.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { update } from '../tables/table.ts'
import { webhookDeliveries, webhookEndpoints } from '../tables/webhooks.ts'
import type { DeliveryRow } from './delivery-view.ts'
import type { EndpointRow } from './endpoint-view.ts'
import { judgeAnswer, type Verdict, type WebhookAnswer } from './judge-answer.ts'
import { switched } from './switch-endpoint.ts'

/**
 * Writes down what came of a try: of the delivery, and of the endpoint where that changes (it fails
 * since now, works again, is gone, or has failed for too long). In one change, by the leader.
 */
export async function recordAnswer(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  delivery: Pick<DeliveryRow, 'id' | 'endpoint'>,
  answer: WebhookAnswer,
): Promise<void> {
  const { storage, clock } = context
  const [byte] = context.random.bytes(1)
  const now = clock.now()
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const [row, endpoint] = await Promise.all([
      storage.get(webhookDeliveries, [identity.publicKey, delivery.id]),
      storage.get(webhookEndpoints, [identity.publicKey, delivery.endpoint]),
    ])
    // Removed meanwhile.
    if (!row || !endpoint) return
    const verdict = judgeAnswer(answer, row.tries + 1, byte! / 255)
    // Dropped meanwhile: only that it has arrived is still worth knowing.
    if (row.state !== 'waiting' && verdict.is !== 'delivered') return
    if (row.state === 'delivered') return
    const set = { ...ofDelivery(verdict, now, row), tries: row.tries + 1, ...answer }
    const { writes, events } = ofEndpoint(context, identity, endpoint, verdict, now)
    const change = {
      writes: [update(webhookDeliveries, row, set), ...writes],
      events,
      fence: leadership.fence,
    }
    const isApplied = async (): Promise<boolean> => {
      const found = await storage.get(webhookDeliveries, [row.node, row.id])
      return found?.tries === set.tries && found.state === set.state
    }
    if (!(await record(context, change, isApplied))) return
  }
  throw tooContended('webhooks')
}

function ofDelivery(verdict: Verdict, now: number, { next_at }: DeliveryRow) {
  switch (verdict.is) {
    case 'delivered':
      return { state: 'delivered', ended_at: now, next_at }
    case 'again':
      return { state: 'waiting', ended_at: null, next_at: now + verdict.after }
    case 'failed':
    case 'gone':
      return { state: 'failed', ended_at: now, next_at }
  }
}

function ofEndpoint(
  context: Context,
  identity: Identity,
  row: EndpointRow,
  verdict: Verdict,
  now: number,
): { readonly writes: readonly Write[]; readonly events: readonly NewEvent[] } {
  const change = (set: Partial<EndpointRow>, events: readonly NewEvent[] = []) => ({
    writes: [update(webhookEndpoints, row, set)],
    events,
  })
  if (row.state !== 'active') return { writes: [], events: [] }
  if (verdict.is === 'delivered')
    return row.failing_since === null ? { writes: [], events: [] } : change({ failing_since: null })
  const since = row.failing_since ?? now
  const isTooLong = now - since >= context.settings.webhooks.disableAfter
  if (verdict.is === 'gone' || isTooLong) {
    const reason = verdict.is === 'gone' ? 'gone' : 'failing'
    const set = { state: 'disabled', reason, failing_since: since, updated_at: now }
    return change(set, [switched(context, identity, 'webhook.disabled', { ...row, ...set })])
  }
  return row.failing_since === null ? change({ failing_since: since }) : { writes: [], events: [] }
}
