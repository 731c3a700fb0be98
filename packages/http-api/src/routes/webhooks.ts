import { z } from '@hono/zod-openapi'
import {
  type DeliveryFilter,
  type PaymentNode,
  PaymentNodeError,
  type ReplayInput,
  type RotateOptions,
  type WebhookChange,
  type WebhookEndpoint,
  type WebhookFilter,
  type WebhookInput,
} from '@payment-node/core'
import { type Caller, choosePartner } from '../caller.ts'
import { type Call, defineRoute, type Route } from '../route.ts'
import { duration, pageOf, paging, time } from '../schemas/values.ts'

const shape = {
  id: z.string(),
  partner: z.string().nullable().openapi({ description: "null: the operator's." }),
  url: z.string(),
  types: z.array(z.string()).openapi({ description: 'Empty: all that its owner may see.' }),
  state: z.enum(['active', 'disabled']),
  reason: z.string().nullable(),
  createdAt: time,
} as const
const webhook = z.looseObject(shape).openapi('Webhook')
const secret = z.string().openapi({ description: 'whsec_…; for verifyWebhook.' })
const withSecret = z.looseObject({ ...shape, secret }).openapi('WebhookWithSecret')
const delivery = z.looseObject({ event: z.string(), state: z.string() }).openapi('Delivery')

const parameters = z.object({ webhook: z.string() })
const common = { access: 'partner', room: 'webhooks' } as const
const ofOne = { ...common, parameters } as const

/** The endpoint, unless it is another's: to a partner's key others, and the operator's, do not exist. */
async function own(node: PaymentNode, { partner }: Caller, id: string): Promise<WebhookEndpoint> {
  const found = await node.webhooks.get(id)
  if (partner === undefined || found.partner === partner) return found
  throw new PaymentNodeError('webhook.not-found', 'There is no such webhook.', { endpoint: id })
}

type CallOfOne = Pick<
  Call<z.output<typeof parameters>, unknown, unknown>,
  'node' | 'caller' | 'parameters'
>

/** A verb that takes nothing but the endpoint's id. */
function verb(
  name: string,
  summary: string,
  act: (node: PaymentNode, id: string) => Promise<unknown>,
  answer: z.ZodType = webhook,
): Route {
  return defineRoute({
    ...ofOne,
    method: 'post',
    path: `/v1/webhooks/{webhook}/${name}`,
    summary,
    answer,
    handle: async ({ node, caller, parameters }: CallOfOne) =>
      act(node, (await own(node, caller, parameters.webhook)).id),
  })
}

export const webhookRoutes: readonly Route[] = [
  defineRoute({
    ...common,
    method: 'post',
    path: '/v1/webhooks',
    summary: 'Send the events from now on to a URL; the secret is given out once',
    body: z
      .strictObject({
        url: z.string(),
        partner: z.string().optional(),
        types: z.array(z.string()).optional(),
        secret: z.string().optional(),
      })
      .openapi('NewWebhook'),
    status: 201,
    answer: withSecret,
    handle({ node, caller, body }) {
      const partner = choosePartner(caller, body.partner)
      return node.webhooks.create({ ...body, ...(partner && { partner }) } as WebhookInput)
    },
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: '/v1/webhooks',
    summary: 'Webhooks, newest first, without secrets',
    query: z.strictObject({ partner: z.string().optional(), ...paging }),
    answer: pageOf(webhook, 'WebhookPage'),
    handle({ node, caller, query }) {
      const partner = choosePartner(caller, query.partner)
      return node.webhooks.list({ ...query, ...(partner && { partner }) } as WebhookFilter)
    },
  }),
  defineRoute({
    ...ofOne,
    method: 'get',
    path: '/v1/webhooks/{webhook}',
    summary: 'One webhook',
    answer: webhook,
    handle: ({ node, caller, parameters }) => own(node, caller, parameters.webhook),
  }),
  defineRoute({
    ...ofOne,
    method: 'patch',
    path: '/v1/webhooks/{webhook}',
    summary: 'Change its URL or its types',
    body: z
      .strictObject({ url: z.string().optional(), types: z.array(z.string()).optional() })
      .openapi('WebhookChange'),
    answer: webhook,
    async handle({ node, caller, parameters, body }) {
      const { id } = await own(node, caller, parameters.webhook)
      return node.webhooks.update(id, body as WebhookChange)
    },
  }),
  defineRoute({
    ...ofOne,
    method: 'delete',
    path: '/v1/webhooks/{webhook}',
    summary: 'Forget it and its deliveries',
    answer: webhook,
    async handle({ node, caller, parameters }) {
      const { id } = await own(node, caller, parameters.webhook)
      return node.webhooks.remove(id)
    },
  }),
  verb('disable', 'Send nothing more', (node, id) => node.webhooks.disable(id)),
  verb('enable', 'Send again', (node, id) => node.webhooks.enable(id)),
  verb(
    'test',
    'Send a signed test event now, once',
    (node, id) => node.webhooks.sendTest(id),
    z.looseObject({ isDelivered: z.boolean() }).openapi('WebhookTest'),
  ),
  defineRoute({
    ...ofOne,
    method: 'post',
    path: '/v1/webhooks/{webhook}/rotate-secret',
    summary: 'A new secret, given out once; those before sign as well for a while',
    body: z
      .strictObject({ keepFor: duration.optional(), secret: z.string().optional() })
      .openapi('Rotation'),
    answer: withSecret,
    async handle({ node, caller, parameters, body }) {
      const { id } = await own(node, caller, parameters.webhook)
      return node.webhooks.rotateSecret(id, body as RotateOptions)
    },
  }),
  defineRoute({
    ...ofOne,
    method: 'get',
    path: '/v1/webhooks/{webhook}/deliveries',
    summary: 'What was sent and what came of it, newest event first',
    query: z.strictObject({ state: z.string().optional(), ...paging }),
    answer: pageOf(delivery, 'DeliveryPage'),
    async handle({ node, caller, parameters, query }) {
      const { id } = await own(node, caller, parameters.webhook)
      return node.webhooks.deliveries({ ...query, endpoint: id } as DeliveryFilter)
    },
  }),
  defineRoute({
    ...ofOne,
    method: 'post',
    path: '/v1/webhooks/{webhook}/replay',
    summary: 'Send one event again, a range of cursors, or all that failed',
    body: z
      .strictObject({
        event: z.string().optional(),
        range: z.strictObject({ after: z.string(), upTo: z.string().optional() }).optional(),
        failed: z.literal(true).optional(),
      })
      .openapi('Replay'),
    answer: z.strictObject({ count: z.number() }),
    async handle({ node, caller, parameters, body }) {
      const { id } = await own(node, caller, parameters.webhook)
      return node.webhooks.replay({ ...body, endpoint: id } as ReplayInput)
    },
  }),
]
