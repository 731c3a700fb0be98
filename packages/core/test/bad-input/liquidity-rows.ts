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
  texts,
  type World,
} from './row.ts'

const code = { code: 'options.invalid' } as const
const verb = 'createPaymentNode'

const withLiquidity = ({ shop }: World, liquidity: unknown): unknown =>
  createPaymentNode({
    lightning: shop.lnd.lightning,
    storage: memory({ data: shop.data, exclusive: false }),
    keys: { invoices: invoiceKey },
    clock: shop.clock,
    liquidity,
  } as PaymentNodeOptions)

const option =
  (name: string) =>
  (world: World, value: never): unknown =>
    withLiquidity(world, { [name]: value })

const shares = [
  'outboundShare',
  'lowInbound',
  'urgentInbound',
  'hysteresis',
  'acceptablePpm',
  'ceilingPpm',
] as const

/** Each is possible by itself, and not with the others. */
const together = (field: string, liquidity: object): Row => ({
  verb,
  field: `liquidity.${field}`,
  reason: 'out-of-range',
  ...code,
  call: (world) => withLiquidity(world, liquidity),
})

const stranger = `${'ab'.repeat(32)}:0`

export const liquidityRows: readonly Row[] = [
  ...objects(verb, 'liquidity', withLiquidity, [{ lowInbuond: 1 }, 'lowInbound'], code),
  ...choices(verb, 'liquidity.mode', 'act', option('mode'), code),
  ...shares.flatMap((name) =>
    integers(verb, `liquidity.${name}`, { minimum: 0, maximum: 1_000_000 }, option(name), code),
  ),
  ...amounts(verb, 'liquidity.outboundFloor', option('outboundFloor'), code),
  ...positiveAmounts(verb, 'liquidity.minimum', option('minimum'), code),
  ...durations(verb, 'liquidity.settlePeriod', [-1, '31d'], option('settlePeriod'), code),
  ...durations(verb, 'liquidity.urgentWithin', ['59s', '31d'], option('urgentWithin'), code),
  ...durations(verb, 'liquidity.every', ['0s', '31d'], option('every'), code),
  ...each(
    verb,
    'liquidity.drainAtOnce',
    option('drainAtOnce'),
    [
      [null, 'wrong-type'],
      ['true', 'wrong-type'],
      [1, 'wrong-type'],
    ],
    code,
  ),
  ...(['policy', 'channelOffers'] as const).flatMap((name) =>
    each(
      verb,
      `liquidity.${name}`,
      option(name),
      [
        [null, 'wrong-type'],
        ['cheapest', 'wrong-type'],
        [{}, 'wrong-type'],
      ],
      code,
    ),
  ),
  together('urgentInbound', { urgentInbound: 300_001 }),
  // What is restored would lie above all that can be reached.
  together('lowInbound', { lowInbound: 750_001 }),
  together('lowInbound', { outboundShare: 650_001 }),
  together('acceptablePpm', { acceptablePpm: 20_001 }),

  ...ids('swaps.giveUp', 'id', ({ shop }, id) => shop.node.swaps.giveUp(id, 'gone')),
  ...texts('swaps.giveUp', 'reason', 500, ({ shop }, reason) =>
    shop.node.swaps.giveUp('nothing', reason),
  ),
  ...each(
    'swaps.giveUp',
    'reason',
    ({ shop }, reason) => shop.node.swaps.giveUp('nothing', reason),
    [
      [undefined, 'missing'],
      ['', 'empty'],
    ],
  ),
  ...each(
    'swaps.giveUp',
    'swap',
    ({ shop }, id) => shop.node.swaps.giveUp(id, 'gone'),
    [['nothing', 'not-found']],
    { code: 'swap.not-found', details: { swap: 'nothing' } },
  ),

  ...objects(
    'channels.adopt',
    'options',
    ({ shop }, options) => shop.node.channels.adopt(stranger, 'ours', options),
    [{ noCloseBefor: 1 }, 'noCloseBefore'],
  ),
  // Null takes a promise back.
  ...integers(
    'channels.adopt',
    'noCloseBefore',
    { minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    ({ shop }, noCloseBefore) => shop.node.channels.adopt(stranger, 'ours', { noCloseBefore }),
  ).filter((_, at) => at > 0),
]
