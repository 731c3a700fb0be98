import { expect, test } from 'vitest'
import {
  closingCost,
  confirmedClaims,
  type EndedChannel,
  receivedFrom,
  shareBeforeBreach,
  sweepFee,
} from '../../src/domain/channel-costs.ts'
import type { ChannelClaim, ClosedChannel } from '../../src/ports/lightning-node.ts'
import type { WalletTransaction } from '../../src/ports/node-onchain.ts'

const closingTransaction = 'c0'.repeat(32)
const sweep = '5e'.repeat(32)

function transaction(transactionId: string, more: Partial<WalletTransaction>): WalletTransaction {
  return {
    transactionId,
    amountSat: 0n,
    feeSat: 0n,
    confirmations: 6,
    label: '',
    spends: [],
    outputsSat: 0n,
    rawTransaction: new Uint8Array(),
    ...more,
  }
}

const claim = (
  kind: ChannelClaim['kind'],
  amountSat: bigint,
  by = sweep,
  outpoint = `${closingTransaction}:0`,
): ChannelClaim => ({ kind, outpoint, amountMsat: amountSat * 1000n, transaction: by })

/** As LND 0.21 listed channels on a test network: 1 405 sat commitment fee and 660 sat anchors. */
function ended(
  capacitySat: bigint,
  [localSat, remoteSat]: readonly [bigint, bigint],
  isInitiator: boolean,
  more: Partial<ClosedChannel>,
): EndedChannel {
  return {
    localMsat: localSat * 1000n,
    remoteMsat: remoteSat * 1000n,
    underWayMsat: null,
    isInitiator,
    closed: {
      channelPoint: `${'f0'.repeat(32)}:0`,
      peer: `02${'ab'.repeat(32)}`,
      capacityMsat: capacitySat * 1000n,
      closeType: 'cooperative',
      openedBy: isInitiator ? 'us' : 'peer',
      closedBy: 'us',
      closingTransaction,
      settledMsat: localSat * 1000n,
      ...more,
    },
  }
}

test('who opened pays for the close; what was claimed, left or given is counted', () => {
  const coop = { settledMsat: 699_035_000n }
  const onChain = transaction(closingTransaction, { outputsSat: 999_035n })
  const local = { closeType: 'local-force' } as const
  const remote = { closeType: 'remote-force' } as const
  const table: readonly [string, EndedChannel, WalletTransaction | undefined, bigint][] = [
    ['cooperative, ours', ended(1_000_000n, [696_530n, 300_000n], true, coop), onChain, 965n],
    // The books have missed the last payments: the transaction is what counts.
    [
      'cooperative, ours, seen long ago',
      ended(1_000_000n, [96_530n, 900_000n], true, coop),
      onChain,
      965n,
    ],
    [
      'cooperative, ours, not in the wallet',
      ended(1_000_000n, [696_530n, 300_000n], true, coop),
      undefined,
      3470n,
    ],
    [
      'cooperative, theirs',
      ended(900_000n, [200_000n, 697_935n], false, { settledMsat: 200_000_000n }),
      onChain,
      0n,
    ],
    [
      'local force, ours',
      ended(800_000n, [497_935n, 300_000n], true, {
        ...local,
        claims: [claim('balance', 497_935n)],
      }),
      undefined,
      2065n,
    ],
    [
      'local force, ours, seen long ago',
      ended(800_000n, [7_935n, 790_000n], true, {
        ...local,
        settledMsat: 497_935_000n,
        claims: [claim('balance', 497_935n)],
      }),
      undefined,
      2065n,
    ],
    [
      'remote force, ours',
      ended(600_000n, [297_935n, 300_000n], true, {
        ...remote,
        claims: [claim('balance', 297_935n)],
      }),
      undefined,
      2065n,
    ],
    [
      'remote force, theirs',
      ended(700_000n, [300_000n, 397_935n], false, {
        ...remote,
        claims: [claim('balance', 300_000n)],
      }),
      undefined,
      0n,
    ],
    [
      'our anchor came back',
      ended(800_000n, [497_935n, 300_000n], true, {
        ...local,
        claims: [claim('balance', 497_935n), claim('anchor', 330n)],
      }),
      undefined,
      1735n,
    ],
    [
      'the peer paid for our anchor',
      ended(700_000n, [300_000n, 397_935n], false, {
        ...remote,
        claims: [claim('balance', 300_000n), claim('anchor', 330n)],
      }),
      undefined,
      -330n,
    ],
    [
      'too small to claim',
      ended(700_000n, [400n, 697_535n], false, { ...remote, claims: [claim('anchor', 330n)] }),
      undefined,
      70n,
    ],
    // What is missing then are payments under way, not fees.
    [
      'remote force, ours, with payments',
      ended(600_000n, [97_935n, 300_000n], true, {
        ...remote,
        claims: [claim('balance', 97_935n)],
      }),
      undefined,
      0n,
    ],
    [
      'local force, ours, with payments',
      ended(800_000n, [297_935n, 300_000n], true, {
        ...local,
        settledMsat: 297_935_000n,
        claims: [claim('balance', 297_935n)],
      }),
      transaction(closingTransaction, { outputsSat: 798_000n }),
      // The fee, and both anchors.
      2660n,
    ],
    [
      'local force, ours, last seen with a payment that came to us later',
      ended(800_000n, [297_935n, 300_000n], true, {
        ...local,
        settledMsat: 297_935_000n,
        claims: [claim('balance', 297_935n), claim('payment', 199_000n)],
      }),
      undefined,
      3065n,
    ],
    [
      'remote force, ours, with payments that were seen under way, whoever got them',
      {
        ...ended(600_000n, [97_935n, 300_000n], true, {
          ...remote,
          claims: [claim('balance', 97_935n)],
        }),
        underWayMsat: 200_000_000n,
      },
      undefined,
      2065n,
    ],
    [
      'the same, of which one came to us',
      {
        ...ended(600_000n, [97_935n, 300_000n], true, {
          ...remote,
          claims: [claim('balance', 97_935n), claim('payment', 100_000n)],
        }),
        underWayMsat: 200_000_000n,
      },
      undefined,
      2065n,
    ],
    // Nothing is known of what was claimed: no loss is made up.
    ['no claims told', ended(700_000n, [300_000n, 397_935n], false, remote), undefined, 0n],
    [
      'never funded',
      ended(700_000n, [697_935n, 0n], true, { closeType: 'funding-canceled', settledMsat: 0n }),
      undefined,
      0n,
    ],
    [
      'abandoned',
      ended(700_000n, [697_935n, 0n], true, { closeType: 'abandoned', settledMsat: 0n }),
      undefined,
      0n,
    ],
  ]
  for (const [name, channel, wallet, costSat] of table)
    expect(closingCost(channel, wallet), name).toBe(costSat * 1000n)
})

test('one transaction that claims for two channels costs what is missing', () => {
  // Measured: 300 000 + 297 935 sat in, 593 135 out.
  const both = transaction(sweep, { amountSat: 593_135n })
  const claims = [
    claim('balance', 300_000n),
    claim('balance', 297_935n),
    claim('balance', 1n, 'another'),
  ]
  expect(sweepFee(both, claims)).toBe(4_800_000n)
})

test('a payment that is claimed in two steps: each step costs its own fee', () => {
  const first = 'f1'.repeat(32)
  const claims = [
    claim('payment', 50_000n, first, `${closingTransaction}:3`),
    claim('payment', 50_000n, sweep, `${first}:0`),
  ]
  // A coin of the wallet pays for the first step.
  expect(sweepFee(transaction(first, { amountSat: -700n }), claims)).toBe(700_000n)
  expect(sweepFee(transaction(sweep, { amountSat: 49_500n }), claims)).toBe(500_000n)
})

test('after a breach everything that came from its outputs counts', () => {
  const breach = ended(1_000_000n, [400_000n, 597_935n], true, { closeType: 'breach' })
  expect(shareBeforeBreach(breach)).toBe(402_065_000n)
  expect(shareBeforeBreach({ ...breach, isInitiator: false })).toBe(400_000_000n)
  // 300 sat were under way: not held for the commitment, but on neither side.
  expect(shareBeforeBreach({ ...breach, underWayMsat: 300_000n })).toBe(401_765_000n)
  const justice = transaction('aa', {
    amountSat: 990_000n,
    spends: [`${closingTransaction}:1`, 'x:0'],
  })
  const late = transaction('bb', { amountSat: 7n, spends: [`${closingTransaction}:0`] })
  const other = transaction('cc', { amountSat: 5n, spends: ['aa:0'] })
  expect(receivedFrom(closingTransaction, [justice, late, other])).toBe(990_007_000n)
})

test('a first step that LND names as it was before a coin was added for its fee is read by what confirmed', () => {
  const claim = (outpoint: string, transaction: string, amountMsat: bigint): ChannelClaim => ({
    kind: 'payment',
    outpoint,
    transaction,
    amountMsat,
  })
  const closed = [
    {
      claims: [claim('close:2', 'planned', 200_000_000n), claim('planned:0', 'last', 200_000_000n)],
    },
  ] as unknown as ClosedChannel[]
  const wallet = (
    transactionId: string,
    spends: string[],
    blockHeight?: number,
  ): WalletTransaction =>
    ({ transactionId, spends, amountSat: -6925n, ...(blockHeight && { blockHeight }) }) as never
  const seen = [wallet('replaced', ['close:2']), wallet('confirmed', ['coin:1', 'close:2'], 7)]
  const [one] = confirmedClaims(closed, seen)
  expect(one?.claims).toEqual([
    claim('close:2', 'confirmed', 200_000_000n),
    claim('confirmed:0', 'last', 200_000_000n),
  ])
  // What it cost is what left the wallet for it.
  expect(sweepFee(seen[1]!, one!.claims!)).toBe(6_925_000n)
  // What is not in a block yet says nothing.
  expect(confirmedClaims(closed, seen.slice(0, 1))).toEqual(closed)
})
