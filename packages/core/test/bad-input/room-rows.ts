import { msat, parseAmount, sat } from '@payment-node/core'
import { cursors } from './invoice-rows.ts'
import {
  choices,
  durations,
  each,
  ids,
  integers,
  metadata,
  objects,
  type Row,
  texts,
  type World,
} from './row.ts'

const upsert =
  (field: string) =>
  ({ shop }: World, value: never): unknown =>
    shop.node.partners.upsert({ id: 'm1', [field]: value })

const handler = (): void => undefined

export const partnerRows: readonly Row[] = [
  ...objects('partners.upsert', 'partner', ({ shop }, input) => shop.node.partners.upsert(input), [
    { id: 'm1', defaultExpire: '1h' },
    'defaultExpiry',
  ]),
  ...each('partners.upsert', 'partner', ({ shop }, input) => shop.node.partners.upsert(input), [
    [undefined, 'missing'],
  ]),
  ...ids('partners.upsert', 'id', ({ shop }, id) => shop.node.partners.upsert({ id })),
  ...texts('partners.upsert', 'name', 255, upsert('name')),
  ...each('partners.upsert', 'name', upsert('name'), [['', 'empty']]),
  ...metadata('partners.upsert', upsert('metadata')),
  ...durations('partners.upsert', 'defaultExpiry', ['59s', '366d'], upsert('defaultExpiry')),
  ...durations('partners.upsert', 'maximumExpiry', ['59s', '366d'], upsert('maximumExpiry')),
  ...each(
    'partners.upsert',
    'defaultExpiry',
    ({ shop }, defaultExpiry) =>
      shop.node.partners.upsert({ id: 'm1', maximumExpiry: '1h', defaultExpiry }),
    [['2h', 'above-maximum']],
  ),
  ...ids('partners.get', 'id', ({ shop }, id) => shop.node.partners.get(id)),
  ...each(
    'partners.get',
    'partner',
    ({ shop }, id) => shop.node.partners.get(id),
    [['nobody', 'not-found']],
    { code: 'partner.not-found', details: { partner: 'nobody' } },
  ),
  ...objects('partners.list', 'page', ({ shop }, page) => shop.node.partners.list(page), [
    { limits: 5 },
    'limit',
  ]),
  ...integers('partners.list', 'limit', { minimum: 1, maximum: 1000 }, ({ shop }, limit) =>
    shop.node.partners.list({ limit }),
  ),
  ...each(
    'partners.list',
    'cursor',
    ({ shop }, cursor) => shop.node.partners.list({ cursor }),
    cursors,
  ),
]

export const eventRows: readonly Row[] = [
  ...each('events.after', 'cursor', ({ shop }, cursor) => shop.node.events.after(cursor), [
    [undefined, 'wrong-type'],
    [null, 'wrong-type'],
    [0, 'wrong-type'],
    [0n, 'wrong-type'],
    ['', 'malformed'],
    ['-1', 'malformed'],
    ['01', 'malformed'],
    ['1.5', 'malformed'],
    ['0x1', 'malformed'],
    ['1 ', 'malformed'],
    ['9'.repeat(19), 'malformed'],
    ['latest', 'malformed'],
  ]),
  ...objects(
    'events.after',
    'options',
    ({ shop }, options) => shop.node.events.after('0', options),
    [{ limti: 5 }, 'limit'],
  ),
  ...integers('events.after', 'limit', { minimum: 1, maximum: 1000 }, ({ shop }, limit) =>
    shop.node.events.after('0', { limit }),
  ),

  ...choices('handle', 'types', 'invoice.settled', ({ shop }, types) =>
    shop.node.handle(types, { consumer: 'bad' }, handler),
  ).filter(({ reason }) => reason !== 'wrong-type'),
  ...each(
    'handle',
    'types',
    ({ shop }, types) => shop.node.handle(types, { consumer: 'bad' }, handler),
    [
      [undefined, 'missing'],
      [null, 'wrong-type'],
      [7, 'wrong-type'],
      [[], 'empty'],
      [['invoice.settled', 'invoice.payed'], 'unknown-value', 'invoice.settled'],
      [['invoice.settled', undefined], 'missing'],
    ],
  ),
  ...objects(
    'handle',
    'options',
    ({ shop }, options) => shop.node.handle('invoice.settled', options, handler),
    [{ consummer: 'bad' }, 'consumer'],
  ),
  ...ids('handle', 'consumer', ({ shop }, consumer) =>
    shop.node.handle('invoice.settled', { consumer }, handler),
  ),
  ...each(
    'handle',
    'consumer',
    ({ shop }, consumer) => shop.node.handle('invoice.settled', { consumer }, handler),
    [['taken', 'in-use', 'One name per handler'.slice(4)]],
    { code: 'events.consumer-in-use', details: { consumer: 'taken' } },
  ),
  ...choices('handle', 'from', 'beginning', ({ shop }, from) =>
    shop.node.handle('invoice.settled', { consumer: 'bad', from }, handler),
  ),
  ...each(
    'handle',
    'handler',
    ({ shop }, handle) => shop.node.handle('invoice.settled', { consumer: 'bad' }, handle),
    [
      [undefined, 'wrong-type'],
      [null, 'wrong-type'],
      ['console.log', 'wrong-type'],
      [Promise.resolve(), 'wrong-type'],
    ],
  ),
  ...choices('on', 'type', 'invoice.settled', ({ shop }, type) => shop.node.on(type, handler)),
  ...each('on', 'type', ({ shop }, type) => shop.node.on(type, handler), [
    [undefined, 'missing'],
    ['*', 'unknown-value'],
  ]),
  ...each('on', 'listener', ({ shop }, listen) => shop.node.on('invoice.settled', listen), [
    [undefined, 'wrong-type'],
    [null, 'wrong-type'],
    [{ handleEvent: handler }, 'wrong-type'],
  ]),
]

const differencesBy =
  (field: string) =>
  ({ shop }: World, value: never): unknown =>
    shop.node.safety.differences({ [field]: value })

export const safetyRows: readonly Row[] = [
  ...objects(
    'safety.differences',
    'filter',
    ({ shop }, filter) => shop.node.safety.differences(filter),
    [{ stat: 'open' }, 'state'],
  ),
  ...choices('safety.differences', 'state', 'open', differencesBy('state')),
  ...integers('safety.differences', 'limit', { minimum: 1, maximum: 1000 }, differencesBy('limit')),
  ...each('safety.differences', 'cursor', differencesBy('cursor'), cursors),
  ...(['halt', 'resume'] as const).flatMap((verb) => [
    ...texts(`safety.${verb}`, 'reason', 500, ({ shop }, reason) => shop.node.safety[verb](reason)),
    ...each(`safety.${verb}`, 'reason', ({ shop }, reason) => shop.node.safety[verb](reason), [
      [undefined, 'missing'],
      ['', 'empty'],
    ]),
  ]),
  {
    verb: 'safety.resume',
    field: 'halted',
    reason: 'not-halted',
    code: 'safety.not-halted',
    details: {},
    call: ({ shop }) => shop.node.safety.resume('by mistake'),
  },
]

export const amountRows: readonly Row[] = [
  ...([sat, msat] as const).flatMap((unit) =>
    each(unit.name, unit.name, (_, value) => unit(value), [
      [undefined, 'not-a-number'],
      [null, 'not-a-number'],
      ['5', 'not-a-number'],
      ['5 sat', 'not-a-number'],
      [[5], 'not-a-number'],
      [{}, 'not-a-number'],
      [true, 'not-a-number'],
      [Number.NaN, 'not-a-number'],
      [Number.POSITIVE_INFINITY, 'not-finite'],
      [Number.NEGATIVE_INFINITY, 'not-finite'],
      [0.1, 'fraction'],
      [1e-7, 'fraction'],
      [2 ** 53, 'not-exact', 'bigint'],
      [1e21, 'not-exact'],
      [unit === sat ? 2_100_000_000_000_001 : 2_100_000_000_000_000_001n, 'above-supply'],
      [-(10n ** 30n), 'above-supply'],
    ]),
  ),
  ...each('parseAmount', 'amount', (_, text) => parseAmount(text), [
    [undefined, 'missing'],
    [null, 'null'],
    [5, 'bare-number'],
    [5n, 'bare-number'],
    [['5 sat'], 'wrong-type'],
    [{ toString: () => '5 sat' }, 'wrong-type'],
    [sat(5), 'wrong-type'],
    [Symbol('5 sat'), 'wrong-type'],
    ['', 'empty'],
    ['5', 'unit-missing'],
    ['-5', 'unit-missing'],
    ['0.5 sat', 'fraction'],
    ['.5 sat', 'fraction'],
    ['1e3 sat', 'exponent'],
    ['007 sat', 'leading-zero'],
    ['0x7 sat', 'not-decimal'],
    ['1 btc', 'unknown-unit'],
    ['1_000 satoshis', 'unknown-unit'],
    ['sat', 'malformed'],
    ['5 sat\n', 'malformed'],
    ['1_000 sat', 'malformed'],
    ['5\u00a0sat', 'malformed'],
    ['2100000000000001 sat', 'above-supply'],
    ['-2100000000000001 sat', 'above-supply'],
    ['999999999999999999999 msat', 'above-supply'],
  ]),
  ...each('parseAmount', 'price', (_, text) => parseAmount(text, 'price'), [['5', 'unit-missing']]),
]
