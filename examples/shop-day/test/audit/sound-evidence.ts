import type { Evidence } from '../../src/audit/gather-evidence.ts'

/** A small sound day: one invoice of 100 sat, one payout of 60 sat with a fee of 1 sat. */
export function soundEvidence(): Evidence {
  const fact = (transaction: string, kind: string, subject: string, legs: [string, bigint][]) =>
    legs.map(([account, amountMsat]) => ({ transaction, kind, subject, account, amountMsat }))
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
      ],
    },
    paidByCustomers: [{ paymentHash: 'in', amountMsat: 100_000n }],
    receivedByWallets: [{ paymentHash: 'out', amountMsat: 60_000n }],
    sentByLnd: [{ paymentHash: 'out', amountMsat: 60_000n, feeMsat: 1_000n }],
    debts: new Map([['debt', { amountMsat: 60_000n, paymentHashes: ['out', 'out-2'] }]]),
    toldAsSettled: new Set(['i1']),
  }
}
