import { z } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import type { Route } from '../src/route.ts'
import { eventRoutes } from '../src/routes/events.ts'
import { invoiceRoutes } from '../src/routes/invoices.ts'
import { ledgerRoutes } from '../src/routes/ledger.ts'
import { partnerRoutes } from '../src/routes/partners.ts'
import { payoutRoutes } from '../src/routes/payouts.ts'
import { probeRoutes } from '../src/routes/probes.ts'
import { safetyRoutes } from '../src/routes/safety.ts'
import { webhookRoutes } from '../src/routes/webhooks.ts'
import { openApi } from './api-stand.ts'

const routes: readonly Route[] = [
  ...[probeRoutes, invoiceRoutes, payoutRoutes, partnerRoutes, ledgerRoutes, eventRoutes].flat(),
  ...[safetyRoutes, webhookRoutes].flat(),
]

test('answers are what the description says, in every route that reads and most that write', async () => {
  await using stand = await openApi()
  const { sandbox, texts, call } = stand
  const { node } = sandbox
  const sold = await node.invoices.create({ partner: 'bakery', amount: '300000 sat' })
  await sandbox.pay(sold.paymentRequest)
  const open = await node.invoices.create({ partner: 'bakery' })
  const request = (destination: string, more: object = {}) =>
    node.payouts.request(
      { partner: 'bakery', destination, ...more },
      { idempotencyKey: destination.slice(-60) },
    )
  const paid = await request(sandbox.bill('100 sat').paymentRequest)
  await request(await sandbox.address(), { amount: '30000 sat', ceiling: 1 })
  await sandbox.advance(5000)
  const webhook = await node.webhooks.create({ url: 'https://receiver.example/' })
  const bodies: Record<string, unknown> = {
    'POST /v1/invoices': { partner: 'bakery', amount: '7 sat', commission: { ppm: 10 } },
    'POST /v1/payouts': { partner: 'bakery', destination: sandbox.bill('9 sat').paymentRequest },
    'POST /v1/payout-estimates': {
      partner: 'bakery',
      destination: await sandbox.address(),
      amount: '20000 sat',
    },
    'POST /v1/invoices/{invoice}/refund': { destination: sandbox.bill('5 sat').paymentRequest },
    'PUT /v1/partners/{partner}': { caps: { perDay: '1000000 sat' }, fee: { ppm: 100 } },
    'PATCH /v1/partners/{partner}/payout': { offchain: 'shop@example.com', minimum: '10 sat' },
    'POST /v1/corrections': {
      partner: 'bakery',
      amount: '1 sat',
      reason: 'a test',
      allowNegativeOperator: true,
    },
    'POST /v1/opening-balances': {
      balances: [{ partner: 'farm', amount: '1 sat' }],
      allowNegativeOperator: true,
    },
    'POST /v1/safety/halt': { reason: 'a test' },
    'POST /v1/safety/resume': { reason: 'a test' },
    'POST /v1/webhooks': { url: 'https://receiver.example/more' },
    'PATCH /v1/webhooks/{webhook}': { types: ['invoice.settled'] },
    'POST /v1/webhooks/{webhook}/rotate-secret': {},
    'POST /v1/webhooks/{webhook}/replay': { failed: true },
  }
  const wrong: string[] = []
  const unanswered: string[] = []
  // What is forgotten comes last.
  const [forgets, others] = ['delete', ''].map((method) =>
    routes.filter((route) => (route.method === 'delete') === (method === 'delete')),
  )
  for (const route of [...others!, ...forgets!]) {
    const method = route.method.toUpperCase()
    const name = `${method} ${route.path}`
    const path = route.path
      .replace('{invoice}', route.path.endsWith('cancel') ? open.id : sold.id)
      .replace('{payout}', paid.id)
      .replace('{partner}', 'bakery')
      .replace('{webhook}', webhook.id)
    const headers = { 'idempotency-key': name.replaceAll(' ', '-') }
    const { status, body } = await call({
      method,
      path,
      headers,
      key: texts.operator,
      body: bodies[name],
    })
    if (status !== (route.status ?? 200)) unanswered.push(name)
    else if (route.answer instanceof z.ZodType) {
      const read = route.answer.safeParse(body)
      if (!read.success) wrong.push(`${name}: ${z.prettifyError(read.error)}`)
    }
  }
  expect(wrong).toEqual([])
  // They need what this test does not have: an invoice of another program, a payout that hangs.
  expect(unanswered.sort()).toEqual([
    'POST /v1/adoptions',
    'POST /v1/payouts/{payout}/cancel',
    'POST /v1/payouts/{payout}/release',
    'POST /v1/payouts/{payout}/resolve',
  ])
})
