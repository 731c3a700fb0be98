import { z } from '@hono/zod-openapi'
import type { PageInput, PartnerInput } from '@payment-node/core'
import { choosePartner } from '../caller.ts'
import { defineRoute, type Route } from '../route.ts'
import { amount, duration, metadata, pageOf, paging, time } from '../schemas/values.ts'

const partner = z
  .looseObject({
    id: z.string(),
    name: z.string().nullable(),
    metadata,
    defaultExpiry: z.number().nullable().openapi({ description: 'Seconds.' }),
    maximumExpiry: z.number().nullable().openapi({ description: 'Seconds.' }),
    available: amount.openapi({ description: 'Can be paid out now.' }),
    reserved: amount.openapi({ description: 'Held for payouts under way.' }),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('Partner')

const settings = z
  .strictObject({
    name: z.string().optional(),
    metadata: metadata.optional(),
    defaultExpiry: duration.nullable().optional(),
    maximumExpiry: duration.nullable().optional(),
  })
  .openapi('PartnerSettings')

const parameters = z.object({ partner: z.string() })

export const partnerRoutes: readonly Route[] = [
  defineRoute({
    method: 'put',
    path: '/v1/partners/{partner}',
    access: 'operator',
    room: 'partners',
    summary: 'Create a partner, or change what is given; the rest stays',
    parameters,
    body: settings,
    answer: partner,
    handle: ({ node, parameters, body }) =>
      node.partners.upsert({ ...body, id: parameters.partner } as PartnerInput),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/partners',
    access: 'operator',
    room: 'partners',
    summary: 'Partners, newest first',
    query: z.strictObject(paging),
    answer: pageOf(partner, 'PartnerPage'),
    handle: ({ node, query }) => node.partners.list(query as PageInput),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/partners/{partner}',
    access: 'partner',
    room: 'partners',
    summary: 'One partner with its balance',
    parameters,
    answer: partner,
    handle: ({ node, caller, parameters }) =>
      node.partners.get(choosePartner(caller, parameters.partner)),
  }),
]
