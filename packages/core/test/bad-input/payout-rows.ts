import { sat } from '@payment-node/core'
import { damageBolt11, writeBolt11 } from '../write-bolt11.ts'
import { cursors } from './invoice-rows.ts'
import {
  amounts,
  booleans,
  choices,
  each,
  ids,
  integers,
  objects,
  positiveAmounts,
  type Row,
  texts,
  type World,
} from './row.ts'

const written = ({ shop }: World, terms: object = {}): string =>
  writeBolt11({ createdAt: shop.clock.now(), ...terms })

const request = (world: World, input: object, idempotencyKey: unknown = 'bad'): unknown =>
  world.shop.node.payouts.request(
    { partner: 'm1', destination: written(world), ...input },
    { idempotencyKey: idempotencyKey as string },
  )

const to =
  (destination: (world: World) => string, more: object = {}) =>
  (world: World): unknown =>
    request(world, { destination: destination(world), ...more })

function refusedDestination(
  reason: string,
  destination: (world: World) => string,
  more: Partial<Row> & { readonly input?: object } = {},
): Row {
  const { input, ...row } = more
  return {
    verb: 'payouts.request',
    field: 'destination',
    reason,
    code: 'payout.destination-invalid',
    call: to(destination, input),
    ...row,
  }
}

function unsupported(kind: string, destination: string, says: string): Row {
  return {
    verb: 'payouts.request',
    field: 'destination',
    reason: kind,
    code: 'payout.destination-unsupported',
    details: { kind },
    says,
    call: to(() => destination),
  }
}

/** BIP173's own example, on the network of tests. */
const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080'

const onchain: readonly Row[] = [
  ...each(
    'payouts.request',
    'amount',
    (world, amount) => request(world, { destination: address, amount }),
    [
      [undefined, 'missing', 'to the address'],
      ['20000001 msat', 'not-whole-satoshi'],
    ],
  ),
  ...each(
    'payouts.request',
    'feeLimit',
    (world, feeLimit) => request(world, { destination: address, amount: '20000 sat', feeLimit }),
    [['5 sat', 'only-off-chain']],
  ),
  ...each(
    'payouts.request',
    'amount',
    (world, amount) => request(world, { destination: `bitcoin:${address}?amount=0.001`, amount }),
    [['100001 sat', 'amount-differs', '100000 sat']],
  ),
  {
    verb: 'payouts.request',
    field: 'amount',
    reason: 'below-minimum',
    code: 'payout.below-minimum',
    details: { minimum: sat(10_000), requested: sat(546) },
    says: '10000 sat',
    call: to(() => address, { amount: '546 sat' }),
  },
]

const refund = ({ shop, sold }: World, input: object, idempotencyKey: unknown = 'bad'): unknown =>
  shop.node.payouts.refund(
    { invoice: sold.id, destination: written({ shop } as World), ...input },
    { idempotencyKey: idempotencyKey as string },
  )

const refunds: readonly Row[] = [
  ...objects(
    'payouts.refund',
    'refund',
    ({ shop }, input) => shop.node.payouts.refund(input, { idempotencyKey: 'bad' }),
    [{ invoice: 'x', alowDebt: true }, 'allowDebt'],
  ),
  ...objects(
    'payouts.refund',
    'options',
    (world, options) =>
      world.shop.node.payouts.refund(
        { invoice: world.sold.id, destination: written(world) },
        options,
      ),
    [{ idempotenceKey: 'k' }, 'idempotencyKey'],
  ),
  ...ids('payouts.refund', 'idempotencyKey', (world, key) =>
    world.shop.node.payouts.refund(
      { invoice: world.sold.id, destination: written(world) },
      { idempotencyKey: key },
    ),
  ),
  ...ids('payouts.refund', 'invoice', (world, invoice) => refund(world, { invoice })),
  ...positiveAmounts('payouts.refund', 'amount', (world, amount) => refund(world, { amount })),
  ...booleans('payouts.refund', 'allowDebt', (world, allowDebt) => refund(world, { allowDebt })),
  ...texts('payouts.refund', 'destination', 8192, (world, destination) =>
    refund(world, { destination }),
  ),
  // Everything that was received is what no amount means.
  ...each('payouts.refund', 'amount', (world, amount) => refund(world, { amount }), [
    ['all', 'malformed'],
  ]),
  {
    verb: 'payouts.refund',
    field: 'invoice',
    reason: 'not-found',
    code: 'invoice.not-found',
    details: { invoice: 'nobody' },
    call: (world) => refund(world, { invoice: 'nobody' }),
  },
  {
    verb: 'payouts.refund',
    field: 'invoice',
    reason: 'not-settled',
    code: 'invoice.not-settled',
    details: undefined,
    call: (world) => refund(world, { invoice: world.open.id }),
  },
  {
    verb: 'payouts.refund',
    field: 'amount',
    reason: 'above-received',
    code: 'refund.above-received',
    details: undefined,
    says: '500000 sat',
    call: (world) =>
      refund(world, {
        destination: written(world, { amountMsat: 500_000_001n }),
        feeLimit: '0 sat',
        allowDebt: true,
      }),
  },
]

const estimates: readonly Row[] = [
  ...objects('payouts.estimate', 'payout', ({ shop }, input) => shop.node.payouts.estimate(input), [
    { partner: 'm1', destinaton: 'lnbcrt1' },
    'destination',
  ]),
  ...ids('payouts.estimate', 'partner', (world, partner) =>
    world.shop.node.payouts.estimate({ partner, destination: written(world) }),
  ),
  ...positiveAmounts('payouts.estimate', 'amount', (world, amount) =>
    world.shop.node.payouts.estimate({ partner: 'm1', destination: written(world), amount }),
  ),
  {
    verb: 'payouts.estimate',
    field: 'partner',
    reason: 'not-found',
    code: 'partner.not-found',
    details: { partner: 'nobody' },
    call: (world) =>
      world.shop.node.payouts.estimate({ partner: 'nobody', destination: written(world) }),
  },
]

const minutes = (count: number): number => count * 60_000

const destinations: readonly Row[] = [
  ...['shop@example.com', 'lnurlp://shop.example/pay'].map((destination) =>
    refusedDestination('amount-missing', () => destination, { field: 'amount' }),
  ),
  unsupported('lnurl-withdraw', 'lnurlw://shop.example/take', 'takes money'),
  unsupported('bip353', '₿shop@example.com', 'DNSSEC'),
  unsupported('node-public-key', `02${'ab'.repeat(32)}`, 'keysend'),
  unsupported('bolt12-offer', 'lno1qqqq', 'BOLT12'),
  unsupported('bolt12-invoice', 'lni1qqqq', 'BOLT12'),
  unsupported('unknown', 'hello', 'no known kind'),
  refusedDestination('wrong-network', () => 'bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', {
    says: 'another network',
  }),
  ...['bc', 'tb', 'tbs', 'sb'].map((prefix) =>
    refusedDestination('wrong-network', (world) => written(world, { prefix }), {
      says: 'regtest',
    }),
  ),
  refusedDestination('checksum', (world) => damageBolt11(written(world))),
  refusedDestination('malformed', () => 'lnbcrt1qqqqqqqqqqqqqqqq!'),
  refusedDestination('expired', ({ shop }) =>
    writeBolt11({ createdAt: shop.clock.now() - minutes(61) }),
  ),
  refusedDestination('expires-too-soon', ({ shop }) =>
    writeBolt11({ createdAt: shop.clock.now() - minutes(59) - 30_000 }),
  ),
  refusedDestination('no-payment-secret', (world) => written(world, { hasPaymentSecret: false })),
  refusedDestination(
    'unknown-required-feature',
    (world) => written(world, { extraFeatures: [100] }),
    { says: '100' },
  ),
  refusedDestination('amp', (world) => written(world, { extraFeatures: [30] })),
  refusedDestination('blinded-paths', (world) => written(world, { extraFeatures: [262] })),
  refusedDestination('timelock-too-long', (world) => written(world, { minFinalCltv: 2017 })),
  refusedDestination('own-node', ({ shop }) => {
    const own = shop.lnd.findInvoice([...ownHashes][0]!)
    return own!.paymentRequest
  }),
  refusedDestination('amount-missing', (world) => written(world, { amountMsat: null }), {
    field: 'amount',
  }),
  refusedDestination('amount-differs', written, { field: 'amount', input: { amount: '1501 sat' } }),
  // 1500 sat asked, and 1500 msat given: the classic thousandfold mistake.
  refusedDestination('amount-differs', written, {
    field: 'amount',
    input: { amount: '1500 msat' },
  }),
  refusedDestination('amount-differs', written, { field: 'amount', input: { amount: sat(1) } }),
]

/** Invoices of the shop's own node that were open when the rows began. */
export const ownHashes: Set<string> = new Set()

const resolve = (
  { shop }: World,
  { id, verdict = 'succeeded', ...evidence }: Record<string, unknown>,
): unknown =>
  shop.node.payouts.resolve(
    id as string,
    verdict as 'failed',
    { by: 'ann', note: 'seen', ...evidence } as never,
  )

const resolveHeld =
  (field: string, verdict?: string) =>
  (world: World, value: never): unknown =>
    resolve(world, { id: world.held.id, ...(verdict && { verdict }), [field]: value })

const listBy =
  (field: string) =>
  ({ shop }: World, value: never): unknown =>
    shop.node.payouts.list({ [field]: value })

export const payoutRows: readonly Row[] = [
  ...objects(
    'payouts.request',
    'payout',
    ({ shop }, input) => shop.node.payouts.request(input, { idempotencyKey: 'bad' }),
    [{ partner: 'm1', destinaton: 'lnbcrt1' }, 'destination'],
  ),
  ...each(
    'payouts.request',
    'payout.feelimit',
    ({ shop }, input) => shop.node.payouts.request(input, { idempotencyKey: 'bad' }),
    [[{ partner: 'm1', destination: 'x', feelimit: '1 sat' }, 'unknown-option', 'mean feeLimit?']],
  ),
  ...objects(
    'payouts.request',
    'options',
    (world, options) =>
      world.shop.node.payouts.request({ partner: 'm1', destination: written(world) }, options),
    [{ idempotenceKey: 'k' }, 'idempotencyKey'],
  ),
  ...each(
    'payouts.request',
    'options',
    (world, options) =>
      world.shop.node.payouts.request({ partner: 'm1', destination: written(world) }, options),
    [[undefined, 'missing']],
  ),
  ...ids('payouts.request', 'idempotencyKey', ({ shop, ...world }, idempotencyKey) =>
    shop.node.payouts.request(
      { partner: 'm1', destination: written({ shop, ...world }) },
      { idempotencyKey },
    ),
  ),
  ...ids('payouts.request', 'partner', (world, partner) => request(world, { partner })),
  ...each(
    'payouts.request',
    'partner',
    (world, partner) => request(world, { partner }),
    [['nobody', 'not-found']],
    { code: 'partner.not-found', details: { partner: 'nobody' } },
  ),
  ...positiveAmounts('payouts.request', 'amount', (world, amount) => request(world, { amount })),
  // An invoice that names its amount cannot take everything.
  refusedDestination('amount-differs', written, { field: 'amount', input: { amount: 'all' } }),
  ...booleans('payouts.request', 'quick', (world, quick) => request(world, { quick })),
  ...each('payouts.request', 'quick', (world, quick) => request(world, { quick }), [
    [true, 'only-on-chain'],
    [false, 'only-on-chain'],
  ]),
  ...each('payouts.request', 'ceiling', (world, ceiling) => request(world, { ceiling }), [
    ['5', 'wrong-type'],
    [Number.NaN, 'not-a-number'],
    [Number.POSITIVE_INFINITY, 'not-finite'],
    [0.9, 'too-small'],
    [-1, 'too-small'],
    [10_001, 'too-large'],
    [5, 'only-on-chain'],
  ]),
  ...each('payouts.request', 'deadline', (world, deadline) => request(world, { deadline }), [
    ['59s', 'too-short'],
    ['366d', 'too-long'],
    ['soon', 'malformed'],
    ['1d', 'only-on-chain'],
  ]),
  ...amounts('payouts.request', 'feeLimit', (world, feeLimit) => request(world, { feeLimit })),
  ...texts('payouts.request', 'destination', 8192, (world, destination) =>
    request(world, { destination }),
  ),
  ...each(
    'payouts.request',
    'destination',
    ({ shop }, destination) =>
      shop.node.payouts.request({ partner: 'm1', destination }, { idempotencyKey: 'bad' }),
    [
      [undefined, 'missing'],
      ['', 'empty'],
      [' lnbcrt1', 'malformed', 'white space'],
      ['lnbcrt1\n', 'malformed'],
    ],
  ),
  ...destinations,
  ...onchain,
  ...refunds,
  ...estimates,
  {
    verb: 'payouts.request',
    field: 'perPayout',
    reason: 'above-cap',
    code: 'payout.above-cap',
    details: { cap: 'per-payout', limit: sat(1_000_000), requested: sat(1_005_000) },
    says: 'caps.perPayout',
    call: to((world) => written(world, { amountMsat: 1_000_000_000n })),
  },
  {
    verb: 'payouts.request',
    field: 'available',
    reason: 'insufficient-balance',
    code: 'payout.insufficient-balance',
    details: { available: sat(449_000), needed: sat(502_500) },
    says: '449000 sat',
    call: to((world) => written(world, { amountMsat: 500_000_000n })),
  },
  {
    verb: 'payouts.request',
    field: 'destination',
    reason: 'hash-used',
    code: 'payout.hash-used',
    details: undefined,
    call: ({ shop, held }) =>
      shop.node.payouts.request(
        { partner: 'm1', destination: held.destination },
        { idempotencyKey: 'another' },
      ),
  },
  {
    verb: 'payouts.request',
    field: 'feeLimit',
    reason: 'conflict',
    code: 'idempotency.conflict',
    details: { idempotencyKey: 'held', field: 'feeLimit' },
    call: ({ shop, held }) =>
      shop.node.payouts.request(
        { partner: 'm1', destination: held.destination, feeLimit: '1 sat' },
        { idempotencyKey: 'held' },
      ),
  },

  ...ids('payouts.evidence', 'id', ({ shop }, id) => shop.node.payouts.evidence(id)),
  ...each(
    'payouts.evidence',
    'payout',
    ({ shop }, id) => shop.node.payouts.evidence(id),
    [['nobody', 'not-found']],
    { code: 'payout.not-found', details: { payout: 'nobody' } },
  ),
  ...ids('payouts.get', 'id', ({ shop }, id) => shop.node.payouts.get(id)),
  ...each(
    'payouts.get',
    'payout',
    ({ shop }, id) => shop.node.payouts.get(id),
    [['nobody', 'not-found']],
    { code: 'payout.not-found', details: { payout: 'nobody' } },
  ),
  ...(['release', 'cancel'] as const).flatMap((verb) => [
    ...ids(`payouts.${verb}`, 'id', ({ shop }, id) => shop.node.payouts[verb](id)),
    ...each(
      `payouts.${verb}`,
      'payout',
      ({ shop }, id) => shop.node.payouts[verb](id),
      [['nobody', 'not-found']],
      { code: 'payout.not-found', details: { payout: 'nobody' } },
    ),
  ]),
  ...objects('payouts.list', 'filter', ({ shop }, filter) => shop.node.payouts.list(filter), [
    { stat: 'sending' },
    'state',
  ]),
  ...ids('payouts.list', 'partner', listBy('partner')).filter(({ reason }) => reason !== 'missing'),
  ...choices('payouts.list', 'state', 'sending', listBy('state')),
  ...integers('payouts.list', 'limit', { minimum: 1, maximum: 1000 }, listBy('limit')),
  ...each('payouts.list', 'cursor', listBy('cursor'), cursors),

  ...ids('payouts.resolve', 'id', (world, id) => resolve(world, { id })),
  ...each(
    'payouts.resolve',
    'payout',
    (world, id) => resolve(world, { id }),
    [['nobody', 'not-found']],
    { code: 'payout.not-found', details: { payout: 'nobody' } },
  ),
  ...choices('payouts.resolve', 'verdict', 'failed', ({ shop, held }, verdict) =>
    shop.node.payouts.resolve(held.id, verdict, { by: 'ann', note: 'seen' }),
  ),
  ...each(
    'payouts.resolve',
    'verdict',
    ({ shop, held }, verdict) =>
      shop.node.payouts.resolve(held.id, verdict, { by: 'ann', note: 'seen' }),
    [
      [undefined, 'missing'],
      ['unknown', 'unknown-value'],
    ],
  ),
  ...objects(
    'payouts.resolve',
    'evidence',
    ({ shop, held }, evidence) => shop.node.payouts.resolve(held.id, 'failed', evidence),
    [{ by: 'ann', note: 'x', insists: true }, 'insist'],
  ),
  ...texts('payouts.resolve', 'evidence.by', 255, resolveHeld('by')),
  ...texts('payouts.resolve', 'evidence.note', 2000, resolveHeld('note')),
  ...(['by', 'note'] as const).flatMap((field) =>
    each('payouts.resolve', `evidence.${field}`, resolveHeld(field), [
      [undefined, 'missing'],
      ['', 'empty'],
    ]),
  ),
  ...booleans('payouts.resolve', 'evidence.insist', resolveHeld('insist')),
  ...texts('payouts.resolve', 'evidence.preimage', 64, resolveHeld('preimage')),
  ...each('payouts.resolve', 'evidence.preimage', resolveHeld('preimage'), [
    ['', 'empty'],
    ['ab'.repeat(31), 'malformed'],
    ['AB'.repeat(32), 'malformed'],
    ['ab'.repeat(32), 'wrong-preimage'],
  ]),
  ...amounts('payouts.resolve', 'evidence.fee', resolveHeld('fee')),
  ...each('payouts.resolve', 'evidence.fee', resolveHeld('fee'), [['1001 sat', 'above-limit']]),
  ...each('payouts.resolve', 'evidence.fee', resolveHeld('fee', 'failed'), [
    ['1 sat', 'only-with-succeeded'],
  ]),
  {
    verb: 'payouts.resolve',
    field: 'evidence.preimage',
    reason: 'only-with-succeeded',
    call: (world) =>
      resolve(world, { id: world.held.id, verdict: 'failed', preimage: world.heldPreimage }),
  },
  ...(['succeeded', 'failed'] as const).map(
    (verdict): Row => ({
      verb: 'payouts.resolve',
      field: 'insist',
      reason: `${verdict}-in-flight`,
      code: 'payout.verdict-refused',
      details: undefined,
      call: (world) => resolve(world, { id: world.held.id, verdict }),
    }),
  ),
  {
    verb: 'payouts.resolve',
    field: 'payout',
    reason: 'not-unknown',
    code: 'payout.not-unknown',
    details: undefined,
    call: (world) => resolve(world, { id: world.done.id }),
  },
]
