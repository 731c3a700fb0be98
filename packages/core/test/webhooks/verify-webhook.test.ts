import { randomBytes } from 'node:crypto'
import { isAmount, PaymentNodeError, type VerifyOptions, verifyWebhook } from '@payment-node/core'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { signWebhook } from '../../src/webhooks/sign-webhook.ts'

const secretOf = (bytes: number, fill = 7): string =>
  `whsec_${Buffer.alloc(bytes, fill).toString('base64')}`
const secret = secretOf(32)
const at = 1_800_000_000_000
const timestamp = String(at / 1000)
const id = 'evt_1'
const body = JSON.stringify({
  id,
  type: 'invoice.settled',
  version: 1,
  occurredAt: at,
  data: { invoice: { id: 'i1', partner: 'm1', amount: '1000 sat', paid: '1000 sat' } },
  cursor: '7',
})
const signed = (by: readonly string[] = [secret], bytes = body): Record<string, string> =>
  signWebhook(by, { id, timestamp, body: bytes })

function problemOf(call: () => unknown): string {
  try {
    call()
    return 'accepted'
  } catch (error) {
    if (PaymentNodeError.is(error, 'webhook.signature-invalid')) return error.details.reason
    if (PaymentNodeError.is(error, 'input.invalid'))
      return `${error.details.field} ${error.details.reason}`
    return String(error)
  }
}

test('the package standardwebhooks accepts what we sign, and we accept what it signs', () => {
  const now = Date.now()
  const seconds = String(Math.floor(now / 1000))
  for (const bytes of [24, 32, 33, 64]) {
    const random = `whsec_${randomBytes(bytes).toString('base64')}`
    const other = `whsec_${randomBytes(bytes).toString('base64')}`
    const theirs = new Webhook(random)
    for (const text of [body, body.replace('i1', 'ü€𝄞 \\" \\u0000')]) {
      const ours = signWebhook([other, random], { id, timestamp: seconds, body: text })
      expect(theirs.verify(text, ours)).toEqual(JSON.parse(text))
      const headers = {
        'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
        'webhook-timestamp': seconds,
        'webhook-signature': theirs.sign('msg_2KWPBgLlAfxdpx2AI54pPJ85f4W', new Date(now), text),
      }
      expect(verifyWebhook(random, headers, text).id).toBe(id)
      expect(problemOf(() => verifyWebhook(other, headers, text))).toBe('signature-mismatch')
    }
  }
})

test('every form of headers and body gives the event with amounts that are amounts', () => {
  const headers = signed()
  const forms = {
    web: new Headers(headers),
    node: { ...headers, host: 'localhost', 'set-cookie': ['a=1', 'b=2'] },
    capital: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    ),
    list: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  }
  for (const [name, form] of Object.entries(forms)) {
    for (const raw of [body, Buffer.from(body), new Uint8Array(Buffer.from(body))]) {
      const event = verifyWebhook(secret, form, raw, { now: at })
      if (event.type !== 'invoice.settled') throw new Error(`${name}: ${event.type}`)
      expect(isAmount(event.data.invoice.paid), name).toBe(true)
      expect(String(event.data.invoice.paid), name).toBe('1000 sat')
      expect(event.cursor, name).toBe('7')
    }
  }
})

test('what must not be believed is refused with its reason', () => {
  const headers = signed()
  const other = secretOf(32, 8)
  const changed = (more: Record<string, unknown>): never => ({ ...headers, ...more }) as never
  const flipped = headers['webhook-signature']!.replace(/^v1,./, (start) =>
    start.endsWith('A') ? 'v1,B' : 'v1,A',
  )
  type Call = readonly [
    headers: never,
    raw?: string | Uint8Array,
    options?: VerifyOptions,
    secret?: string | string[],
  ]
  const rows: readonly (readonly [name: string, wanted: string, call: Call])[] = [
    ['as it is', 'accepted', [headers as never]],
    ['one of several secrets', 'accepted', [headers as never, body, {}, [other, secret]]],
    ['signed by several', 'accepted', [signed([other, secret]) as never]],
    ['another secret', 'signature-mismatch', [headers as never, body, {}, other]],
    ['another body', 'signature-mismatch', [headers as never, `${body} `]],
    ['another id', 'signature-mismatch', [changed({ 'webhook-id': 'evt_2' })]],
    ['another time', 'signature-mismatch', [changed({ 'webhook-timestamp': `${at / 1000 + 1}` })]],
    ['a flipped bit', 'signature-mismatch', [changed({ 'webhook-signature': flipped })]],
    ['an old one', 'timestamp-too-old', [headers as never, body, { now: at + 301_000 }]],
    ['just not old', 'accepted', [headers as never, body, { now: at + 300_999 }]],
    ['of the future', 'timestamp-too-new', [headers as never, body, { now: at - 301_000 }]],
    [
      'a small tolerance',
      'timestamp-too-old',
      [headers as never, body, { now: at + 12_000, tolerance: '10s' }],
    ],
    ['no headers', 'header-missing', [{} as never]],
    ['no id', 'header-missing', [changed({ 'webhook-id': undefined })]],
    ['an empty signature', 'header-missing', [changed({ 'webhook-signature': '' })]],
    ['two ids', 'header-malformed', [changed({ 'Webhook-Id': 'evt_1' })]],
    ['a list of ids', 'header-malformed', [changed({ 'webhook-id': ['a', 'b'] })]],
    ['an id with a space', 'header-malformed', [changed({ 'webhook-id': 'evt 1' })]],
    [
      'a time with a fraction',
      'header-malformed',
      [changed({ 'webhook-timestamp': `${timestamp}.5` })],
    ],
    ['a negative time', 'header-malformed', [changed({ 'webhook-timestamp': '-1' })]],
    ['hex', 'header-malformed', [changed({ 'webhook-signature': `v1,${'ab'.repeat(32)}` })]],
    ['a short signature', 'header-malformed', [changed({ 'webhook-signature': 'v1,AAAA' })]],
    ['only other versions', 'signature-mismatch', [changed({ 'webhook-signature': 'v1a,AAAA' })]],
    ['21 signatures', 'header-malformed', [changed({ 'webhook-signature': 'v2,x '.repeat(21) })]],
    ['no JSON', 'body-malformed', [signed([secret], 'hello') as never, 'hello']],
    ['no event', 'body-malformed', [signed([secret], '{"a":1}') as never, '{"a":1}']],
    ['a parsed body', 'rawBody wrong-type', [headers as never, JSON.parse(body)]],
    ['no body', 'rawBody wrong-type', [headers as never, null as never]],
    ['no secret', 'secret missing', [headers as never, body, {}, [undefined as never]]],
    ['no secrets', 'secret empty', [headers as never, body, {}, []]],
    ['a secret without prefix', 'secret malformed', [headers as never, body, {}, secret.slice(6)]],
    ['a secret that is no base64', 'secret malformed', [headers as never, body, {}, `${secret}!`]],
    ['a short secret', 'secret too-short', [headers as never, body, {}, secretOf(23)]],
    ['a long secret', 'secret too-long', [headers as never, body, {}, secretOf(65)]],
    ['headers as text', 'headers wrong-type', ['webhook-id: evt_1' as never]],
    [
      'a misspelt option',
      'options.tolerence unknown-option',
      [headers as never, body, { tolerence: 1 } as never],
    ],
  ]
  const wrong: string[] = []
  for (const [name, wanted, [given, raw = body, options = {}, by = secret]] of rows) {
    const found = problemOf(() => verifyWebhook(by, given, raw, { now: at, ...options }))
    if (found !== wanted) wrong.push(`${name}: ${found}, not ${wanted}`)
  }
  expect(wrong).toEqual([])
})

test('a refusal says nothing of the secret or of what would have been right', () => {
  const right = signed()['webhook-signature']!.slice(3)
  try {
    verifyWebhook(secret, signed([secretOf(32, 9)]) as never, body, { now: at })
    throw new Error('accepted')
  } catch (error) {
    const text = `${String(error)} ${JSON.stringify(error)}`
    expect(text).toContain('signature-mismatch')
    expect(text).not.toContain(right)
    expect(text).not.toContain(secret.slice(6))
  }
})
