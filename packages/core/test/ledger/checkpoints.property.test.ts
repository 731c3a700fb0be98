import { PaymentNodeError, type Storage, schema } from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { createVirtualClock } from '@payment-node/testkit'
import fc, { type Scheduler } from 'fast-check'
import { expect, test } from 'vitest'
import type { Context, Identity, Leadership } from '../../src/context.ts'
import { type LedgerTransaction, unguardedAccounts } from '../../src/domain/ledger.ts'
import { advanceCheckpoints } from '../../src/ledger/advance-checkpoints.ts'
import { postTransaction } from '../../src/ledger/post-transaction.ts'
import { sumAccount } from '../../src/ledger/sum-account.ts'
import {
  accountCheckpoints,
  ledgerTransactions,
  postings,
  uncountedPostings,
} from '../../src/tables/ledger.ts'

const identity: Identity = { publicKey: 'node', network: 'regtest' }
const accounts = ['operator', 'world/payers', 'world/payees'] as const

/** Some may be booked in books of the release before, which noted nothing; ids are in no order. */
const booking = fc.record({
  id: fc.integer({ min: 0, max: 99 }).map((number) => `${number}`),
  legs: fc.array(
    fc.record({
      account: fc.constantFrom(...accounts),
      amountMsat: fc.bigInt({ min: -1000n, max: 1000n }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
})
const bookings = (maxLength: number) =>
  fc.uniqueArray(booking, { maxLength, selector: ({ id }) => id })

/** What happens at one of a leader's commits. */
type Mishap = 'none' | 'lost reply' | 'dies before' | 'dies after'
const mishaps = fc.array(
  fc.constantFrom<Mishap>('none', 'none', 'none', 'lost reply', 'dies before', 'dies after'),
  { maxLength: 8 },
)

class Killed extends Error {}

/** The books as one leader has them: between any two of its calls the others go on. */
function seenBy(storage: Storage, scheduler: Scheduler, planned: readonly Mishap[]): Storage {
  let commits = 0
  const commit: Storage['commit'] = async (change) => {
    const mishap = planned[commits++] ?? 'none'
    if (mishap === 'dies before') throw new Killed()
    const answer = await storage.commit(change)
    if (mishap === 'dies after') throw new Killed()
    if (mishap === 'lost reply')
      throw new PaymentNodeError('storage.unavailable', 'Injected.', { outcome: 'unknown' })
    return answer
  }
  return {
    get: scheduler.scheduleFunction(storage.get.bind(storage)),
    find: scheduler.scheduleFunction(storage.find.bind(storage)),
    snapshot: scheduler.scheduleFunction(storage.snapshot.bind(storage)),
    commit: scheduler.scheduleFunction(commit),
  } as unknown as Storage
}

const alive = new AbortController().signal

test('balances are the sum of all postings, whenever leaders count, die, or count at the same time', async () => {
  let counted = 0
  const property = fc.asyncProperty(
    fc.scheduler(),
    bookings(30),
    fc.nat(12),
    fc.tuple(mishaps, mishaps, mishaps),
    fc.integer({ min: 1, max: 4 }),
    async (scheduler, all, older, planned, step) => {
      const clock = createVirtualClock()
      const storage = memory()
      await storage.open(schema, { clock })
      const lease = await storage.lease('leader', { holder: 'a', for: 1000 })
      const fence = { lease: 'leader', epoch: lease!.epoch }
      // The lease does not help: all of them believe in the same one.
      const leadership: Leadership = { epoch: fence.epoch, fence, isFresh: () => true }
      const contextOf = (seen: Storage): Context =>
        ({
          clock: { now: () => 0, sleep: async () => undefined },
          storage: seen,
        }) as unknown as Context
      const own = contextOf(storage)
      const sums = new Map<string, bigint>()
      const book = async ({ id, legs }: (typeof all)[number], isNoted: boolean): Promise<void> => {
        const fact: LedgerTransaction = { id, kind: 'correction', subject: 'test', legs }
        const writes = postTransaction(own, identity, fact)
        const kept = writes.filter(({ table }) => isNoted || table !== uncountedPostings)
        expect(await storage.commit({ writes: kept })).toEqual({ committed: true })
        for (const { account, amountMsat } of legs)
          sums.set(account, (sums.get(account) ?? 0n) + amountMsat)
      }
      const look = (): Promise<void> =>
        storage.snapshot(async (read) => {
          for (const account of unguardedAccounts)
            expect(await sumAccount(read, 'node', account), account).toBe(sums.get(account) ?? 0n)
        })
      for (const one of all.slice(0, older)) await book(one, false)
      await look()

      scheduler.scheduleSequence(
        all.slice(older).map((one) => async () => {
          await book(one, true)
          await look()
        }),
      )
      const leaders = planned.map((mishapsOfOne) =>
        advanceCheckpoints(
          contextOf(seenBy(storage, scheduler, mishapsOfOne)),
          identity,
          leadership,
          alive,
          step,
        ).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error
        }),
      )
      await scheduler.waitIdle()
      await Promise.all(leaders)
      await look()

      // The next leader counts what is left: nothing is noted any more, and the sums stay.
      await advanceCheckpoints(own, identity, leadership, alive, step)
      await look()
      const every = { index: 'key', equals: ['node'], limit: 1000 } as const
      expect(await storage.find(uncountedPostings, every)).toEqual([])
      const checkpoints = await storage.find(accountCheckpoints, every)
      expect(checkpoints.map(({ account }) => account).sort()).toEqual(
        [...unguardedAccounts].sort(),
      )
      for (const { account, amount_msat, is_complete } of checkpoints)
        expect([is_complete, amount_msat], account).toEqual([true, sums.get(account) ?? 0n])
      expect(await storage.find(ledgerTransactions, every)).toHaveLength(all.length)
      counted += (await storage.find(postings, every)).length
    },
  )
  await fc.assert(property, { numRuns: 300 })
  expect(counted).toBeGreaterThan(1000)
}, 120_000)
