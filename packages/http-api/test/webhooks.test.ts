import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { verifyWebhook } from '@payment-node/core'
import { expect, test, vi } from 'vitest'
import { openApi } from './api-stand.ts'

test('a partner’s webhook gets its own events, signed with the secret that was given out once', async () => {
  await using stand = await openApi({}, { time: 'flows' })
  const { call, texts, sandbox } = stand
  const got: { type: string; partner: string }[] = []
  let secret = ''
  const receiver = createServer(async (request, response) => {
    const body = await text(request)
    await verifyWebhook(secret, request.headers, body)
    const { type, data } = JSON.parse(body)
    got.push({ type, partner: data.invoice?.partner })
    response.end()
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const { port } = receiver.address() as AddressInfo
  const created = await call({
    method: 'POST',
    path: '/v1/webhooks',
    key: texts.bakery,
    body: { url: `http://127.0.0.1:${port}/`, types: ['invoice.settled'] },
  })
  expect(created).toMatchObject({ status: 201, body: { partner: 'bakery' } })
  secret = created.body.secret
  for (const key of [texts.farm, texts.bakery]) {
    const body = { amount: '70 sat' }
    const sold = await call({ method: 'POST', path: '/v1/invoices', key, body })
    await sandbox.pay(sold.body.paymentRequest)
  }
  await vi.waitFor(() => expect(got).not.toEqual([]), { timeout: 20_000 })
  const path = `/v1/webhooks/${created.body.id}/deliveries`
  await vi.waitFor(
    async () => {
      const { body } = await call({ path, key: texts.bakery })
      expect(body.items).toMatchObject([{ state: 'delivered' }])
    },
    { timeout: 20_000 },
  )
  expect(got).toEqual([{ type: 'invoice.settled', partner: 'bakery' }])
  expect((await call({ path, key: texts.farm })).status).toBe(404)
  receiver.close()
})
