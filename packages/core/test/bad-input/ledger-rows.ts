import type { CorrectionInput } from '@payment-node/core'
import { cursors } from './invoice-rows.ts'
import {
  amounts,
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

type Call = (world: World, value: never) => unknown

const upsert =
  (field: string, inside?: string): Call =>
  ({ shop }, value) =>
    shop.node.partners.upsert({ id: 'm1', [field]: inside ? { [inside]: value } : value })

/** Null is welcome there: it returns to the default. */
const notNull = ({ reason }: Row): boolean => reason !== 'null'
const given = ({ reason }: Row): boolean => reason !== 'missing'

const withoutNegative = ({ reason }: Row): boolean => reason !== 'negative'

export const partnerSettingRows: readonly Row[] = [
  ...objects('partners.upsert', 'payout', upsert('payout'), [{ offChain: 'a@b.de' }, 'offchain']),
  ...booleans('partners.upsert', 'payout.automatic', upsert('payout', 'automatic')),
  ...positiveAmounts('partners.upsert', 'payout.minimum', upsert('payout', 'minimum')).filter(
    notNull,
  ),
  ...choices('partners.upsert', 'payout.feesPaidBy', 'operator', upsert('payout', 'feesPaidBy')),
  ...objects('partners.upsert', 'fee', upsert('fee'), [{ ppn: 5 }, 'ppm']).filter(given),
  ...integers(
    'partners.upsert',
    'fee.ppm',
    { minimum: 0, maximum: 1_000_000 },
    upsert('fee', 'ppm'),
  ),
  ...amounts('partners.upsert', 'fee.fixed', upsert('fee', 'fixed')),
  ...objects('partners.upsert', 'caps', upsert('caps'), [{ perday: '5 sat' }, 'perDay']),
  ...positiveAmounts('partners.upsert', 'caps.perPayout', upsert('caps', 'perPayout')).filter(
    notNull,
  ),
  ...positiveAmounts('partners.upsert', 'caps.perDay', upsert('caps', 'perDay')).filter(notNull),
  ...durations('partners.upsert', 'availableAfter', [-1, '366d'], upsert('availableAfter')),
  ...each('partners.upsert', 'payout.offchain', upsert('payout', 'offchain'), [
    ['', 'empty'],
    [5, 'wrong-type'],
    [{}, 'wrong-type'],
    ['a b@shop.example', 'malformed'],
    ['a\u0000b', 'control-character'],
    ['bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080', 'not-reusable', 'can be paid again'],
  ]),
  ...each('partners.upsert', 'payout.onchain', upsert('payout', 'onchain'), [
    ['', 'empty'],
    [5, 'wrong-type'],
    ['ann@shop.example', 'not-an-address'],
    ['bitcoin:bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080', 'not-an-address'],
  ]),
  ...each(
    'partners.upsert',
    'destination',
    upsert('payout', 'onchain'),
    [
      ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', 'wrong-network'],
      ['bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt081', 'checksum'],
    ],
    { code: 'payout.destination-invalid', details: undefined },
  ),
  ...each(
    'partners.upsert',
    'destination',
    upsert('payout', 'offchain'),
    [
      [`02${'ab'.repeat(32)}`, 'keysend'],
      ['just a word'.replaceAll(' ', ''), 'unknown'],
    ],
    { code: 'payout.destination-unsupported', details: undefined },
  ),
  ...ids('partners.destinations', 'id', ({ shop }, id) => shop.node.partners.destinations(id)),
  ...each(
    'partners.destinations',
    'partner',
    ({ shop }, id) => shop.node.partners.destinations(id),
    [['nobody', 'not-found']],
    { code: 'partner.not-found', details: { partner: 'nobody' } },
  ),
]

const correctWith: Call = ({ shop }, options) =>
  shop.node.ledger.correct({ partner: 'm1', amount: '5 sat', reason: 'test' }, options)
const correct =
  (field: keyof CorrectionInput): Call =>
  ({ shop }, value) =>
    shop.node.ledger.correct(
      { partner: 'm1', amount: '5 sat', reason: 'test', [field]: value },
      { idempotencyKey: 'c' },
    )

const importing: Call = ({ shop }, balances) =>
  shop.node.ledger.importOpening(balances, { idempotencyKey: 'i' })
const importOne =
  (field: string): Call =>
  ({ shop }, value) =>
    shop.node.ledger.importOpening([{ partner: 'm1', amount: '5 sat', [field]: value }], {
      idempotencyKey: 'i',
    })

const statementBy =
  (field: string): Call =>
  ({ shop }, value) =>
    shop.node.ledger.statement('m1', { [field]: value })
const journalBy =
  (field: string): Call =>
  ({ shop }, value) =>
    shop.node.ledger.journal({ [field]: value })

const adopt =
  (field: string): Call =>
  ({ shop }, value) =>
    shop.node.invoices.adopt({ paymentHash: 'ab'.repeat(32), partner: 'm1', [field]: value })

const times = { minimum: 0, maximum: 8_640_000_000_000_000 }
const nobody = { code: 'partner.not-found', details: { partner: 'nobody' } } as const
const place = (...after: unknown[]): string =>
  Buffer.from(JSON.stringify(after)).toString('base64url')

export const ledgerRows: readonly Row[] = [
  ...objects(
    'ledger.correct',
    'correction',
    ({ shop }, input) => shop.node.ledger.correct(input, { idempotencyKey: 'c' }),
    [{ partner: 'm1', amuont: '5 sat' }, 'amount'],
  ),
  ...objects('ledger.correct', 'options', correctWith, [{ idempotencykey: 'c' }, 'idempotencyKey']),
  ...ids('ledger.correct', 'idempotencyKey', (world, idempotencyKey) =>
    correctWith(world, { idempotencyKey } as never),
  ),
  ...booleans('ledger.correct', 'allowNegativeOperator', (world, allowNegativeOperator) =>
    correctWith(world, { idempotencyKey: 'c', allowNegativeOperator } as never),
  ),
  ...ids('ledger.correct', 'partner', correct('partner')),
  ...each('ledger.correct', 'partner', correct('partner'), [['nobody', 'not-found']], nobody),
  ...amounts('ledger.correct', 'amount', correct('amount')).filter(withoutNegative),
  ...each('ledger.correct', 'amount', correct('amount'), [
    [undefined, 'missing'],
    ['0 sat', 'zero'],
  ]),
  ...texts('ledger.correct', 'reason', 500, correct('reason')),
  ...each('ledger.correct', 'reason', correct('reason'), [
    [undefined, 'missing'],
    ['', 'empty'],
  ]),

  ...each('ledger.importOpening', 'balances', importing, [
    [undefined, 'missing'],
    [null, 'wrong-type'],
    ['m1', 'wrong-type'],
    [{ partner: 'm1', amount: '5 sat' }, 'wrong-type'],
    [new Set(), 'wrong-type'],
    [Array.from({ length: 1001 }, () => ({ partner: 'm1', amount: '5 sat' })), 'too-many'],
  ]),
  ...each('ledger.importOpening', 'balances[1].partner', importing, [
    [
      [
        { partner: 'm1', amount: '5 sat' },
        { partner: 'm1', amount: '5 sat' },
      ],
      'twice',
    ],
  ]),
  ...each('ledger.importOpening', 'balances[0]', importing, [
    [[null], 'missing'],
    [['m1'], 'wrong-type'],
  ]),
  ...ids('ledger.importOpening', 'balances[0].partner', importOne('partner')),
  ...each('ledger.importOpening', 'partner', importOne('partner'), [['nobody', '']], nobody),
  ...positiveAmounts('ledger.importOpening', 'balances[0].amount', importOne('amount')),
  ...objects(
    'ledger.importOpening',
    'options',
    ({ shop }, options) => shop.node.ledger.importOpening([], options),
    [{ key: 'i', idempotencykey: 'i' }, 'idempotencyKey'],
  ).filter(({ field }) => field === 'options'),

  ...ids('ledger.statement', 'partner', ({ shop }, id) => shop.node.ledger.statement(id)),
  ...each(
    'ledger.statement',
    'partner',
    ({ shop }, id) => shop.node.ledger.statement(id),
    [['nobody', '']],
    nobody,
  ),
  ...objects(
    'ledger.statement',
    'statement',
    ({ shop }, input) => shop.node.ledger.statement('m1', input),
    [{ limits: 5 }, 'limit'],
  ),
  ...integers('ledger.statement', 'from', times, statementBy('from')),
  ...integers('ledger.statement', 'to', times, statementBy('to')),
  ...each(
    'ledger.statement',
    'to',
    ({ shop }, to) => shop.node.ledger.statement('m1', { from: 5, to }),
    [[4, 'before-from']],
  ),
  ...integers('ledger.statement', 'limit', { minimum: 1, maximum: 1000 }, statementBy('limit')),
  ...each('ledger.statement', 'cursor', statementBy('cursor'), [
    ...cursors,
    [place(1, 'id'), 'malformed'],
    [place(1, 'id', 5), 'malformed'],
    [place(1, 'id', '5.5'), 'malformed'],
    [place(1, 'id', '9'.repeat(30)), 'malformed'],
  ]),
  ...objects(
    'ledger.statementCsv',
    'range',
    ({ shop }, range) => shop.node.ledger.statementCsv('m1', range),
    [{ form: 5 }, 'from'],
  ),

  ...objects('ledger.journal', 'journal', ({ shop }, input) => shop.node.ledger.journal(input), [
    { limits: 5 },
    'limit',
  ]),
  ...integers('ledger.journal', 'from', times, journalBy('from')),
  ...integers('ledger.journal', 'to', times, journalBy('to')),
  ...integers('ledger.journal', 'limit', { minimum: 1, maximum: 1000 }, journalBy('limit')),
  ...each('ledger.journal', 'cursor', journalBy('cursor'), cursors),
  ...objects(
    'ledger.journalCsv',
    'range',
    ({ shop }, range) => shop.node.ledger.journalCsv(range),
    [{ form: 5 }, 'from'],
  ),

  ...objects('invoices.adopt', 'invoice', ({ shop }, input) => shop.node.invoices.adopt(input), [
    { paymentHsh: 'ab' },
    'paymentHash',
  ]),
  ...texts('invoices.adopt', 'paymentHash', 64, adopt('paymentHash')),
  ...each('invoices.adopt', 'paymentHash', adopt('paymentHash'), [
    ['', 'empty'],
    ['ab'.repeat(31), 'malformed'],
    ['AB'.repeat(32), 'malformed'],
  ]),
  ...ids('invoices.adopt', 'partner', adopt('partner')),
  ...each('invoices.adopt', 'partner', adopt('partner'), [['nobody', '']], nobody),
  ...metadata('invoices.adopt', adopt('metadata')),
  ...objects(
    'invoices.create',
    'commission',
    ({ shop }, commission) => shop.node.invoices.create({ partner: 'm1', commission }),
    [{ ppn: 5 }, 'ppm'],
  ),
  ...integers(
    'invoices.create',
    'commission.ppm',
    { minimum: 0, maximum: 1_000_000 },
    ({ shop }, ppm) => shop.node.invoices.create({ partner: 'm1', commission: { ppm } }),
  ),
  ...amounts('invoices.create', 'commission.fixed', ({ shop }, fixed) =>
    shop.node.invoices.create({ partner: 'm1', commission: { fixed } }),
  ),
]
