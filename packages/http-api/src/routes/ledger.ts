import { z } from '@hono/zod-openapi'
import { defineRoute, type Route } from '../route.ts'
import { amount } from '../schemas/values.ts'

const balances = z
  .looseObject({
    partners: z.array(z.looseObject({ partner: z.string(), available: amount, reserved: amount })),
    operator: amount,
    owed: amount.openapi({ description: 'To all partners.' }),
    world: z.record(z.string(), amount),
    sum: amount.openapi({ description: 'Over all accounts: always zero.' }),
  })
  .openapi('Balances')

export const ledgerRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/v1/balances',
    access: 'operator',
    room: 'ledger',
    summary: 'All balances from one snapshot of the books',
    answer: balances,
    handle: ({ node }) => node.ledger.balances(),
  }),
]
