import { z } from '@hono/zod-openapi'
import { readEventsFor } from '../read-events-for.ts'
import { defineRoute, type Route } from '../route.ts'
import { paging, time } from '../schemas/values.ts'

const event = z
  .looseObject({
    id: z.string(),
    type: z.string().openapi({ example: 'invoice.settled' }),
    version: z.number(),
    occurredAt: time,
    data: z.record(z.string(), z.unknown()),
    cursor: z.string(),
  })
  .openapi('Event')

export const eventRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/v1/events',
    access: 'partner',
    room: 'events',
    summary: "Events after a cursor, oldest first; a partner's key sees its own",
    query: z.strictObject({
      after: z.string().default('0').openapi({ description: '0: from the beginning.' }),
      limit: paging.limit,
    }),
    answer: z
      .looseObject({
        events: z.array(event),
        cursor: z.string().openapi({ description: 'Where to go on, also when nothing was found.' }),
      })
      .openapi('EventPage'),
    handle: ({ node, caller, query }) => readEventsFor(node, caller, query.after, query.limit),
  }),
]
