import { z } from '@hono/zod-openapi'
import type { PageInput, PartnerInput } from '@payment-node/core'
import { choosePartner } from '../caller.ts'
import { defineRoute, type Route } from '../route.ts'
import { amount, duration, listOf, metadata, pageOf, paging, time } from '../schemas/values.ts'

const partner = z
  .looseObject({
    id: z.string(),
    name: z.string().nullable(),
    metadata,
    defaultExpiry: z.number().nullable().openapi({ description: 'Seconds.' }),
    maximumExpiry: z.number().nullable().openapi({ description: 'Seconds.' }),
    payout: z.looseObject({
      offchain: z.string().nullable(),
      onchain: z.string().nullable(),
      automatic: z.boolean(),
      minimum: amount.nullable(),
      feesPaidBy: z.enum(['partner', 'operator']),
    }),
    fee: z.looseObject({ ppm: z.number(), fixed: amount }),
    caps: z.looseObject({ perPayout: amount.nullable(), perDay: amount.nullable() }),
    availableAfter: z.number().openapi({ description: 'Seconds that received money is held.' }),
    available: amount.openapi({ description: 'Can be paid out now.' }),
    reserved: amount.openapi({ description: 'Held for payouts under way.' }),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('Partner')

const ownPayout = {
  offchain: z
    .string()
    .nullable()
    .optional()
    .openapi({ description: 'A Lightning address or LNURL.' }),
  onchain: z.string().nullable().optional(),
  automatic: z.boolean().optional(),
  minimum: amount.nullable().optional(),
} as const

const payoutSettings = z.strictObject(ownPayout).openapi('PayoutSettings', {
  description: 'A changed destination takes effect after a cool-down.',
})

const settings = z
  .strictObject({
    name: z.string().optional(),
    metadata: metadata.optional(),
    defaultExpiry: duration.nullable().optional(),
    maximumExpiry: duration.nullable().optional(),
    payout: z
      .strictObject({ ...ownPayout, feesPaidBy: z.enum(['partner', 'operator']).optional() })
      .optional(),
    fee: z
      .strictObject({ ppm: z.number().optional(), fixed: amount.optional() })
      .nullable()
      .optional(),
    caps: z
      .strictObject({
        perPayout: amount.nullable().optional(),
        perDay: amount.nullable().optional(),
      })
      .optional(),
    availableAfter: duration.nullable().optional(),
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
  defineRoute({
    method: 'patch',
    path: '/v1/partners/{partner}/payout',
    access: 'partner',
    room: 'partners',
    summary: 'Where and when the partner is paid out; its own key may set it',
    parameters,
    body: payoutSettings,
    answer: partner,
    async handle({ node, caller, parameters, body }) {
      // Unlike the operator's PUT it creates nobody.
      const { id } = await node.partners.get(choosePartner(caller, parameters.partner))
      return node.partners.upsert({ id, payout: body } as PartnerInput)
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/partners/{partner}/destinations',
    access: 'partner',
    room: 'partners',
    summary: 'Where the partner was, is and will be paid, newest first',
    parameters,
    answer: listOf(z.record(z.string(), z.unknown()), 'Destinations'),
    handle: async ({ node, caller, parameters }) => ({
      items: await node.partners.destinations(choosePartner(caller, parameters.partner)),
    }),
  }),
]
