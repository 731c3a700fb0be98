import { z } from '@hono/zod-openapi'
import { defineRoute, type Route } from '../route.ts'
import { amount, time } from '../schemas/values.ts'

const state = z.enum(['stopped', 'starting', 'ready', 'degraded', 'stopping'])
const probe = z.strictObject({ state }).openapi('Probe')

const status = z
  .looseObject({
    state,
    since: time,
    reason: z.string().nullable(),
    advice: z.string().nullable(),
    node: z.looseObject({ publicKey: z.string(), network: z.string() }).nullable(),
    blockHeight: z.number().nullable(),
    isLeader: z.boolean(),
    isHalted: z.boolean().nullable(),
    liquidity: z
      .looseObject({ sendable: amount, receivable: amount, channels: z.number() })
      .nullable(),
  })
  .openapi('Status')

export const probeRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/livez',
    access: 'anyone',
    room: 'probes',
    summary: 'Whether this process answers',
    answer: probe,
    handle: async ({ node }) => ({ state: (await node.status()).state }),
  }),
  defineRoute({
    method: 'get',
    path: '/readyz',
    access: 'anyone',
    room: 'probes',
    summary: 'Whether LND can be used: 200, or 503 with the same body',
    answer: probe,
    async handle({ node }) {
      const { state } = await node.status()
      return Response.json({ state }, { status: state === 'ready' ? 200 : 503 })
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/status',
    access: 'operator',
    room: 'probes',
    summary: 'What the node is, what it can send and receive',
    answer: status,
    handle: ({ node }) => node.status(),
  }),
]
