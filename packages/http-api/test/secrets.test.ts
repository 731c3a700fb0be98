import { inspect } from 'node:util'
import type { Logger } from '@payment-node/core'
import { expect, test } from 'vitest'
import { prometheusMetrics } from '../src/index.ts'
import { openApi } from './api-stand.ts'

/** Everything that was written, to find secrets in. */
function collect(): { readonly logger: Logger; readonly written: string[] } {
  const written: string[] = []
  const write = (message: string, fields?: unknown): void => {
    written.push(`${message} ${inspect(fields, { depth: 20 })} ${JSON.stringify(fields)}`)
  }
  return { logger: { debug: write, info: write, warn: write, error: write }, written }
}

/** Names of the secrets that a text holds. */
function findSecrets(text: string, secrets: Readonly<Record<string, string>>): string[] {
  const lower = text.toLowerCase()
  return Object.entries(secrets)
    .filter(([, secret]) =>
      [secret, Buffer.from(secret, 'hex').toString('base64')].some(
        (form) => form.length > 8 && (text.includes(form) || lower.includes(form.toLowerCase())),
      ),
    )
    .map(([name]) => name)
}

test('N2: no answer and no log holds a secret, also when things go wrong', async () => {
  const { logger, written } = collect()
  const metrics = prometheusMetrics()
  await using stand = await openApi(
    { logger, metrics },
    { options: { logger, meter: metrics.meter } },
  )
  const { call, texts, sandbox, keys, api } = stand
  const { node, lnd } = sandbox
  // What LND is told, and nobody else may be.
  const preimages: string[] = []
  lnd.faults.add(({ call, parameters: [terms] }) => {
    if (call !== 'createInvoice') return undefined
    preimages.push(Buffer.from((terms as { preimage: Uint8Array }).preimage).toString('hex'))
    return undefined
  })
  const answers: string[] = []
  const ask = async (request: Parameters<typeof call>[0]): Promise<unknown> => {
    const { status, text, headers, body } = await call(request)
    answers.push(`${status} ${text} ${JSON.stringify([...headers])}`)
    return body
  }
  const create = (memo: string) =>
    ask({
      method: 'POST',
      path: '/v1/invoices',
      key: texts.bakery,
      body: { amount: '700 sat', memo },
    }) as Promise<{ id: string; paymentHash: string; paymentRequest: string }>

  const paid = await create('paid')
  await sandbox.pay(paid.paymentRequest)
  await node.invoices.waitUntilSettled(paid.id)
  const open = await create('open')
  const canceled = await create('canceled')
  await ask({ method: 'POST', path: `/v1/invoices/${canceled.id}/cancel`, key: texts.bakery })
  const bill = sandbox.bill('10 sat').paymentRequest
  for (const [name, destination] of Object.entries({ good: bill, bad: 'lnbc1nonsense' })) {
    await ask({
      method: 'POST',
      path: '/v1/payouts',
      key: texts.bakery,
      body: { destination },
      headers: { 'idempotency-key': name },
    })
  }
  // Given out once, by design: everything after it must be silent about it.
  const webhook = await node.webhooks.create({
    partner: 'bakery',
    url: 'https://receiver.example/',
  })
  await sandbox.advance(5000)
  const revoked = await keys.create({ scope: 'operator' })
  await keys.revoke(revoked.key.id)
  for (const fault of ['none', 'lnd-down', 'lnd-locked'] as const) {
    if (fault !== 'none') sandbox.faults.strike(fault)
    await sandbox.advance(20_000)
    for (const key of [undefined, revoked.text, texts.operator, texts.bakery, texts.farm]) {
      for (const { method, path } of api.routes) {
        const filled = path
          .replace('{invoice}', open.id)
          .replace('{partner}', 'bakery')
          .replace('{payout}', 'x')
          .replace('{webhook}', webhook.id)
        if (method === 'DELETE') continue
        // A key that somebody puts where it does not belong must not come back either.
        await ask({ method: 'GET', path: `${filled}?key=${texts.operator}`, key })
        await ask({ method, path: filled, key, ...(method !== 'GET' && { body: '{' }) })
        if (method === 'GET') await ask({ method, path: filled, key })
      }
    }
    sandbox.faults.clear()
    await sandbox.advance(20_000)
  }

  const [, openPreimage, canceledPreimage] = [...new Set(preimages)]
  const secrets: Record<string, string> = {
    'preimage of an open invoice': openPreimage!,
    'preimage of a canceled invoice': canceledPreimage!,
    'key of the invoices': Buffer.from(stand.invoiceKey).toString('hex'),
    "the operator's API key": texts.operator.slice(21),
    "the bakery's API key": texts.bakery.slice(21),
    "the bakery's webhook secret": webhook.secret.replace('whsec_', ''),
    'a revoked API key': revoked.text.slice(21),
  }
  expect(Object.entries(secrets).filter(([, secret]) => secret.length < 32)).toEqual([])
  expect(answers.length).toBeGreaterThan(300)
  expect(written.length).toBeGreaterThan(300)
  const found = [...answers, ...written].flatMap((text) =>
    findSecrets(text, secrets).map((name) => `${name}: ${text.slice(0, 200)}`),
  )
  expect(found).toEqual([])
})

test('N2: the scanner finds a secret in hex, in capitals, in base64, in a header', () => {
  const secrets = { one: 'c0ffee25'.repeat(8) }
  const forms = [
    secrets.one,
    secrets.one.toUpperCase(),
    Buffer.from(secrets.one, 'hex').toString('base64'),
    JSON.stringify([['x-key', `Bearer ${secrets.one}`]]),
  ]
  expect(forms.map((form) => findSecrets(`before ${form} after`, secrets))).toEqual(
    forms.map(() => ['one']),
  )
  expect(findSecrets('nothing here', secrets)).toEqual([])
})
