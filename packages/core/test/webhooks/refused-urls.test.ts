import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { invoicePreimage, loadKey } from '../../src/keys.ts'
import { invoiceKey } from '../shop.ts'
import { openLiveShop } from './live-shop.ts'
import { openReceiver } from './receiver.ts'

test('URLs that lead inside are refused where they are given, and nothing is stored', async () => {
  await using shop = await openLiveShop({ http: { allow: [] } })
  const { webhooks } = shop.node
  const { id } = await webhooks.create({ url: 'https://merchant.example/hooks' })
  const wanted: readonly (readonly [url: string, code: string, reason: string])[] = [
    ['http://merchant.example/hooks', 'http.refused', 'insecure'],
    ['http://169.254.169.254/latest/meta-data', 'http.refused', 'insecure'],
    ['https://169.254.169.254/', 'http.refused', 'address'],
    ['https://2852039166/', 'http.refused', 'address'],
    ['https://0xa9fea9fe/', 'http.refused', 'address'],
    ['https://0251.0376.0251.0376/', 'http.refused', 'address'],
    ['https://127.1/', 'http.refused', 'address'],
    ['https://[::1]/', 'http.refused', 'address'],
    ['https://[::ffff:127.0.0.1]/', 'http.refused', 'address'],
    ['https://[::ffff:7f00:1]/', 'http.refused', 'address'],
    ['https://[64:ff9b::a9fe:a9fe]/', 'http.refused', 'address'],
    ['https://[fe80::1]/', 'http.refused', 'address'],
    ['https://[fd00::1]/', 'http.refused', 'address'],
    ['https://10.0.0.1/', 'http.refused', 'address'],
    ['https://172.16.0.1/', 'http.refused', 'address'],
    ['https://192.168.1.1/', 'http.refused', 'address'],
    ['https://100.64.0.1/', 'http.refused', 'address'],
    ['https://0.0.0.0/', 'http.refused', 'address'],
    ['https://①②⑦.⓪.⓪.①/', 'http.refused', 'address'],
    ['https://user:secret@merchant.example/', 'input.invalid', 'credentials'],
    ['ftp://merchant.example/', 'input.invalid', 'scheme'],
    ['file:///etc/passwd', 'input.invalid', 'scheme'],
    ['https://merchant.example/#x', 'input.invalid', 'fragment'],
    ['merchant.example', 'input.invalid', 'malformed'],
    [`https://merchant.example/${'x'.repeat(2048)}`, 'input.invalid', 'too-long'],
  ]
  const wrong: string[] = []
  for (const [url, code, reason] of wanted) {
    for (const call of [() => webhooks.create({ url }), () => webhooks.update(id, { url })]) {
      const error: unknown = await call().then(
        () => 'accepted',
        (thrown: unknown) => thrown,
      )
      const found = PaymentNodeError.is(error)
        ? `${error.code} ${(error.details as { reason?: string }).reason}`
        : String(error)
      if (found !== `${code} ${reason}`) wrong.push(`${url}: ${found}`)
    }
  }
  expect(wrong).toEqual([])
  expect((await webhooks.list()).items).toMatchObject([
    { id, url: 'https://merchant.example/hooks' },
  ])
})

test('a name that leads inside, and a host that is no longer allowed, are refused with each delivery', async () => {
  await using receiver = await openReceiver()
  let connections = 0
  const inside = createServer().on('connection', () => connections++)
  await new Promise<void>((resolve) => inside.listen(0, 'localhost', resolve))
  await using shop = await openLiveShop({}, false)
  const { webhooks } = shop.node
  const { port } = inside.address() as AddressInfo
  const types = ['invoice.settled'] as const
  const named = await webhooks.create({ url: `https://localhost:${port}/`, types })
  const allowed = await webhooks.create({ url: receiver.url, types })
  await shop.node.stop()
  const strict = shop.open({ http: { allow: [] } })
  await strict.start()
  await strict.partners.upsert({ id: 'm1' })
  await shop.sell('m1', '1000 sat', strict)
  const wrong: string[] = []
  for (const [id, says] of [
    // Not every server of names has an answer for it.
    [named.id, /is not public|its name/],
    [allowed.id, /not for https/],
  ] as const) {
    const tried = await shop.find(async () => {
      const [one] = (await strict.webhooks.deliveries({ endpoint: id })).items
      return one && one.tries > 0 && one
    })
    if (tried.state !== 'waiting' || !says.test(tried.error ?? '')) wrong.push(`${tried.error}`)
    const test = await strict.webhooks.sendTest(id)
    if (test.isDelivered || !says.test(test.error ?? '')) wrong.push(`test: ${test.error}`)
  }
  expect(wrong).toEqual([])
  expect(connections).toBe(0)
  expect(receiver.received).toEqual([])
  await new Promise((resolve) => inside.close(resolve))
})

test('what is sent holds no preimage of an invoice and no secret of an endpoint', async () => {
  await using receiver = await openReceiver()
  await using shop = await openLiveShop()
  const { webhooks } = shop.node
  const { id, secret } = await webhooks.create({ url: receiver.url })
  const other = await webhooks.create({ url: `${receiver.url}/other` })
  const rotated = await webhooks.rotateSecret(other.id)
  const { id: invoice, paymentHash } = await shop.sell()
  await webhooks.disable(other.id)
  await shop.find(async () => {
    const { items } = await webhooks.deliveries({ endpoint: id, state: 'delivered' })
    return items.some(({ type }) => type === 'webhook.disabled')
  })
  const sent = receiver.received.map(({ body, headers }) => body + JSON.stringify(headers)).join()
  expect(sent).toContain(paymentHash)
  const { node: identity } = await shop.node.status()
  const key = await loadKey('invoices', invoiceKey)
  const preimage = invoicePreimage(
    key,
    { publicKey: identity!.publicKey, network: 'regtest' },
    invoice,
  )
  for (const hidden of [preimage, invoiceKey])
    for (const form of ['hex', 'base64'] as const)
      expect(sent.includes(Buffer.from(hidden).toString(form))).toBe(false)
  for (const text of [secret, other.secret, rotated.secret])
    expect(sent.includes(text.slice(6))).toBe(false)
})
