import { createPaymentNode, type PaymentNodeOptions } from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { invoiceKey } from '../shop.ts'
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

const code = { code: 'options.invalid' } as const
const verb = 'createPaymentNode'

const rates = ['lowestRate', 'highestRate'] as const

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

const allowed = (world: World, entry: never): unknown => make(world, { http: { allow: [entry] } })

/** Some are only seen when the key is fetched. */
const startWith =
  (invoices: unknown) =>
  ({ shop }: World): Promise<void> =>
    shop.open({ keys: { invoices: invoices as Uint8Array }, name: 'other' }).node.start()

const key = (reason: string, invoices: unknown): Row => ({
  verb: 'start',
  field: 'keys.invoices',
  reason,
  ...code,
  call: startWith(invoices),
})

const group = (field: string, misspelt: readonly [string, string]): Row[] =>
  objects(verb, field, option(...field.split('.')), [{ [misspelt[0]]: 1 }, misspelt[1]], code)

const functions = ['logger', 'meter', 'clock', 'random', 'intentCounter'].flatMap((field) =>
  each(
    verb,
    field,
    option(field),
    [
      [null, 'wrong-type'],
      [5, 'wrong-type'],
      [{}, 'wrong-type'],
      [() => undefined, 'wrong-type'],
      [{ info: () => undefined, now: () => 0, count: () => undefined }, 'wrong-type'],
    ],
    code,
  ),
)

export const optionRows: readonly Row[] = [
  ...objects(
    verb,
    'options',
    (_, options) => createPaymentNode(options),
    [{ lightening: {} }, 'lightning'],
    code,
  ),
  ...each(
    verb,
    'options',
    (_, options) => createPaymentNode(options),
    [[undefined, 'missing']],
    code,
  ),
  ...(['lightning', 'storage'] as const).flatMap((field) =>
    each(
      verb,
      field,
      option(field),
      [
        [undefined, 'not-an-adapter'],
        [null, 'not-an-adapter'],
        [{}, 'not-an-adapter'],
        ['localhost:10009', 'not-an-adapter'],
        [() => ({ contractVersion: 1 }), 'not-an-adapter'],
        [{ contractVersion: 2 }, 'contract-version', 'contract 2'],
        [{ contractVersion: '1' }, 'contract-version'],
      ],
      code,
    ),
  ),
  ...group('keys', ['invoice', 'invoices']),
  ...each(verb, 'keys', option('keys'), [[undefined, 'missing']], code),
  ...each(
    verb,
    'keys.invoices',
    option('keys', 'invoices'),
    [
      [undefined, 'missing', 'openssl'],
      [null, 'wrong-type'],
      ['00'.repeat(32), 'wrong-type'],
      [Array.from(invoiceKey), 'wrong-type'],
      [invoiceKey.buffer, 'wrong-type'],
    ],
    code,
  ),
  key('not-32-bytes', invoiceKey.slice(1)),
  key('not-32-bytes', new Uint8Array(33).fill(1)),
  key('not-32-bytes', new Uint8Array(0)),
  key('not-32-bytes', () => 'a key in text'),
  key('not-32-bytes', () => undefined),
  key('not-32-bytes', async () => Array.from(invoiceKey)),
  key('not-random', new Uint8Array(32)),
  key('not-random', new Uint8Array(32).fill(0xff)),
  key('not-random', async () => new Uint8Array(32).fill(1)),
  key('fetch-failed', () => {
    throw new Error('the KMS is away')
  }),
  key('fetch-failed', () => Promise.reject(new Error('the KMS is away'))),

  ...ids(verb, 'name', option('name'), code).filter(({ reason }) => reason !== 'missing'),
  ...choices(verb, 'network', 'mainnet', option('network'), code),
  ...choices(verb, 'role', 'worker', option('role'), code),

  ...group('invoices', ['defaultExpirey', 'defaultExpiry']),
  ...durations(
    verb,
    'invoices.defaultExpiry',
    ['59s', '366d'],
    option('invoices', 'defaultExpiry'),
    code,
  ),
  ...durations(
    verb,
    'invoices.maximumExpiry',
    ['59s', '366d'],
    option('invoices', 'maximumExpiry'),
    code,
  ),
  {
    verb,
    field: 'invoices.defaultExpiry',
    reason: 'too-long',
    ...code,
    call: (world) => make(world, { invoices: { defaultExpiry: '2h', maximumExpiry: '1h' } }),
  },
  ...group('payouts', ['feeLimits', 'feeLimit']),
  ...group('payouts.feeLimit', ['ppn', 'ppm']),
  ...integers(
    verb,
    'payouts.feeLimit.ppm',
    { minimum: 0, maximum: 1_000_000 },
    option('payouts', 'feeLimit', 'ppm'),
    code,
  ),
  ...positiveAmounts(
    verb,
    'payouts.feeLimit.minimum',
    option('payouts', 'feeLimit', 'minimum'),
    code,
  ),
  ...durations(verb, 'payouts.expiryMargin', [0, '2d'], option('payouts', 'expiryMargin'), code),
  ...durations(verb, 'payouts.timeout', [0, '2h'], option('payouts', 'timeout'), code),
  ...integers(
    verb,
    'payouts.maximumConcurrent',
    { minimum: 1, maximum: 1000 },
    option('payouts', 'maximumConcurrent'),
    code,
  ),
  ...(['waitForDestination', 'waitForOutbound'] as const).flatMap((name) =>
    durations(verb, `payouts.${name}`, [-1, '8d'], option('payouts', name), code),
  ),
  ...(['onchainMinimum', 'operatorMinimum'] as const).flatMap((name) =>
    positiveAmounts(verb, `payouts.${name}`, option('payouts', name), code),
  ),
  ...amounts(verb, 'payouts.operatorReserve', option('payouts', 'operatorReserve'), code),
  ...each(
    verb,
    'payouts.onchainMinimum',
    option('payouts', 'onchainMinimum'),
    [['999 sat', 'too-small', '1000 sat']],
    code,
  ),
  ...group('payouts.automatic', ['evry', 'every']),
  ...durations(
    verb,
    'payouts.automatic.every',
    [59, '31d'],
    option('payouts', 'automatic', 'every'),
    code,
  ),
  ...positiveAmounts(
    verb,
    'payouts.automatic.minimum',
    option('payouts', 'automatic', 'minimum'),
    code,
  ),
  ...group('http', ['alow', 'allow']),
  ...each(
    verb,
    'http.contractVersion',
    option('http'),
    [
      [{ request: () => undefined }, 'contract-version'],
      [{ request: () => undefined, contractVersion: 2 }, 'contract-version', 'contract 2'],
    ],
    code,
  ),
  ...each(
    verb,
    'http.allow',
    option('http', 'allow'),
    [
      [null, 'wrong-type'],
      ['localhost', 'wrong-type'],
      [{ host: 'localhost' }, 'wrong-type'],
    ],
    code,
  ),
  ...objects(verb, 'http.allow[0]', allowed, [{ hots: 'localhost' }, 'host'], code),
  ...each(
    verb,
    'http.allow[0].host',
    (world, host) => allowed(world, { host } as never),
    [
      [undefined, 'missing'],
      [null, 'null'],
      [5, 'wrong-type'],
      ['', 'empty'],
      ['localhost:80', 'malformed'],
      ['https://localhost', 'malformed'],
      ['localhost/path', 'malformed'],
      ['user@localhost', 'malformed'],
      ['a b', 'malformed'],
      ['1.2.3.4.5', 'malformed'],
      ['[::1]', 'malformed'],
      ['*.example.com', 'malformed'],
      ['a'.repeat(254), 'too-long'],
    ],
    code,
  ),
  ...integers(
    verb,
    'http.allow[0].port',
    { minimum: 1, maximum: 65_535 },
    (world, port) => allowed(world, { host: 'localhost', port } as never),
    code,
  ),
  ...each(
    verb,
    'http.allow[0].for',
    (world, purposes) => allowed(world, { host: 'localhost', for: purposes } as never),
    [
      [null, 'wrong-type'],
      ['lnurl', 'wrong-type'],
      [[], 'empty'],
    ],
    code,
  ),
  ...each(
    verb,
    'http.allow[0].for[0]',
    (world, purpose) => allowed(world, { host: 'localhost', for: [purpose] } as never),
    [
      ['everything', 'unknown-value'],
      [5, 'wrong-type'],
    ],
    code,
  ),
  ...each(
    verb,
    'http.allow[0].insecure',
    (world, insecure) => allowed(world, { host: 'localhost', insecure } as never),
    [
      [null, 'wrong-type'],
      ['yes', 'wrong-type'],
      [1, 'wrong-type'],
    ],
    code,
  ),
  ...group('caps', ['perpayout', 'perPayout']),
  ...positiveAmounts(verb, 'caps.perPayout', option('caps', 'perPayout'), code),
  ...positiveAmounts(verb, 'caps.perDay', option('caps', 'perDay'), code),
  ...positiveAmounts(verb, 'caps.operatorPerDay', option('caps', 'operatorPerDay'), code),
  ...positiveAmounts(verb, 'caps.operatorFeesPerDay', option('caps', 'operatorFeesPerDay'), code),
  ...group('fees', ['hardCeilings', 'hardCeiling']),
  ...(
    [
      ['targetBlocks', 2, 1008],
      ['hardCeiling', 2, 10_000],
      ['ceiling', 1, 10_000],
      ['percentile', 1, 100],
      ['days', 1, 90],
    ] as const
  ).flatMap(([name, minimum, maximum]) =>
    integers(verb, `fees.${name}`, { minimum, maximum }, option('fees', name), code),
  ),
  ...each(verb, 'fees.ceiling', option('fees', 'ceiling'), [[101, 'above-hard-ceiling']], code),
  ...durations(verb, 'fees.observeEvery', ['9m', '2d'], option('fees', 'observeEvery'), code),
  ...each(
    verb,
    'fees.source',
    option('fees', 'source'),
    [
      [null, 'wrong-type'],
      ['https://mempool.space', 'wrong-type'],
      [{ contractVersion: 1, name: 'x' }, 'wrong-type'],
      [{ contractVersion: 2, name: 'x', feerate: () => 1 }, 'contract-version'],
    ],
    code,
  ),
  ...group('transactions', ['collectFr', 'collectFor']),
  ...(
    [
      ['maximumOutputs', 200],
      ['confirmations', 100],
      ['stuckAfter', 2016],
    ] as const
  ).flatMap(([name, maximum]) =>
    integers(
      verb,
      `transactions.${name}`,
      { minimum: 1, maximum },
      option('transactions', name),
      code,
    ),
  ),
  ...durations(
    verb,
    'transactions.collectFor',
    [-1, '31d'],
    option('transactions', 'collectFor'),
    code,
  ),
  ...positiveAmounts(
    verb,
    'transactions.bumpBudgetPerDay',
    option('transactions', 'bumpBudgetPerDay'),
    code,
  ),
  ...group('routing', ['baseFees', 'baseFee']),
  ...choices(verb, 'routing.mode', 'recommend', option('routing', 'mode'), code),
  ...amounts(verb, 'routing.baseFee', option('routing', 'baseFee'), code),
  ...each(verb, 'routing.baseFee', option('routing', 'baseFee'), [['1001 sat', 'too-large']], code),
  ...rates.flatMap((rate) =>
    integers(
      verb,
      `routing.${rate}`,
      { minimum: 0, maximum: 50_000 },
      option('routing', rate),
      code,
    ),
  ),
  ...each(
    verb,
    'routing.lowestRate',
    option('routing', 'lowestRate'),
    [[501, 'above-highest']],
    code,
  ),
  ...integers(
    verb,
    'routing.steps',
    { minimum: 1, maximum: 100 },
    option('routing', 'steps'),
    code,
  ),
  ...durations(verb, 'routing.quietPeriod', ['59m', '31d'], option('routing', 'quietPeriod'), code),
  ...group('partners', ['destinationCooldwn', 'destinationCoolDown']),
  ...durations(
    verb,
    'partners.destinationCoolDown',
    [-1, '31d'],
    option('partners', 'destinationCoolDown'),
    code,
  ),
  ...group('timing', ['heartBeat', 'heartbeat']),
  ...durations(verb, 'timing.heartbeat', [0, '2h'], option('timing', 'heartbeat'), code),
  ...durations(verb, 'timing.sweep', [0, '2d'], option('timing', 'sweep'), code),
  ...durations(verb, 'timing.stopWithin', [0, '2h'], option('timing', 'stopWithin'), code),
  ...functions,
]
