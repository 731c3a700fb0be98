import { z } from '@hono/zod-openapi'
import type { AdoptInput, InvoiceFilter, InvoiceInput } from '@payment-node/core'
import { choosePartner, ownInvoice, requireOperatorFor } from '../caller.ts'
import { defineRoute, type Route } from '../route.ts'
import { amount, duration, metadata, pageOf, paging, time } from '../schemas/values.ts'

const states = ['open', 'settled', 'expired', 'canceled'] as const

const invoice = z
  .looseObject({
    id: z.string(),
    partner: z.string(),
    state: z.enum(states),
    amount: amount.nullable().openapi({ description: 'What was asked; null: the payer chooses.' }),
    paid: amount.nullable().openapi({ description: 'What arrived and was credited.' }),
    isLate: z.boolean(),
    paymentRequest: z.string().openapi({ description: 'BOLT11: what the payer scans.' }),
    paymentHash: z.string(),
    memo: z.string().nullable(),
    descriptionHash: z.string().nullable(),
    isPrivate: z.boolean(),
    metadata,
    idempotencyKey: z.string().nullable(),
    traceparent: z.string().nullable().openapi({ description: 'W3C Trace Context.' }),
    createdAt: time,
    expiresAt: time,
    endedAt: time.nullable(),
  })
  .openapi('Invoice')

const newInvoice = z
  .strictObject({
    partner: z.string().optional().openapi({ description: "Left out: the key's own partner." }),
    amount: amount.optional(),
    expiresIn: duration.optional(),
    memo: z.string().optional(),
    descriptionHash: z.string().optional(),
    metadata: metadata.optional(),
    privateRouteHints: z.boolean().optional(),
    commission: z
      .strictObject({ ppm: z.number().optional(), fixed: amount.optional() })
      .optional()
      .openapi({ description: "What the operator keeps; operator's keys only." }),
    allowUnreceivable: z.boolean().optional().openapi({ description: "Operator's keys only." }),
  })
  .openapi('NewInvoice')

const adoption = z
  .strictObject({
    paymentHash: z.string(),
    partner: z.string(),
    metadata: metadata.optional(),
  })
  .openapi('Adoption')

const parameters = z.object({ invoice: z.string() })

export const invoiceRoutes: readonly Route[] = [
  defineRoute({
    method: 'post',
    path: '/v1/invoices',
    access: 'partner',
    room: 'invoices',
    summary: 'Ask to be paid',
    idempotency: 'optional',
    body: newInvoice,
    status: 201,
    answer: invoice,
    handle({ node, caller, body, idempotencyKey, traceparent }) {
      requireOperatorFor(caller, body, ['commission', 'allowUnreceivable'])
      const partner = choosePartner(caller, body.partner)
      const options = {
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(traceparent !== undefined && { traceparent }),
      }
      return node.invoices.create({ ...body, partner } as InvoiceInput, options)
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/invoices',
    access: 'partner',
    room: 'invoices',
    summary: 'Invoices, newest first',
    query: z.strictObject({
      partner: z.string().optional(),
      state: z.enum(states).optional(),
      ...paging,
    }),
    answer: pageOf(invoice, 'InvoicePage'),
    handle({ node, caller, query }) {
      const partner = choosePartner(caller, query.partner)
      return node.invoices.list({ ...query, ...(partner && { partner }) } as InvoiceFilter)
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/invoices/{invoice}',
    access: 'partner',
    room: 'invoices',
    summary: 'One invoice',
    parameters,
    answer: invoice,
    handle: async ({ node, caller, parameters }) =>
      ownInvoice(caller, await node.invoices.get(parameters.invoice)),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/invoices/{invoice}/cancel',
    access: 'partner',
    room: 'invoices',
    summary: 'End an open invoice; refused when a payment was faster',
    parameters,
    answer: invoice,
    async handle({ node, caller, parameters }) {
      const { id } = ownInvoice(caller, await node.invoices.get(parameters.invoice))
      return node.invoices.cancel(id)
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/adoptions',
    access: 'operator',
    room: 'invoices',
    summary: 'Take over an invoice that another program made in this LND',
    body: adoption,
    answer: invoice,
    handle: ({ node, body }) => node.invoices.adopt(body as AdoptInput),
  }),
]
