import { z } from '@hono/zod-openapi'
import type {
  AdoptOptions,
  ChannelOwnership,
  CloseInput,
  ClosingFilter,
  OpenInput,
  OpeningFilter,
  OpenOptions,
} from '@payment-node/core'
import { defineRoute, type Route } from '../route.ts'
import { amount, listOf, pageOf, paging, time } from '../schemas/values.ts'

const channelPoint = z.string().openapi({ description: 'Funding transaction and output.' })
const ownership = z.enum(['ours', 'observe', 'never'])

const channel = z
  .looseObject({
    channelPoint,
    peer: z.string(),
    state: z.string(),
    capacity: amount,
    sendable: amount,
    receivable: amount,
    isPrivate: z.boolean(),
  })
  .openapi('Channel')

const opening = z
  .looseObject({
    id: z.string(),
    source: z.enum(['keeper', 'operator']),
    state: z.string(),
    reason: z.string().nullable(),
    peer: z.string(),
    capacity: amount,
    feerate: z.number().openapi({ description: 'sat/vB.' }),
    channelPoint: channelPoint.nullable(),
    createdAt: time,
  })
  .openapi('Opening')

const closing = z
  .looseObject({
    channelPoint,
    state: z.string(),
    reason: z.string().nullable(),
    isForce: z.boolean(),
    closingTransaction: z.string().nullable(),
    createdAt: time,
  })
  .openapi('Closing')

const newOpening = z
  .strictObject({
    peer: z.string().openapi({ description: 'Its public key.' }),
    address: z.string().openapi({ description: 'host:port' }),
    capacity: amount,
    feerate: z.number().optional().openapi({ description: 'sat/vB.' }),
    isPrivate: z.boolean().optional(),
  })
  .openapi('NewOpening')

const newClosing = z
  .strictObject({
    reason: z.string(),
    force: z.boolean().optional(),
    feerate: z.number().optional().openapi({ description: 'sat/vB.' }),
    replace: z.boolean().optional(),
  })
  .openapi('NewClosing')

const adoption = z
  .strictObject({
    ownership,
    noCloseBefore: z.number().nullable().optional().openapi({
      description:
        'Milliseconds since 1970: before it the autopilot does not close the channel. Null: no promise.',
    }),
  })
  .openapi('ChannelAdoption')

const parameters = z.object({ channelPoint: z.string() })
const operator = { access: 'operator', room: 'channels' } as const

export const channelRoutes: readonly Route[] = [
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/channels',
    summary: 'Open, opening and closing channels',
    answer: listOf(channel, 'Channels'),
    handle: async ({ node }) => ({ items: await node.channels.list() }),
  }),
  defineRoute({
    ...operator,
    method: 'post',
    path: '/v1/channels/openings',
    summary: 'Open a channel, within caps, budget and ceiling; in the background',
    idempotency: 'required',
    body: newOpening,
    status: 202,
    answer: opening,
    handle: ({ node, body, idempotencyKey }) =>
      node.channels.open(body as OpenInput, { idempotencyKey } as OpenOptions),
  }),
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/channels/openings',
    summary: "The keeper's and the operator's openings, newest first",
    query: z.strictObject({ state: z.string().optional(), ...paging }),
    answer: pageOf(opening, 'OpeningPage'),
    handle: ({ node, query }) => node.channels.openings(query as OpeningFilter),
  }),
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/channels/openings/{opening}',
    summary: 'One opening',
    parameters: z.object({ opening: z.string() }),
    answer: opening,
    handle: ({ node, parameters }) => node.channels.opening(parameters.opening),
  }),
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/channels/closings',
    summary: 'What was to be closed and how far it is, by channel point',
    query: z.strictObject({ state: z.string().optional(), ...paging }),
    answer: pageOf(closing, 'ClosingPage'),
    handle: ({ node, query }) => node.channels.closings(query as ClosingFilter),
  }),
  defineRoute({
    ...operator,
    method: 'post',
    path: '/v1/channels/{channelPoint}/close',
    summary: 'Close a channel, in the background; by force only when it is said',
    parameters,
    body: newClosing,
    status: 202,
    answer: closing,
    handle: ({ node, parameters, body }) =>
      node.channels.close(parameters.channelPoint, body as CloseInput),
  }),
  defineRoute({
    ...operator,
    method: 'post',
    path: '/v1/channels/{channelPoint}/adopt',
    summary: 'Say what may be done with a channel that this library did not open',
    parameters,
    body: adoption,
    answer: channel,
    handle: ({ node, parameters, body: { ownership: wanted, ...promised } }) =>
      node.channels.adopt(
        parameters.channelPoint,
        wanted as ChannelOwnership,
        promised as AdoptOptions,
      ),
  }),
]
