import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyWebhook, type WebhookEvent } from '@payment-node/core'
import { expect, test, vi } from 'vitest'
import { openFolder, runCommand, simulatedShop, withHost } from '../shop-folder.ts'

const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`

async function openReceiver(
  status: number,
): Promise<{ url: string; events: WebhookEvent[]; server: Server }> {
  const events: WebhookEvent[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    if (status < 300) events.push(verifyWebhook(secret, request.headers, Buffer.concat(chunks)))
    response.writeHead(status).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, events, server }
}

test('webhook test sends a signed event through the guarded client and shows the answer', async () => {
  const good = await openReceiver(202)
  const bad = await openReceiver(404)
  const allow = ['--allow', '127.0.0.1']
  const sent = await runCommand('/', ['webhook', 'test', good.url, '--secret', secret, ...allow])
  expect(sent).toMatchObject({ exitCode: 0, stderr: '' })
  expect(sent.stdout).toContain('Delivered: answered 202')
  expect(good.events).toMatchObject([{ type: 'webhook.test' }])
  const fromEnvironment = await runCommand(
    '/',
    ['webhook', 'test', good.url, '--secret', '-', '--json', ...allow],
    { WEBHOOK_SECRET: secret },
  )
  expect(JSON.parse(fromEnvironment.stdout)).toMatchObject({
    command: 'webhook test',
    isDelivered: true,
    status: 202,
    event: good.events[1]!.id,
  })
  const refused = await runCommand('/', ['webhook', 'test', bad.url, '--secret', secret, ...allow])
  expect(refused.exitCode).toBe(1)
  expect(refused.stdout).toContain('Not delivered: answered 404')
  for (const { server } of [good, bad]) {
    server.close()
    server.closeAllConnections()
  }
})

test('webhook test asks nobody inside, and says why; a bad secret is told without repeating it', async () => {
  const { url, events, server } = await openReceiver(200)
  const inside = await runCommand('/', ['webhook', 'test', url, '--secret', secret])
  expect(inside).toMatchObject({ exitCode: 1, stdout: '' })
  expect(inside.stderr).toContain('not for https')
  const metadata = 'https://169.254.169.254/'
  const address = await runCommand('/', ['webhook', 'test', metadata, '--secret', secret, '--json'])
  expect(JSON.parse(address.stdout)).toMatchObject({ error: { code: 'http.refused' } })
  const wrong = await runCommand('/', ['webhook', 'test', url, '--secret', 'hunter2hunter2'])
  expect(wrong.exitCode).toBe(1)
  expect(wrong.stderr).toContain('whsec_')
  expect(wrong.stderr + wrong.stdout).not.toContain('hunter2')
  expect(events).toEqual([])
  server.close()
})

test('webhooks shows the endpoints, failing ones first', async () => {
  using folder = openFolder()
  const options =
    'http: { allow: [{ host: "127.0.0.1", insecure: true, for: ["webhooks", "partner-webhooks"] }] },'
  const path = folder.write('payment-node.config.ts', simulatedShop({ options }))
  const { url, server } = await openReceiver(500)
  let failing = ''
  await withHost(path, async ({ webhooks, partners, invoices }) => {
    await partners.upsert({ id: 'merchant_42' })
    failing = (await webhooks.create({ url, partner: 'merchant_42' })).id
    await webhooks.create({ url: 'https://operator.example/hooks', types: ['keeper.paused'] })
    await invoices.create({ partner: 'merchant_42', amount: '1000 sat' })
    await vi.waitFor(
      async () => expect((await webhooks.get(failing)).failingSince).not.toBe(null),
      5000,
    )
  })
  const { exitCode, stdout, stderr } = await folder.run('webhooks')
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
  const lines = stdout.split('\n')
  expect(lines[2]).toMatch(/merchant_42 +failing +1 +0 +http:\/\/127/)
  expect(lines[3]).toMatch(/operator +active +0 +0 +https:\/\/operator/)
  expect(stdout).toMatch(new RegExp(`${failing}\\n +failing, nothing delivered since`))
  expect(lines.every((line) => [...line].length <= 80)).toBe(true)
  const json = JSON.parse((await folder.run('webhooks', '--json')).stdout)
  expect(json.webhooks).toMatchObject([
    { id: failing, partner: 'merchant_42', waiting: 1, failed: 0, state: 'active' },
    { partner: null, failingSince: null },
  ])
  expect(JSON.stringify(json)).not.toContain('whsec_')
  server.close()
  server.closeAllConnections()
})
