import { expect, test } from 'vitest'
import { auditDay, findFaults } from '../../src/audit/audit-day.ts'
import type { Evidence } from '../../src/audit/gather-evidence.ts'
import { soundEvidence } from './sound-evidence.ts'

test('sound channels: what opening and closing cost is told apart', () => {
  expect(auditDay(soundEvidence())).toMatchObject({
    strayChannels: 0,
    onchainOffMsat: 0n,
    budgetOffMsat: 0n,
    openingMsat: 2_578_000n,
    closingMsat: 1_200_000n,
  })
})

test('every difference between channels, intents, fees and budget is found', () => {
  const { books, channelsOfLnd: lnd, ...others } = soundEvidence()
  const stray = 'the channels are not those that were meant'
  const fees = 'on-chain fees were booked otherwise than LND paid them'
  const budget = 'the budget counts otherwise than opening cost'
  const [first, failed, last] = books.intents as [Intent, Intent, Intent]
  const [open, closed] = lnd.opened as [Opened, Opened]
  const opened = (...list: Opened[]): Change => ({ channelsOfLnd: { ...lnd, opened: list } })
  const intents = (...list: Intent[]): Change => ({ books: { ...books, intents: list } })
  const paid = (list: Evidence['channelsOfLnd']['fees']): Change => ({
    channelsOfLnd: { ...lnd, fees: list },
  })
  const without = (fact: string): Change => ({
    books: { ...books, postings: books.postings.filter((leg) => leg.transaction !== fact) },
  })
  const mistakes: [string, Change, string[]][] = [
    [
      'LND has a second channel for one intent',
      opened(open, { ...open, channelPoint: 'x:0' }, closed),
      [stray],
    ],
    [
      'LND has a channel that nobody meant',
      opened(open, closed, { channelPoint: 'x:0', memo: null }),
      [stray],
    ],
    ['LND has not the channel that was booked as open', opened(closed), [stray]],
    [
      'a channel carries the memo of another intent',
      opened({ ...open, memo: 'payment-node/o1' }, closed),
      [stray],
    ],
    [
      'two intents claim one channel',
      intents(first, failed, last, { ...first, id: 'o4', feeMsat: 0n }),
      [stray],
    ],
    [
      'an intent that failed has a channel',
      opened(open, closed, { channelPoint: 'x:0', memo: 'payment-node/o2' }),
      [stray],
    ],
    ['a funding fee was not booked', without('onchain/funding-2'), [fees]],
    ['the cost of a close was not booked', without('closed/funding-1:0'), [fees]],
    ['a fee was booked that LND did not pay', paid(lnd.fees.slice(1)), [fees]],
    [
      'two fees are wrong in opposite ways',
      paid(
        lnd.fees.map((fee, index) => ({
          ...fee,
          amountMsat: fee.amountMsat + [5n, -5n, 0n][index]!,
        })),
      ),
      [fees],
    ],
    ['the budget forgot an opening', { books: { ...books, budgetUsedMsat: 1_500_000n } }, [budget]],
    [
      'the budget still counts the worst case',
      { books: { ...books, budgetUsedMsat: 2_600_000n } },
      [budget],
    ],
  ]
  const failing = mistakes.flatMap(([name, change, expected]) => {
    const found = findFaults(auditDay({ books, channelsOfLnd: lnd, ...others, ...change }))
    return JSON.stringify(found) === JSON.stringify(expected) ? [] : [`${name}: ${found}`]
  })
  expect(failing).toEqual([])
})

type Change = Partial<Evidence>
type Intent = Evidence['books']['intents'][number]
type Opened = Evidence['channelsOfLnd']['opened'][number]
