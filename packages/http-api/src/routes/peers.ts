import { z } from '@hono/zod-openapi'
import type { PeerMarkFilter } from '@payment-node/core'
import { defineRoute, type Route } from '../route.ts'
import { pageOf, paging, time, why } from '../schemas/values.ts'

const mark = z
  .looseObject({
    publicKey: z.string(),
    state: z.string(),
    reason: z.string(),
    says: z.string(),
    until: time.nullable(),
    since: time,
  })
  .openapi('PeerMark')

const operator = { access: 'operator', room: 'peers' } as const
const ofOne = { ...operator, parameters: z.object({ peer: z.string() }), body: why, answer: mark }

export const peerRoutes: readonly Route[] = [
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/peers',
    summary: 'Peers that no channel is opened to, and why, by public key',
    query: z.strictObject({ state: z.string().optional(), ...paging }),
    answer: pageOf(mark, 'PeerMarkPage'),
    handle: ({ node, query }) => node.peers.list(query as PeerMarkFilter),
  }),
  defineRoute({
    ...ofOne,
    method: 'post',
    path: '/v1/peers/{peer}/block',
    summary: 'Open no channel to this peer until it is allowed; those that it has stay',
    handle: ({ node, parameters, body }) => node.peers.block(parameters.peer, body.reason),
  }),
  defineRoute({
    ...ofOne,
    method: 'post',
    path: '/v1/peers/{peer}/allow',
    summary: 'Take the mark away; answers what it was',
    handle: ({ node, parameters, body }) => node.peers.allow(parameters.peer, body.reason),
  }),
]
