import { verifyWebhook } from '@payment-node/core'
import { cursors } from './invoice-rows.ts'
import { choices, durations, each, ids, integers, objects, type Row, type World } from './row.ts'

const url = 'https://receiver.example/hooks'

const create =
  (field: string) =>
  ({ shop }: World, value: never): unknown =>
    shop.node.webhooks.create({ url, [field]: value })

const update =
  (field: string) =>
  ({ shop, endpoint }: World, value: never): unknown =>
    shop.node.webhooks.update(endpoint, { [field]: value })

const replay =
  (...path: string[]) =>
  ({ shop, endpoint }: World, value: never): unknown =>
    shop.node.webhooks.replay({
      endpoint,
      ...(path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object),
    })

const urls: readonly (readonly [unknown, string])[] = [
  [null, 'null'],
  [7, 'wrong-type'],
  [new URL(url), 'wrong-type'],
  ['', 'empty'],
  ['receiver.example', 'malformed'],
  ['https://', 'malformed'],
  ['ftp://receiver.example/', 'scheme'],
  ['javascript:alert(1)', 'scheme'],
  ['https://user@receiver.example/', 'credentials'],
  ['https://:secret@receiver.example/', 'credentials'],
  [`${url}#part`, 'fragment'],
  [`${url}?${'q'.repeat(2048)}`, 'too-long'],
  ['https://receiver.example/\u0000', 'control-character'],
]

const inside: readonly (readonly [string, string, string])[] = [
  ['http://receiver.example/', 'insecure', 'receiver.example'],
  ['http://169.254.169.254/', 'insecure', '169.254.169.254'],
  ['https://169.254.169.254/', 'address', '169.254.169.254'],
  ['https://2130706433/', 'address', '127.0.0.1'],
  ['https://[::ffff:127.0.0.1]/', 'address', '::ffff:7f00:1'],
  ['https://[::1]/', 'address', '::1'],
]

const refused = (verb: string, call: (world: World, value: never) => unknown): Row[] =>
  inside.flatMap(([value, reason, host]) =>
    each(verb, `url ${value}`, call, [[value, reason]], {
      code: 'http.refused',
      details: { host, reason },
    }),
  )

const types: readonly (readonly [unknown, string])[] = [
  [null, 'wrong-type'],
  ['invoice.settled', 'wrong-type'],
  [['invoice.payed'], 'unknown-value'],
  [['*'], 'unknown-value'],
  [[7], 'wrong-type'],
  [[undefined], 'missing'],
]

const secrets: readonly (readonly [unknown, string])[] = [
  [null, 'null'],
  [7, 'wrong-type'],
  ['', 'empty'],
  ['secret', 'malformed'],
  ['whsec_', 'too-short'],
  [`whsec_${Buffer.alloc(23).toString('base64')}`, 'too-short'],
  [`whsec_${Buffer.alloc(65).toString('base64')}`, 'too-long'],
  [`whsec_${Buffer.alloc(32).toString('base64url')}`, 'malformed'],
  [`whsec_${Buffer.alloc(32).toString('hex')}!`, 'malformed'],
  [`whpk_${Buffer.alloc(32).toString('base64')}`, 'malformed'],
]

const places: readonly (readonly [unknown, string])[] = [
  [null, 'wrong-type'],
  [1, 'wrong-type'],
  ['', 'malformed'],
  ['-1', 'malformed'],
  ['01', 'malformed'],
  ['9'.repeat(19), 'malformed'],
]

const byId = (['get', 'enable', 'disable', 'remove', 'sendTest', 'rotateSecret'] as const).flatMap(
  (verb) => {
    const call = ({ shop }: World, id: never): unknown => shop.node.webhooks[verb](id)
    return [
      ...ids(`webhooks.${verb}`, 'id', call),
      ...each(`webhooks.${verb}`, 'endpoint', call, [['whe_nobody', 'not-found']], {
        code: 'webhook.not-found',
        details: { endpoint: 'whe_nobody' },
      }),
    ]
  },
)

const body = '{}'
const headers = { 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' }
const secret = `whsec_${Buffer.alloc(32).toString('base64')}`

const option =
  (name: string) =>
  ({ shop }: World, value: never): unknown =>
    shop.open({ webhooks: { [name]: value } })
const code = { code: 'options.invalid' } as const

const optionRows: readonly Row[] = [
  ...objects(
    'createPaymentNode',
    'webhooks',
    ({ shop }, webhooks) => shop.open({ webhooks }),
    [{ timeOut: 5 }, 'timeout'],
    code,
  ),
  ...durations('createPaymentNode', 'webhooks.timeout', ['0s', '61s'], option('timeout'), code),
  ...durations(
    'createPaymentNode',
    'webhooks.disableAfter',
    ['0s', '91d'],
    option('disableAfter'),
    code,
  ),
  ...durations(
    'createPaymentNode',
    'webhooks.keepDeliveries',
    ['23h', '3651d'],
    option('keepDeliveries'),
    code,
  ),
  ...integers(
    'createPaymentNode',
    'webhooks.maximumConcurrent',
    { minimum: 1, maximum: 1000 },
    option('maximumConcurrent'),
    code,
  ),
  ...integers(
    'createPaymentNode',
    'webhooks.maximumPerEndpoint',
    { minimum: 1, maximum: 100 },
    option('maximumPerEndpoint'),
    code,
  ),
]

export const webhookRows: readonly Row[] = [
  ...optionRows,
  ...objects('webhooks.create', 'webhook', ({ shop }, input) => shop.node.webhooks.create(input), [
    { url, secert: 'x' },
    'secret',
  ]),
  ...each('webhooks.create', 'url', create('url'), [[undefined, 'missing'], ...urls]),
  ...refused('webhooks.create', create('url')),
  ...each('webhooks.create', 'types', create('types'), types),
  ...each(
    'webhooks.create',
    'types',
    ({ shop }, value) => shop.node.webhooks.create({ url, partner: 'm1', types: value }),
    [[['channel.closed'], 'not-visible']],
  ),
  ...each('webhooks.create', 'secret', create('secret'), secrets),
  ...ids('webhooks.create', 'partner', create('partner')).filter((row) => row.reason !== 'missing'),
  ...each('webhooks.create', 'partner', create('partner'), [['nobody', 'not-found']], {
    code: 'partner.not-found',
    details: { partner: 'nobody' },
  }),
  ...byId,
  ...objects(
    'webhooks.update',
    'change',
    ({ shop, endpoint }, change) => shop.node.webhooks.update(endpoint, change),
    [{ type: [] }, 'types'],
  ),
  ...each('webhooks.update', 'url', update('url'), urls),
  ...refused('webhooks.update', update('url')),
  ...each('webhooks.update', 'types', update('types'), types),
  ...objects(
    'webhooks.rotateSecret',
    'options',
    ({ shop, endpoint }, options) => shop.node.webhooks.rotateSecret(endpoint, options),
    [{ keepfor: '1h' }, 'keepFor'],
  ),
  ...durations('webhooks.rotateSecret', 'keepFor', [-1, '31d'], ({ shop, endpoint }, keepFor) =>
    shop.node.webhooks.rotateSecret(endpoint, { keepFor }),
  ),
  ...each(
    'webhooks.rotateSecret',
    'secret',
    ({ shop, endpoint }, value) => shop.node.webhooks.rotateSecret(endpoint, { secret: value }),
    secrets,
  ),
  ...objects('webhooks.list', 'filter', ({ shop }, filter) => shop.node.webhooks.list(filter), [
    { partners: 'm1' },
    'partner',
  ]),
  ...each(
    'webhooks.list',
    'cursor',
    ({ shop }, cursor) => shop.node.webhooks.list({ cursor }),
    cursors,
  ),
  ...integers('webhooks.list', 'limit', { minimum: 1, maximum: 1000 }, ({ shop }, limit) =>
    shop.node.webhooks.list({ limit }),
  ),
  ...objects(
    'webhooks.deliveries',
    'filter',
    ({ shop }, filter) => shop.node.webhooks.deliveries(filter),
    [{ endpoint: 'x', stat: 'failed' }, 'state'],
  ),
  ...ids('webhooks.deliveries', 'endpoint', ({ shop }, endpoint) =>
    shop.node.webhooks.deliveries({ endpoint }),
  ),
  ...choices('webhooks.deliveries', 'state', 'failed', ({ shop, endpoint }, state) =>
    shop.node.webhooks.deliveries({ endpoint, state }),
  ),
  ...integers('webhooks.deliveries', 'limit', { minimum: 1, maximum: 1000 }, (world, limit) =>
    world.shop.node.webhooks.deliveries({ endpoint: world.endpoint, limit }),
  ),
  ...each(
    'webhooks.deliveries',
    'cursor',
    ({ shop, endpoint }, cursor) => shop.node.webhooks.deliveries({ endpoint, cursor }),
    cursors,
  ),
  ...objects('webhooks.replay', 'replay', ({ shop }, input) => shop.node.webhooks.replay(input), [
    { endpoint: 'x', faild: true },
    'failed',
  ]),
  ...ids('webhooks.replay', 'event', replay('event')).filter(({ reason }) => reason !== 'missing'),
  ...objects('webhooks.replay', 'range', replay('range'), [{ aftr: '0' }, 'after']),
  ...each('webhooks.replay', 'range.after', replay('range', 'after'), [
    [undefined, 'wrong-type'],
    ...places,
  ]),
  ...each(
    'webhooks.replay',
    'range.upTo',
    ({ shop, endpoint }, upTo) =>
      shop.node.webhooks.replay({ endpoint, range: { after: '0', upTo } }),
    places,
  ),
  ...each('webhooks.replay', 'failed', replay('failed'), [
    [false, 'wrong-type'],
    [1, 'wrong-type'],
    ['true', 'wrong-type'],
  ]),
  ...each(
    'webhooks.replay',
    'replay',
    ({ shop, endpoint }, more) => shop.node.webhooks.replay({ endpoint, ...(more as object) }),
    [
      [{}, 'one-of'],
      [{ failed: true, event: 'evt_1' }, 'one-of'],
    ],
  ),
  ...each('webhooks.replay', 'event', replay('event'), [['evt_nobody', 'not-found']], {
    code: 'webhook.event-not-found',
    details: { event: 'evt_nobody' },
  }),
  {
    verb: 'webhooks.replay',
    field: 'endpoint',
    reason: 'disabled',
    code: 'webhook.disabled',
    details: undefined,
    call: ({ shop, disabledEndpoint }) =>
      shop.node.webhooks.replay({ endpoint: disabledEndpoint, failed: true }),
  },
  ...each('verifyWebhook', 'secret', (_, value) => verifyWebhook(value, headers, body), [
    [undefined, 'missing'],
    ...secrets,
  ]),
  ...each('verifyWebhook', 'headers', (_, value) => verifyWebhook(secret, value, body), [
    [undefined, 'wrong-type'],
    [null, 'wrong-type'],
    ['webhook-id: x', 'wrong-type'],
  ]),
  ...each('verifyWebhook', 'rawBody', (_, value) => verifyWebhook(secret, headers, value), [
    [undefined, 'wrong-type'],
    [null, 'wrong-type'],
    [{}, 'wrong-type'],
  ]),
  ...objects(
    'verifyWebhook',
    'options',
    (_, options) => verifyWebhook(secret, headers, body, options),
    [{ tolerence: 5 }, 'tolerance'],
  ),
  ...durations('verifyWebhook', 'tolerance', ['0s', '2d'], (_, tolerance) =>
    verifyWebhook(secret, headers, body, { tolerance }),
  ),
  ...integers('verifyWebhook', 'now', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, (_, now) =>
    verifyWebhook(secret, headers, body, { now }),
  ).filter(({ reason }) => reason !== 'too-large'),
]
