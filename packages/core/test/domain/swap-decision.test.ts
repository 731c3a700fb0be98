import { expect, test } from 'vitest'
import type { SwapState } from '../../src/domain/swap.ts'
import {
  decideSwap,
  dueAlarm,
  type SwapAction,
  type SwapSituation,
} from '../../src/domain/swap-decision.ts'

const usual: SwapSituation = {
  state: 'created',
  wasAsked: false,
  hasTerms: false,
  isOutdated: false,
  isHalted: false,
  isCompared: true,
  isGivenUp: false,
  isInvoiceExpired: false,
  isLongExpired: false,
  watch: 'open',
  payment: 'unasked',
  lockup: 'none',
  spending: { by: 'nobody' },
  isPayoutOpen: false,
  blocksLeft: 144,
  isClaimAffordable: true,
  finalAfter: 6,
}

type Row = readonly [says: string, state: SwapState, more: Partial<SwapSituation>, action: string]

const ours = { lockup: 'ours', payment: 'held' } as const
const buried = { by: 'us', confirmations: 6 } as const
const taken = { by: 'others', confirmations: 6 } as const

const waiting = 'wait waiting-for-lockup'
const forgotten = 'wait payment-forgotten'
const unclear = 'wait payment-unclear'
const back = 'end-returned'
/** Of most rows that have one. */
const hindrance = 'no-key'

const rows: readonly Row[] = [
  ['new', 'created', {}, 'track'],
  ['LND does not know the hash', 'created', { payment: 'absent' }, 'ask'],
  ['LND says nothing', 'created', { payment: 'unclear' }, 'wait payment-unclear'],
  ['LND has paid the hash', 'created', { payment: 'succeeded' }, 'end-unpaid hash-known'],
  ['LND pays the hash', 'created', { payment: 'in-flight' }, 'end-unpaid hash-known'],
  ['LND could not pay the hash', 'created', { payment: 'failed' }, 'end-unpaid hash-known'],
  ['new, while halted', 'created', { isHalted: true }, 'wait halted'],
  ['its price is too old', 'created', { isOutdated: true }, 'end-unpaid outdated'],
  [
    'old and halted: it ends',
    'created',
    { isOutdated: true, isHalted: true },
    'end-unpaid outdated',
  ],
  [
    'newer books may have paid its payout',
    'created',
    { payment: 'absent', payoutDoubt: 'maybe-paid', isHalted: true },
    'end-unpaid payout-maybe-paid',
  ],
  [
    'nobody has looked who paid its payout',
    'created',
    { payment: 'absent', payoutDoubt: 'uncompared' },
    'wait payout-uncompared',
  ],
  ['asked by a process that died', 'created', { wasAsked: true }, 'end-unpaid provider-unknown'],
  ['answered', 'created', { wasAsked: true, hasTerms: true }, 'verify'],
  ['answered, while halted', 'created', { hasTerms: true, isHalted: true }, 'verify'],

  ['verified', 'verified', {}, 'track'],
  ['LND does not know the hash', 'verified', { payment: 'absent' }, 'pay'],
  ['halted before it is paid', 'verified', { payment: 'absent', isHalted: true }, 'wait halted'],
  [
    'newer books may have paid its payout',
    'verified',
    { payment: 'absent', payoutDoubt: 'maybe-paid', isHalted: true },
    'end-unpaid payout-maybe-paid',
  ],
  [
    'newer books may have paid its payout, and LND pays the swap',
    'verified',
    { payment: 'in-flight', payoutDoubt: 'maybe-paid' },
    'adopt-payment',
  ],
  [
    'nobody has looked who paid its payout',
    'verified',
    { payment: 'absent', payoutDoubt: 'uncompared' },
    'wait payout-uncompared',
  ],
  [
    'to be sent again, and newer books may have paid its payout',
    'paying',
    { payment: 'to-send', payoutDoubt: 'maybe-paid' },
    'wait payout-maybe-paid',
  ],
  ...(['absent', 'to-send'] as const).flatMap((payment): Row[] => [
    [
      'the same, and its invoice has just expired',
      'paying',
      { payment, payoutDoubt: 'maybe-paid', isInvoiceExpired: true },
      'wait payout-maybe-paid',
    ],
    [
      'the same, and its invoice has expired long ago: LND is asked to say so',
      'paying',
      { payment, payoutDoubt: 'maybe-paid', isInvoiceExpired: true, isLongExpired: true },
      'pay',
    ],
    [
      'the same, while halted',
      'paying',
      { payment, payoutDoubt: 'maybe-paid', isLongExpired: true, isHalted: true },
      'wait payout-maybe-paid',
    ],
  ]),
  [
    'not sent, and nobody has looked who paid its payout',
    'paying',
    { payment: 'absent', payoutDoubt: 'uncompared', isLongExpired: true },
    'wait payout-uncompared',
  ],
  ['LND says nothing', 'verified', { payment: 'unclear' }, 'wait payment-unclear'],
  ['LND pays it already', 'verified', { payment: 'in-flight' }, 'adopt-payment'],
  ['LND holds it already', 'verified', { payment: 'held' }, 'adopt-payment'],
  ['LND has paid it', 'verified', { payment: 'succeeded' }, 'adopt-payment'],
  [
    'LND has paid it, while halted',
    'verified',
    { payment: 'held', isHalted: true },
    'adopt-payment',
  ],
  ['the hash is used up', 'verified', { payment: 'failed' }, 'end-unpaid payment-failed'],
  [
    'the invoice has run out',
    'verified',
    { payment: 'absent', isInvoiceExpired: true },
    'end-unpaid invoice-expired',
  ],
  [
    'the invoice has run out, while halted',
    'verified',
    { payment: 'absent', isInvoiceExpired: true, isHalted: true },
    'end-unpaid invoice-expired',
  ],
  [
    'LND shows no lockups',
    'verified',
    { payment: 'absent', watch: 'forbidden' },
    'end-unpaid lockups-unwatchable',
  ],
  [
    'LND is not watching yet',
    'verified',
    { payment: 'absent', watch: 'opening' },
    'wait watch-opening',
  ],
  ['72 blocks left', 'verified', { payment: 'absent', blocksLeft: 72 }, 'pay'],
  ['71 blocks left', 'verified', { payment: 'absent', blocksLeft: 71 }, 'end-unpaid too-late'],
  [
    'no height is known',
    'verified',
    { payment: 'absent', blocksLeft: undefined },
    'end-unpaid too-late',
  ],

  ['the call was recorded', 'paying', {}, 'track'],
  ['LND never got it', 'paying', { payment: 'absent' }, 'pay'],
  ['LND never got it, and halted', 'paying', { payment: 'absent', isHalted: true }, 'wait halted'],
  ['it may be sent again', 'paying', { payment: 'to-send' }, 'pay'],
  ['on its way', 'paying', { payment: 'in-flight' }, 'wait waiting-for-lockup'],
  [
    'on its way, while halted',
    'paying',
    { payment: 'in-flight', isHalted: true },
    'wait waiting-for-lockup',
  ],
  ['held', 'paying', { payment: 'held' }, 'note-held'],
  [
    'the lockup is there already',
    'paying',
    { payment: 'in-flight', lockup: 'ours' },
    'note-lockup',
  ],
  ['it failed', 'paying', { payment: 'failed' }, 'end-unpaid payment-failed'],
  ['no word', 'paying', { payment: 'unclear' }, 'wait payment-unclear'],
  [
    'no word and a lockup',
    'paying',
    { payment: 'unclear', lockup: 'ours' },
    'wait payment-unclear',
  ],

  ['LND has forgotten it', 'paying', { payment: 'forgotten' }, 'wait payment-forgotten'],
  [
    'forgotten and given up',
    'paying',
    { payment: 'forgotten', isGivenUp: true },
    'end-unpaid given-up',
  ],
  ['given up, and LND has it', 'held', { payment: 'held', isGivenUp: true }, waiting],
  ['forgotten, and a lockup may come', 'held', { payment: 'forgotten', isGivenUp: true }, waiting],
  [
    'forgotten, with a lockup',
    'lockup-confirmed',
    { payment: 'forgotten', lockup: 'ours', isGivenUp: true },
    'reveal',
  ],
  ['forgotten, too late', 'held', { payment: 'forgotten', blocksLeft: 35 }, forgotten],
  [
    'forgotten, too late, with a lockup',
    'lockup-confirmed',
    { payment: 'forgotten', lockup: 'ours', blocksLeft: 35 },
    forgotten,
  ],
  [
    'forgotten, too late, given up',
    'lockup-seen',
    { payment: 'forgotten', blocksLeft: -1, isGivenUp: true },
    'end-returned',
  ],
  ['held, after a restart', 'held', {}, 'track'],
  ['held', 'held', { payment: 'held' }, 'wait waiting-for-lockup'],
  ['held, while halted', 'held', { payment: 'held', isHalted: true }, 'wait waiting-for-lockup'],
  [
    'it failed, and a call of an earlier leader is out: LND is asked once more',
    'lockup-seen',
    { payment: 'to-send' },
    'pay',
  ],
  ['the same, while halted', 'held', { payment: 'to-send', isHalted: true }, 'wait halted'],
  [
    'the provider says something',
    'held',
    { payment: 'held', lockup: 'hinted' },
    'note-lockup-seen',
  ],
  [
    'it says it again',
    'lockup-seen',
    { payment: 'held', lockup: 'hinted' },
    'wait waiting-for-lockup',
  ],
  ['it takes it back', 'lockup-seen', { payment: 'held', lockup: 'gone' }, 'note-lockup-gone'],
  ['the lockup is confirmed', 'held', ours, 'note-lockup'],
  ['the lockup is confirmed', 'lockup-seen', ours, 'note-lockup'],
  [
    'it is not what was agreed',
    'held',
    { payment: 'held', lockup: 'refused' },
    'wait lockup-refused',
  ],
  ['the money is back', 'held', { payment: 'failed' }, 'end-returned'],
  ['the money is back', 'lockup-seen', { payment: 'failed' }, 'end-returned'],
  [
    'the money is back, with a lockup',
    'lockup-confirmed',
    { payment: 'failed', lockup: 'ours' },
    'end-returned',
  ],

  ['reveal', 'lockup-confirmed', ours, 'reveal'],
  ['reveal, while halted: our money', 'lockup-confirmed', { ...ours, isHalted: true }, 'reveal'],
  ['36 blocks left', 'lockup-confirmed', { ...ours, blocksLeft: 36 }, 'reveal'],
  ['35 blocks left', 'lockup-confirmed', { ...ours, blocksLeft: 35 }, 'wait too-late-to-reveal'],
  [
    'no height is known',
    'lockup-confirmed',
    { ...ours, blocksLeft: undefined },
    'wait too-late-to-reveal',
  ],
  [
    'a claim is too dear',
    'lockup-confirmed',
    { ...ours, isClaimAffordable: false },
    'wait claim-above-limit',
  ],
  [
    'nobody knows what a claim costs',
    'lockup-confirmed',
    { ...ours, isFeerateUnknown: true, isClaimAffordable: false },
    'wait feerate-unknown',
  ],
  [
    'the provider has our money already, and nobody knows what a claim costs',
    'lockup-confirmed',
    { lockup: 'ours', payment: 'succeeded', isFeerateUnknown: true, isClaimAffordable: false },
    'reveal',
  ],
  [
    'the provider has our money already',
    'lockup-confirmed',
    { lockup: 'ours', payment: 'succeeded', blocksLeft: 5, isClaimAffordable: false },
    'reveal',
  ],
  [
    'not seen since the restart',
    'lockup-confirmed',
    { payment: 'held' },
    'wait waiting-for-lockup',
  ],
  ['reorganized', 'lockup-confirmed', { payment: 'held', lockup: 'gone' }, 'note-lockup-gone'],
  [
    'only the provider says so',
    'lockup-confirmed',
    { payment: 'held', lockup: 'hinted' },
    'wait waiting-for-lockup',
  ],
  [
    'another one by now',
    'lockup-confirmed',
    { payment: 'held', lockup: 'refused' },
    'wait lockup-refused',
  ],

  ['claim', 'preimage-revealed', {}, 'claim'],
  ['claim, while halted', 'preimage-revealed', { isHalted: true }, 'claim'],
  ['claim, after the timeout', 'preimage-revealed', { blocksLeft: -1 }, 'claim'],
  ['claim, though the payment came back', 'preimage-revealed', { payment: 'failed' }, 'claim'],
  ['claim, whatever it costs', 'preimage-revealed', { isClaimAffordable: false }, 'claim'],
  ['claim, before the books are compared', 'preimage-revealed', { isCompared: false }, 'claim'],
  ['look after it', 'claim-published', {}, 'tend-claim'],
  ['look after it, uncompared', 'claim-published', { isCompared: false }, 'tend-claim'],
  ...(['us', 'others'] as const).flatMap((by): Row[] => {
    const spending = { by, confirmations: 6 }
    return [
      [
        `deep enough, by ${by}, uncompared, and asked anew`,
        'claim-published',
        { spending, isCompared: false },
        'track',
      ],
      [
        `deep enough, by ${by}, uncompared`,
        'claim-published',
        { spending, isCompared: false, payment: 'succeeded' },
        by === 'us' ? 'wait uncompared' : 'end-lost',
      ],
      ...(['failed', 'to-send', 'forgotten', 'held', 'unclear'] as const).map(
        (payment): Row => [
          `deep enough, by ${by}, uncompared, ${payment}`,
          'claim-published',
          { spending, isCompared: false, payment, isGivenUp: true, isInvoiceExpired: true },
          'wait uncompared',
        ],
      ),
    ]
  }),
  ['look after it, while halted', 'claim-published', { isHalted: true }, 'tend-claim'],
  [
    'in a block',
    'claim-published',
    { spending: { by: 'us', confirmations: 1 } },
    'wait waiting-for-claim',
  ],
  [
    'not deep enough',
    'claim-published',
    { spending: { by: 'us', confirmations: 5 } },
    'wait waiting-for-claim',
  ],
  ['deep enough', 'claim-published', { spending: buried, payment: 'succeeded' }, 'end-claimed'],
  [
    'deep enough, from a process that died',
    'preimage-revealed',
    { spending: buried, payment: 'succeeded' },
    'end-claimed',
  ],
  ...(['succeeded', 'held', 'failed', 'unasked', 'unclear', 'forgotten'] as const).flatMap(
    (payment) =>
      ([buried, taken] as const).map(
        (spending): Row => [
          `deep enough for its payout, ${payment}`,
          'claim-published',
          { spending, payment, isPayoutOpen: true },
          'settle-payout',
        ],
      ),
  ),
  [
    'not deep enough for its payout',
    'claim-published',
    { spending: { by: 'us', confirmations: 5 }, payment: 'succeeded', isPayoutOpen: true },
    'wait waiting-for-claim',
  ],
  ['deep enough, and asked anew', 'claim-published', { spending: buried }, 'track'],
  [
    'deep enough, and not taken yet',
    'claim-published',
    { spending: buried, payment: 'held' },
    'wait payment-open',
  ],
  [
    'deep enough, and no word',
    'claim-published',
    { spending: buried, payment: 'unclear' },
    'wait payment-unclear',
  ],
  ...([buried, taken] as const).flatMap((spending): Row[] => [
    [
      'it failed, and a call of an earlier leader is out: LND is asked to say that it is over',
      'claim-published',
      { spending, payment: 'to-send', isInvoiceExpired: true },
      'pay',
    ],
    [
      'the same, while its invoice holds: nothing is paid for what needs no payment',
      'claim-published',
      { spending, payment: 'to-send' },
      'wait payment-open',
    ],
    [
      'the same, while halted',
      'claim-published',
      { spending, payment: 'to-send', isInvoiceExpired: true, isHalted: true },
      'wait halted',
    ],
  ]),
  ['forgotten', 'claim-published', { spending: buried, payment: 'forgotten' }, forgotten],
  [
    'forgotten, given up',
    'claim-published',
    { spending: buried, payment: 'forgotten', isGivenUp: true },
    'end-claimed',
  ],
  [
    'forgotten, given up, and somebody else spent it',
    'claim-published',
    { spending: taken, payment: 'forgotten', isGivenUp: true },
    'end-lost',
  ],
  [
    'forgotten, given up, and not claimed yet',
    'claim-published',
    { payment: 'forgotten', isGivenUp: true },
    'tend-claim',
  ],
  ['both are ours', 'claim-published', { spending: buried, payment: 'failed' }, 'end-claimed'],
  [
    'somebody else spent it',
    'claim-published',
    { spending: { by: 'others', confirmations: 1 } },
    'wait lockup-taken',
  ],
  ['for good', 'claim-published', { spending: taken, payment: 'succeeded' }, 'end-lost'],
  [
    'for good, and the payment came back',
    'claim-published',
    { spending: taken, payment: 'failed' },
    'end-returned',
  ],
  [
    'for good, and the money is open',
    'claim-published',
    { spending: taken, payment: 'held' },
    'wait payment-open',
  ],
  [
    'for good, before any claim was out',
    'preimage-revealed',
    { spending: taken, payment: 'succeeded' },
    'end-lost',
  ],

  ['no key to claim it', 'verified', { payment: 'absent', hindrance }, 'end-unpaid no-key'],
  [
    'no key to claim it, while halted',
    'verified',
    { payment: 'absent', hindrance, isHalted: true },
    'end-unpaid no-key',
  ],
  ['no key, and LND pays it', 'verified', { payment: 'in-flight', hindrance }, 'adopt-payment'],
  ['no key, and LND says nothing', 'verified', { payment: 'unclear', hindrance }, unclear],
  ['no key, and held', 'held', { payment: 'held', hindrance }, waiting],
  ['no key to reveal with', 'lockup-confirmed', { ...ours, hindrance }, 'wait no-key'],
  [
    'no key, and the provider has our money',
    'lockup-confirmed',
    { lockup: 'ours', payment: 'succeeded', hindrance },
    'wait no-key',
  ],
  [
    'no key, and the money is back',
    'lockup-confirmed',
    { lockup: 'ours', payment: 'failed', hindrance },
    'end-returned',
  ],
  ...(
    [
      ['paying', 'absent', {}, 'end-unpaid terms-damaged'],
      ['paying', 'to-send', {}, 'end-unpaid terms-damaged'],
      ['held', 'to-send', {}, 'end-returned'],
      ['lockup-confirmed', 'to-send', {}, 'end-returned'],
      ['claim-published', 'to-send', { spending: buried }, 'end-claimed'],
      ['claim-published', 'to-send', { spending: taken }, 'end-returned'],
    ] as const
  ).flatMap(([state, payment, more, over]): Row[] => {
    const sent = { ...more, payment, isInvoiceExpired: true }
    const long = { ...sent, isLongExpired: true }
    const damaged = 'terms-damaged'
    return [
      ['no key to send it for', state, { ...sent, hindrance }, 'wait no-key'],
      ['no key: LND is asked to say that it is over', state, { ...long, hindrance }, 'pay'],
      ['no key, while halted', state, { ...long, hindrance, isHalted: true }, 'wait halted'],
      ['terms that do not hold', state, { ...sent, hindrance: damaged }, 'wait terms-damaged'],
      ['they do not, and no LND would pay it', state, { ...long, hindrance: damaged }, over],
      [
        'the same, while halted',
        state,
        { ...long, hindrance: damaged, isHalted: true },
        'wait halted',
      ],
    ]
  }),
  ...(['unclear', 'in-flight', 'held', 'forgotten'] as const).map(
    (payment): Row => [
      `terms that do not hold, and LND may have it: ${payment}`,
      'paying',
      { payment, hindrance: 'terms-damaged', isInvoiceExpired: true, isLongExpired: true },
      {
        unclear,
        'in-flight': waiting,
        held: 'note-held',
        forgotten,
      }[payment],
    ],
  ),
  [
    'what is there could not be looked at',
    'paying',
    { payment: 'in-flight', lockup: 'unread' },
    'wait lockup-unread',
  ],
  ...(['held', 'lockup-seen', 'lockup-confirmed'] as const).flatMap((state): Row[] => [
    [
      'what is there could not be looked at',
      state,
      { payment: 'held', lockup: 'unread' },
      'wait lockup-unread',
    ],
    ['the same, and the money is back', state, { payment: 'failed', lockup: 'unread' }, back],
  ]),

  ...(['claimed', 'failed-unpaid', 'returned', 'lost'] as const).map(
    (state): Row => ['ended', state, { payment: 'failed' }, 'nothing'],
  ),
]

test('what is done with a swap, from what is stored and seen', () => {
  const wrong = rows.flatMap(([says, state, more, wanted]) => {
    const action = textOf(decideSwap({ ...usual, ...more, state }))
    return action === wanted ? [] : [`${state}, ${says}: ${action}, not ${wanted}`]
  })
  expect(wrong).toEqual([])
})

test('nothing that depends on the provider alone reveals or pays', () => {
  const states: readonly SwapState[] = ['paying', 'held', 'lockup-seen', 'lockup-confirmed']
  for (const state of states)
    for (const payment of ['unasked', 'in-flight', 'held', 'unclear', 'failed'] as const)
      for (const lockup of ['none', 'hinted', 'refused', 'gone', 'unread'] as const) {
        const action = decideSwap({ ...usual, state, payment, lockup })
        expect(
          ['reveal', 'claim', 'pay', 'end-claimed'],
          `${state} ${payment} ${lockup}`,
        ).not.toContain(action.do)
      }
})

test('alarms are raised at 72, 36 and 12 blocks, each once', () => {
  const told: (readonly [number, number])[] = []
  let raised = 0
  for (let left = 100; left > -5; left--) {
    const due = dueAlarm(left, raised)
    if (due === undefined) continue
    told.push([left, due])
    raised = due
  }
  expect(told).toEqual([
    [72, 72],
    [36, 36],
    [12, 12],
  ])
  // What was away for a while is told the nearest only.
  expect(dueAlarm(20, 0)).toBe(36)
  expect(dueAlarm(5, 0)).toBe(12)
  expect(dueAlarm(5, 12)).toBeUndefined()
})

function textOf(action: SwapAction): string {
  return 'because' in action ? `${action.do} ${action.because}` : action.do
}
