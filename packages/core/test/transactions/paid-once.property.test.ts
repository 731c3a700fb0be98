import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Asked, expectPaidOnce } from './expect-paid-once.ts'
import { type OnchainStand, openOnchain, settle } from './onchain-stand.ts'

/** What happens to a shop that pays on chain. */
type Happening =
  | {
      readonly do: 'queue'
      readonly sat: number
      readonly isQuick: boolean
      readonly again: boolean
    }
  | { readonly do: 'mine'; readonly blocks: number }
  | { readonly do: 'kill' }
  | { readonly do: 'reorganize'; readonly depth: number }
  | { readonly do: 'evict' }
  | { readonly do: 'spend-elsewhere' }
  | { readonly do: 'feerate'; readonly satPerVbyte: number }
  | {
      readonly do: 'cut'
      readonly call: string
      readonly moment: string
      readonly outcome: boolean
    }
  | { readonly do: 'wait' }

const calls = [
  'fundTransaction',
  'signTransaction',
  'publishTransaction',
  'transactions',
  'unspent',
]
const moments = ['before-effect', 'after-effect', 'before-reply']

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('queue' as const),
      sat: fc.integer({ min: 20_000, max: 200_000 }),
      isQuick: fc.boolean(),
      again: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('mine' as const),
      blocks: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('reorganize' as const),
      depth: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('spend-elsewhere' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('feerate' as const),
      satPerVbyte: fc.constantFrom(1, 5, 12, 25, 60, 200),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('cut' as const),
      call: fc.constantFrom(...calls),
      moment: fc.constantFrom(...moments),
      outcome: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
)

async function live(happenings: readonly Happening[]): Promise<void> {
  const stand = await openOnchain({ coinsSat: [900_000n, 800_000n, 700_000n, 600_000n, 500_000n] })
  const { run, network, lnd } = stand
  let cut: Extract<Happening, { do: 'cut' }> | undefined
  lnd.faults.add(({ call, moment }) => {
    if (!cut || cut.call !== call || cut.moment !== moment) return undefined
    const { outcome } = cut
    cut = undefined
    return { outcome: outcome || moment !== 'before-effect' ? 'unknown' : 'none' }
  })
  await run(stand.node.start())
  const asked: Asked[] = []
  for (const one of happenings) {
    switch (one.do) {
      case 'queue': {
        if (asked.length === 8) break
        const address = await stand.address()
        const amountSat = BigInt(one.sat)
        asked.push({
          id: await stand.queue(amountSat, { address, isQuick: one.isQuick }),
          address,
          amountSat,
        })
        if (!one.again) await settle(stand)
        break
      }
      case 'mine':
        await stand.mine(one.blocks)
        break
      case 'kill':
        stand.current.kill()
        await run(stand.openNext().node.start())
        break
      case 'reorganize':
        network.reorganize(one.depth)
        await settle(stand)
        break
      case 'evict':
        for (const { id } of network.waitingTransactions.slice(0, 1)) network.evict(id)
        break
      case 'spend-elsewhere':
        await spendElsewhere(stand)
        break
      case 'feerate':
        network.setFeerate(one.satPerVbyte)
        break
      case 'cut':
        cut = one
        break
      case 'wait':
        await settle(stand)
    }
    expect((await run(stand.node.ledger.balances())).sum.msat).toBe(0n)
    // At no moment does an address get two outputs that may both confirm.
    for (const { address } of asked) expect(network.outputsTo(address).length).toBeLessThan(2)
  }
  cut = undefined
  network.setFeerate(5)
  for (let round = 0; round < 4; round++) {
    await stand.clock.advance(600_000)
    await stand.mine(7)
  }
  await expectPaidOnce(stand, asked, 'in the end')
}

/** The newest transaction that waits loses one of its coins for good. */
async function spendElsewhere(stand: OnchainStand): Promise<void> {
  const rows = await stand.transactions()
  const row = rows.findLast(({ state, purpose }) => state === 'published' && purpose === 'payouts')
  const isWaiting = stand.network.waitingTransactions.some(({ id }) => id === row?.transaction_id)
  if (row && isWaiting) stand.network.doubleSpend((row.inputs as string[])[0]!)
}

test('whatever happens, each payout is paid at most once, and the books say what the chain shows', async () => {
  await fc.assert(fc.asyncProperty(fc.array(happening, { minLength: 3, maxLength: 14 }), live), {
    numRuns: 15,
    seed: 20_261_122,
  })
}, 120_000)
