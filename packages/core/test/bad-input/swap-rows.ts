import { createPaymentNode, type PaymentNodeOptions, sat } from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { invoiceKey } from '../shop.ts'
import { cursors } from './invoice-rows.ts'
import {
  amounts,
  choices,
  durations,
  each,
  ids,
  integers,
  objects,
  positiveAmounts,
  type Row,
  type World,
} from './row.ts'

const request =
  (more: (value: never) => object) =>
  ({ shop }: World, value: never): unknown =>
    shop.node.swaps.request(
      { amount: '100000 sat', ...more(value) },
      { idempotencyKey: 'nonsense' },
    )

const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080'

const make = ({ shop }: World, more: object): unknown =>
  createPaymentNode({
    lightning: shop.lnd.lightning,
    storage: memory({ data: shop.data, exclusive: false }),
    keys: { invoices: invoiceKey },
    clock: shop.clock,
    ...more,
  } as PaymentNodeOptions)

const option =
  (...path: string[]) =>
  (world: World, value: never): unknown =>
    make(world, path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object)

const code = { code: 'options.invalid' } as const
const verb = 'createPaymentNode'
const provider = { contractVersion: 1, custody: 'self', name: 'x', url: 'https://x.example' }

const optionRows: readonly Row[] = [
  ...objects(verb, 'swapping', option('swapping'), [{ perSwop: '1 sat' }, 'perSwap'], code),
  ...(['perSwap', 'inFlight', 'inFlightPerProvider', 'perDay', 'prepay'] as const).flatMap((name) =>
    positiveAmounts(verb, `swapping.${name}`, option('swapping', name), code),
  ),
  ...(
    [
      ['inFlightShareOfOutbound', 1, 1_000_000],
      ['maximumPpm', 1, 1_000_000],
      ['routingPpm', 0, 1_000_000],
      ['confirmations', 1, 100],
      ['claimCeiling', 1, 100],
      ['maximumCltv', 200, 2016],
    ] as const
  ).flatMap(([name, minimum, maximum]) =>
    integers(verb, `swapping.${name}`, { minimum, maximum }, option('swapping', name), code),
  ),
  ...durations(
    verb,
    'swapping.answerWithin',
    ['0s', '6m'],
    option('swapping', 'answerWithin'),
    code,
  ),
  ...durations(
    verb,
    'swapping.invoiceExpiry',
    ['119s', '2d'],
    option('swapping', 'invoiceExpiry'),
    code,
  ),
  ...each(
    verb,
    'swaps',
    option('swaps'),
    [
      [null, 'wrong-type'],
      [{}, 'wrong-type'],
      [provider, 'wrong-type'],
    ],
    code,
  ),
  ...each(
    verb,
    'swaps[0]',
    option('swaps'),
    [
      [[null], 'not-an-adapter'],
      [['boltz'], 'not-an-adapter'],
      [[{}], 'not-an-adapter'],
      [[{ ...provider, contractVersion: 2 }], 'contract-version'],
    ],
    code,
  ),
  ...each(
    verb,
    'swaps[0].custody',
    option('swaps'),
    [[[{ ...provider, custody: 'shared' }], 'unknown-value']],
    code,
  ),
  ...each(
    verb,
    'swaps[0].name',
    option('swaps'),
    [
      [[{ ...provider, name: '' }], 'malformed'],
      [[{ ...provider, name: 'two words' }], 'malformed'],
      [[{ ...provider, name: 7 }], 'malformed'],
    ],
    code,
  ),
  ...each(verb, 'swaps[1].name', option('swaps'), [[[provider, provider], 'not-unique']], code),
  ...each(
    verb,
    'keys.swaps',
    option('swaps'),
    [[[provider], 'missing', 'openssl rand -hex 32']],
    code,
  ),
  ...each(
    verb,
    'keys.swaps',
    (world, swaps) => make(world, { swaps, keys: { invoices: invoiceKey, swaps: 'lost' } }),
    [[[provider], 'missing', 'Leave those providers']],
    code,
  ),
  ...each(
    verb,
    'keys.swaps',
    (world, swaps) => make(world, { keys: { invoices: invoiceKey, swaps } }),
    [
      ['ab'.repeat(32), 'wrong-type'],
      [null, 'wrong-type'],
      [7, 'wrong-type'],
    ],
    code,
  ),
]

const notLive = { code: 'swap.not-found', details: { swap: 'nothing' } } as const

export const swapRows: readonly Row[] = [
  ...optionRows,
  ...objects('swaps.quote', 'swap', ({ shop }, input) => shop.node.swaps.quote(input), [
    { amount: '5 sat', amuont: 5 },
    'amount',
  ]),
  ...positiveAmounts('swaps.quote', 'amount', ({ shop }, amount) =>
    shop.node.swaps.quote({ amount }),
  ),
  ...objects(
    'swaps.request',
    'swap',
    ({ shop }, input) => shop.node.swaps.request(input, { idempotencyKey: 'nonsense' }),
    [{ amount: '5 sat', limit: {} }, 'limits'],
  ),
  ...objects(
    'swaps.request',
    'options',
    ({ shop }, options) => shop.node.swaps.request({ amount: '5 sat' }, options),
    [{ idempotencykey: 'a' }, 'idempotencyKey'],
  ),
  ...ids('swaps.request', 'idempotencyKey', ({ shop }, idempotencyKey) =>
    shop.node.swaps.request({ amount: '5 sat' }, { idempotencyKey }),
  ),
  ...positiveAmounts(
    'swaps.request',
    'amount',
    request((amount) => ({ amount })),
  ),
  ...each(
    'swaps.request',
    'amount',
    request((amount) => ({ amount })),
    [['1500 msat', 'fraction']],
  ),
  ...each(
    'swaps.request',
    'destination',
    request((destination) => ({ destination })),
    [
      [null, 'wrong-type'],
      [7, 'wrong-type'],
      ['x'.repeat(121), 'too-long'],
    ],
  ),
  ...each(
    'swaps.request',
    'destination',
    request((destination) => ({ destination })),
    [
      ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', 'wrong-network'],
      [`${address}q`, 'checksum'],
      ['', 'checksum'],
      ['lnbcrt1', 'checksum'],
    ],
    { code: 'payout.destination-invalid' },
  ),
  ...choices(
    'swaps.request',
    'urgency',
    'urgent',
    request((urgency) => ({ urgency })),
  ),
  ...each(
    'swaps.request',
    'outgoingChannels',
    request((outgoingChannels) => ({ outgoingChannels })),
    [
      [null, 'wrong-type'],
      ['1', 'wrong-type'],
      [[], 'empty'],
      [Array.from({ length: 1001 }, () => '1'), 'too-many'],
    ],
  ),
  ...each(
    'swaps.request',
    'outgoingChannels[0]',
    request((outgoingChannels) => ({ outgoingChannels })),
    [
      [[1], 'malformed'],
      [['-1'], 'malformed'],
      [['0'], 'malformed'],
      [['1x2x3'], 'malformed'],
    ],
  ),
  ...objects(
    'swaps.request',
    'limits',
    request((limits) => ({ limits })),
    [{ rooting: '1 sat' }, 'routing'],
  ),
  ...(['service', 'routing', 'claim', 'prepay'] as const).flatMap((name) =>
    amounts(
      'swaps.request',
      `limits.${name}`,
      request((limit) => ({ limits: { [name]: limit } })),
    ),
  ),
  ...integers(
    'swaps.request',
    'limits.ppm',
    { minimum: 1, maximum: 1_000_000 },
    request((ppm) => ({ limits: { ppm } })),
  ),
  ...each(
    'swaps.request',
    'limits.ppm',
    request((ppm) => ({ limits: { ppm } })),
    [[20_001, 'too-large', 'swapping.maximumPpm']],
  ),
  ...each(
    'swaps.request',
    'providers',
    request((providers) => ({ providers })),
    [
      [null, 'wrong-type'],
      ['boltz', 'wrong-type'],
      [[], 'empty'],
    ],
  ),
  ...each(
    'swaps.request',
    'providers[0]',
    request((providers) => ({ providers })),
    [
      [[7], 'wrong-type'],
      [['nobody'], 'unknown-value'],
    ],
  ),
  // There is no provider here, and nothing is stored.
  {
    verb: 'swaps.request',
    field: 'amount',
    reason: 'no-offer',
    code: 'swap.no-offer',
    details: { amount: sat(100_000), rejected: [] },
    call: ({ shop }) =>
      shop.node.swaps.request({ amount: '100000 sat' }, { idempotencyKey: 'nonsense' }),
  },
  ...ids('swaps.get', 'id', ({ shop }, id) => shop.node.swaps.get(id)),
  ...each(
    'swaps.get',
    'swap',
    ({ shop }, id) => shop.node.swaps.get(id),
    [['nothing', 'not-found']],
    notLive,
  ),
  ...ids('swaps.explain', 'id', ({ shop }, id) => shop.node.swaps.explain(id)),
  ...each(
    'swaps.explain',
    'swap',
    ({ shop }, id) => shop.node.swaps.explain(id),
    [['nothing', 'not-found']],
    notLive,
  ),
  ...objects('swaps.list', 'filter', ({ shop }, filter) => shop.node.swaps.list(filter), [
    { sate: 'held' },
    'state',
  ]),
  ...integers('swaps.list', 'limit', { minimum: 1, maximum: 1000 }, ({ shop }, limit) =>
    shop.node.swaps.list({ limit }),
  ),
  ...choices('swaps.list', 'state', 'claimed', ({ shop }, state) =>
    shop.node.swaps.list({ state }),
  ),
  ...each('swaps.list', 'cursor', ({ shop }, cursor) => shop.node.swaps.list({ cursor }), cursors),
  ...ids('swaps.raiseLimits', 'id', ({ shop }, id) =>
    shop.node.swaps.raiseLimits(id, { claim: '5 sat' }),
  ),
  ...objects(
    'swaps.raiseLimits',
    'limits',
    ({ shop }, limits) => shop.node.swaps.raiseLimits('nothing', limits),
    [{ clame: '1 sat' }, 'claim'],
  ),
  ...each(
    'swaps.raiseLimits',
    'limits',
    ({ shop }, limits) => shop.node.swaps.raiseLimits('nothing', limits),
    [[{}, 'missing']],
  ),
  ...each(
    'swaps.raiseLimits',
    'swap',
    ({ shop }, id) => shop.node.swaps.raiseLimits(id, { claim: '5 sat' }),
    [['nothing', 'not-found']],
    notLive,
  ),
  ...each(
    'swaps.enableProvider',
    'provider',
    ({ shop }, name) => shop.node.swaps.enableProvider(name),
    [
      [undefined, 'missing'],
      [7, 'wrong-type'],
      ['nobody', 'unknown-value'],
    ],
  ),
]
