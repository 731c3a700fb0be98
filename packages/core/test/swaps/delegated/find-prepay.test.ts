import { type PaymentUpdate, silentLogger, systemClock } from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { expect, test } from 'vitest'
import { findPrepay } from '../../../src/swaps/delegated/find-prepay.ts'
import type { DelegatedEnding } from '../../../src/swaps/delegated/mark-delegated.ts'
import { ledgerTransactions } from '../../../src/tables/ledger.ts'
import { usedHashes } from '../../../src/tables/payouts.ts'
import { schema } from '../../../src/tables/schema.ts'
import { insert } from '../../../src/tables/table.ts'

type Seen = readonly [hash: string, amountMsat: bigint, state: PaymentUpdate['state']]

/** What is found among these payments of LND, of which it had two before the swap was started. */
async function find(seen: readonly Seen[]): Promise<string> {
  const storage = memory()
  await storage.open(schema, { clock: systemClock, logger: silentLogger })
  const base = { node: 'n', network: 'regtest' }
  const booked = {
    ...base,
    kind: 'swap-prepay',
    subject: 'swap/other',
    occurred_at: 0,
    note: null,
  }
  await storage.commit({
    writes: [
      insert(ledgerTransactions, { ...booked, id: 'prepay/taken' }),
      insert(usedHashes, { ...base, payment_hash: 'ours', payout: 'p' }),
    ],
  })
  const payments = seen.map(([paymentHash, amountMsat, state], at) => ({
    paymentHash,
    amountMsat,
    state,
    feeMsat: 0n,
    index: BigInt(at + 1),
  }))
  const lightning = {
    listPayments: async ({ afterIndex, limit }: { afterIndex: bigint; limit: number }) =>
      payments.filter(({ index }) => index > afterIndex).slice(0, limit),
  }
  const ending = {
    context: { storage, lightning },
    identity: { publicKey: 'n', network: 'regtest' },
    signal: new AbortController().signal,
  } as unknown as DelegatedEnding
  const found = await findPrepay(ending, { after: 2n, amountMsat: 7n, notHash: 'main' })
  return typeof found === 'object' ? found.paymentHash : String(found)
}

test('the prepayment is the only payment since then that can be it', async () => {
  const old: Seen[] = [
    ['old', 7n, 'succeeded'],
    ['older', 1n, 'failed'],
  ]
  const many = Array.from({ length: 1500 }, (_, at): Seen => [`x${at}`, 8n, 'succeeded'])
  const rows: readonly [string, readonly Seen[], string][] = [
    ['none', [], 'undefined'],
    ['it', [['it', 7n, 'succeeded']], 'it'],
    ['another amount', [['it', 8n, 'succeeded']], 'undefined'],
    ['failed', [['it', 7n, 'failed']], 'undefined'],
    ['the main payment', [['main', 7n, 'succeeded']], 'undefined'],
    ['a payout of ours', [['ours', 7n, 'succeeded']], 'undefined'],
    ['of another swap', [['taken', 7n, 'succeeded']], 'undefined'],
    ['in flight', [['it', 7n, 'in-flight']], 'open'],
    [
      'one in flight, one done',
      [
        ['a', 7n, 'in-flight'],
        ['b', 7n, 'succeeded'],
      ],
      'b',
    ],
    ['on the second page', [...many, ['it', 7n, 'succeeded']], 'it'],
  ]
  const wrong: unknown[] = []
  for (const [name, seen, expected] of rows) {
    const found = await find([...old, ...seen])
    if (found !== expected) wrong.push([name, expected, found])
  }
  expect(wrong).toEqual([])
})
