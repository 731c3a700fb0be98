import type { Evidence } from '../../src/audit/gather-evidence.ts'

/** A small sound day: one invoice of 100 sat, one payout of 60 sat with a fee of 1 sat, two channels of which one was closed. */
export function soundEvidence(): Evidence {
  const fact = (transaction: string, kind: string, subject: string, legs: [string, bigint][]) =>
    legs.map(([account, amountMsat]) => ({ transaction, kind, subject, account, amountMsat }))
  const intent = (
    id: string,
    state: string,
    more: Partial<Evidence['books']['intents'][number]>,
  ): Evidence['books']['intents'][number] => ({
    ...{ id, state, reason: null, source: 'keeper', peer: `peer-of-${id}`, channelPoint: null },
    ...{ capacityMsat: 2_000_000_000n, feeMsat: null, createdAt: 0 },
    ...more,
  })
  return {
    books: {
      invoices: [
        {
          id: 'i1',
          state: 'settled',
          partner: 'bakery',
          paymentHash: 'in',
          paidMsat: 100_000n,
          isLate: false,
        },
      ],
      payouts: [
        {
          id: 'p1',
          state: 'succeeded',
          partner: 'bakery',
          paymentHash: 'out',
          amountMsat: 60_000n,
          feeMsat: 1_000n,
        },
      ],
      postings: [
        ...fact('settled/i1', 'invoice-settled', 'invoice/i1', [
          ['world/payers', -100_000n],
          ['partner/bakery', 100_000n],
        ]),
        ...fact('reserved/p1', 'payout-reserved', 'payout/p1', [
          ['partner/bakery', -70_000n],
          ['reserved/bakery', 70_000n],
        ]),
        ...fact('ended/p1', 'payout-succeeded', 'payout/p1', [
          ['reserved/bakery', -70_000n],
          ['world/payees', 60_000n],
          ['world/routing-fees', 1_000n],
          ['partner/bakery', 9_000n],
        ]),
        ...fact('onchain/funding-1', 'channel-opened', 'channel/funding-1:0', [
          ['operator', -1_078_000n],
          ['world/onchain-fees', 1_078_000n],
        ]),
        ...fact('onchain/funding-2', 'channel-opened', 'channel/funding-2:1', [
          ['operator', -1_500_000n],
          ['world/onchain-fees', 1_500_000n],
        ]),
        ...fact('closed/funding-1:0', 'channel-closed', 'channel/funding-1:0', [
          ['operator', -1_200_000n],
          ['world/onchain-fees', 1_200_000n],
        ]),
      ],
      intents: [
        intent('o1', 'open', { channelPoint: 'funding-1:0', feeMsat: 1_078_000n }),
        intent('o2', 'failed', { reason: 'too-small' }),
        intent('o3', 'open', { channelPoint: 'funding-2:1', feeMsat: 1_500_000n }),
      ],
      budgetUsedMsat: 2_578_000n,
    },
    channelsOfLnd: {
      opened: [
        { channelPoint: 'funding-2:1', memo: 'payment-node/o3' },
        { channelPoint: 'funding-1:0', memo: null },
      ],
      fees: [
        { fact: 'onchain/funding-1', amountMsat: 1_078_000n },
        { fact: 'onchain/funding-2', amountMsat: 1_500_000n },
        { fact: 'closed/funding-1:0', amountMsat: 1_200_000n },
      ],
    },
    paidByCustomers: [{ paymentHash: 'in', amountMsat: 100_000n }],
    receivedByWallets: [{ paymentHash: 'out', amountMsat: 60_000n }],
    sentByLnd: [{ paymentHash: 'out', amountMsat: 60_000n, feeMsat: 1_000n }],
    debts: new Map([['debt', { amountMsat: 60_000n, paymentHashes: ['out', 'out-2'] }]]),
    toldAsSettled: new Set(['i1']),
  }
}
