import { booleans, choices, each, integers, objects, type Row, texts, type World } from './row.ts'

const stranger = `${'ab'.repeat(32)}:0`
const reason = 'no longer wanted'

const close =
  (field: string) =>
  ({ shop }: World, value: never): unknown =>
    shop.node.channels.close(stranger, { reason, [field]: value })

const points: readonly (readonly [unknown, string])[] = [
  [undefined, 'missing'],
  [null, 'null'],
  [7, 'wrong-type'],
  ['', 'empty'],
  ['ab'.repeat(32), 'malformed'],
  [`${'AB'.repeat(32)}:0`, 'malformed'],
  [`${'ab'.repeat(32)}:`, 'malformed'],
  [`${'ab'.repeat(32)}:00`, 'malformed'],
  [`${'ab'.repeat(32)}:-1`, 'malformed'],
  [` ${stranger}`, 'malformed'],
  [`${'ab'.repeat(31)}:0`, 'malformed'],
  [`${stranger}${'0'.repeat(80)}`, 'too-long'],
]

const unknownChannel = (verb: string, call: Row['call']): Row => ({
  verb,
  field: stranger,
  reason: 'not-found',
  code: 'channel.not-found',
  details: { channelPoint: stranger },
  call,
})

export const channelRows: readonly Row[] = [
  ...each(
    'channels.close',
    'channelPoint',
    ({ shop }, point) => shop.node.channels.close(point, { reason }),
    points,
  ),
  ...objects(
    'channels.close',
    'input',
    ({ shop }, input) => shop.node.channels.close(stranger, input),
    [{ reason, forced: true }, 'force'],
  ),
  ...texts('channels.close', 'reason', 500, close('reason')),
  ...each('channels.close', 'reason', close('reason'), [
    [undefined, 'missing'],
    ['', 'empty'],
  ]),
  ...booleans('channels.close', 'force', close('force')),
  ...booleans('channels.close', 'replace', close('replace')),
  ...integers('channels.close', 'feerate', { minimum: 1, maximum: 10_000 }, close('feerate')),
  {
    verb: 'channels.close',
    field: 'channels.maximumFeerate',
    reason: 'above-ceiling',
    code: 'channel.above-ceiling',
    details: { ceiling: 50, feerate: 51 },
    call: (world) => close('feerate')(world, 51 as never),
  },
  unknownChannel('channels.close', ({ shop }) => shop.node.channels.close(stranger, { reason })),

  ...each(
    'channels.adopt',
    'channelPoint',
    ({ shop }, point) => shop.node.channels.adopt(point, 'ours'),
    points,
  ),
  ...choices('channels.adopt', 'ownership', 'observe', ({ shop }, ownership) =>
    shop.node.channels.adopt(stranger, ownership),
  ),
  unknownChannel('channels.adopt', ({ shop }) => shop.node.channels.adopt(stranger, 'ours')),

  ...objects('routing.income', 'period', ({ shop }, period) => shop.node.routing.income(period), [
    { from: '2026-01-01', to: '2026-01-01', form: '2026-01-01' },
    'from',
  ]),
  ...(['from', 'to'] as const).flatMap((field) =>
    each(
      'routing.income',
      field,
      ({ shop }, value) =>
        shop.node.routing.income({ from: '2026-01-01', to: '2026-01-01', [field]: value }),
      [
        [undefined, 'missing'],
        [null, 'null'],
        [20_260_101, 'wrong-type'],
        [new Date(0), 'wrong-type'],
        ['', 'empty'],
        ['2026-02-29', 'malformed'],
        ['2026-1-1', 'malformed'],
        ['2026-01-01T00:00:00Z', 'malformed'],
        ['yesterday', 'malformed'],
        ['x'.repeat(41), 'too-long'],
      ],
    ),
  ),
  ...each(
    'routing.income',
    'to',
    ({ shop }, to) => shop.node.routing.income({ from: '2026-01-02', to }),
    [
      ['2026-01-01', 'before-from'],
      ['2027-01-03', 'too-long'],
    ],
  ),
]
