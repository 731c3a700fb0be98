import type { InvoiceInput, InvoiceOptions } from '@payment-node/core'
import {
  booleans,
  choices,
  durations,
  each,
  ids,
  integers,
  metadata,
  objects,
  positiveAmounts,
  type Row,
  texts,
  type World,
} from './row.ts'

const create =
  (field: keyof InvoiceInput) =>
  ({ shop }: World, value: never): unknown =>
    shop.node.invoices.create({ partner: 'm1', amount: '5 sat', [field]: value })

const createWith = ({ shop }: World, options: InvoiceOptions): unknown =>
  shop.node.invoices.create({ partner: 'm1' }, options)

const list = ({ shop }: World, filter: never): unknown => shop.node.invoices.list(filter)
const listBy =
  (field: string) =>
  ({ shop }: World, value: never): unknown =>
    shop.node.invoices.list({ [field]: value })

const place = (...after: unknown[]): string =>
  Buffer.from(JSON.stringify(after)).toString('base64url')

export const cursors: readonly (readonly [unknown, string])[] = [
  [null, 'wrong-type'],
  [5, 'wrong-type'],
  ['', 'malformed'],
  ['nonsense', 'malformed'],
  ['1234', 'malformed'],
  [place(), 'malformed'],
  [place(1), 'malformed'],
  [place('1', 'id'), 'malformed'],
  [place(1, 2), 'malformed'],
  [place(1.5, 'id'), 'malformed'],
  [place(1e300, 'id'), 'malformed'],
  [place(1, ''), 'malformed'],
  [place(1, 'a\u0000b'), 'malformed'],
  [place(1, 'a\ud800b'), 'malformed'],
  [place(1, 'id', 'more'), 'malformed'],
]

export const invoiceRows: readonly Row[] = [
  ...objects('invoices.create', 'invoice', ({ shop }, input) => shop.node.invoices.create(input), [
    { partner: 'm1', amuont: '5 sat' },
    'amount',
  ]),
  ...each('invoices.create', 'invoice', ({ shop }, input) => shop.node.invoices.create(input), [
    [undefined, 'missing'],
  ]),
  ...each(
    'invoices.create',
    'invoice.expiresIN',
    ({ shop }, input) => shop.node.invoices.create(input),
    [[{ partner: 'm1', expiresIN: '1h' }, 'unknown-option', 'did you mean expiresIn?']],
  ),
  ...each(
    'invoices.create',
    'invoice.description',
    ({ shop }, input) => shop.node.invoices.create(input),
    [[{ partner: 'm1', description: 'tea' }, 'unknown-option', 'known: partner, amount']],
  ),
  ...objects('invoices.create', 'options', createWith, [{ idempotencykey: 'k' }, 'idempotencyKey']),
  ...ids('invoices.create', 'idempotencyKey', (world, idempotencyKey) =>
    createWith(world, { idempotencyKey }),
  ).filter(({ reason }) => reason !== 'missing'),
  ...ids('invoices.create', 'partner', create('partner')),
  ...each('invoices.create', 'partner', create('partner'), [['nobody', 'not-found', 'upsert']], {
    code: 'partner.not-found',
    details: { partner: 'nobody' },
  }),
  ...positiveAmounts('invoices.create', 'amount', create('amount')),
  ...durations('invoices.create', 'expiresIn', ['59s', '366d'], create('expiresIn')),
  ...each(
    'invoices.create',
    'expiresIn',
    ({ shop }, expiresIn) => shop.node.invoices.create({ partner: 'hasty', expiresIn }),
    [
      ['11m', 'above-maximum', '600 s'],
      ['1y', 'malformed'],
    ],
  ),
  ...texts('invoices.create', 'memo', 639, create('memo')),
  ...texts('invoices.create', 'descriptionHash', 64, create('descriptionHash')),
  ...each('invoices.create', 'descriptionHash', create('descriptionHash'), [
    ['', 'empty'],
    ['ab'.repeat(31), 'malformed', '64 lower-case hex'],
    ['AB'.repeat(32), 'malformed'],
    ['zz'.repeat(32), 'malformed'],
    [new Uint8Array(32), 'wrong-type'],
  ]),
  ...each(
    'invoices.create',
    'descriptionHash',
    ({ shop }, descriptionHash) =>
      shop.node.invoices.create({ partner: 'm1', memo: 'tea', descriptionHash }),
    [['ab'.repeat(32), 'excludes-memo', 'not both']],
  ),
  ...metadata('invoices.create', create('metadata')),
  ...booleans('invoices.create', 'privateRouteHints', create('privateRouteHints')),
  ...booleans('invoices.create', 'allowUnreceivable', create('allowUnreceivable')),

  ...(['get', 'cancel', 'waitUntilSettled'] as const).flatMap((verb) => [
    ...ids(`invoices.${verb}`, 'id', ({ shop }, id) => shop.node.invoices[verb](id)),
    ...each(
      `invoices.${verb}`,
      'invoice',
      ({ shop }, id) => shop.node.invoices[verb](id),
      [['nobody', 'not-found']],
      { code: 'invoice.not-found', details: { invoice: 'nobody' } },
    ),
  ]),
  ...objects(
    'invoices.waitUntilSettled',
    'options',
    ({ shop }, options) => shop.node.invoices.waitUntilSettled('x', options),
    [{ signl: undefined }, 'signal'],
  ),
  ...each(
    'invoices.waitUntilSettled',
    'signal',
    ({ shop }, signal) => shop.node.invoices.waitUntilSettled('x', { signal }),
    [
      [null, 'wrong-type'],
      [5000, 'wrong-type', 'AbortSignal'],
      [new AbortController(), 'wrong-type'],
      [{ aborted: false }, 'wrong-type'],
    ],
  ),

  ...objects('invoices.list', 'filter', list, [{ parnter: 'm1' }, 'partner']),
  ...ids('invoices.list', 'partner', listBy('partner')).filter(
    ({ reason }) => reason !== 'missing',
  ),
  ...choices('invoices.list', 'state', 'settled', listBy('state')),
  ...integers('invoices.list', 'limit', { minimum: 1, maximum: 1000 }, listBy('limit')),
  ...each('invoices.list', 'cursor', listBy('cursor'), cursors),
  ...each('invoices.list', 'metadata', list, [
    [{ metadata: null }, 'wrong-type'],
    [{ metadata: new Map() }, 'wrong-type'],
    [{ metadata: { 'order id': '7' } }, 'malformed-name'],
    [{ metadata: {} }, 'not-one-label'],
    [{ metadata: { a: '1', b: '2' } }, 'not-one-label'],
    [{ metadata: { a: '1' }, partner: 'm1' }, 'excludes-others'],
    [{ metadata: { a: '1' }, state: 'open' }, 'excludes-others'],
  ]),
  ...each('invoices.list', 'metadata.orderId', list, [
    [{ metadata: { orderId: 7 } }, 'wrong-type'],
    [{ metadata: { orderId: null } }, 'null'],
  ]),
]
