import { sqlite } from '@payment-node/storage-sqlite'
import type { Context, Leadership } from '../../packages/core/src/context.ts'
import { bookForeignIncome } from '../../packages/core/src/domain/ledger.ts'
import { advanceCheckpoints } from '../../packages/core/src/ledger/advance-checkpoints.ts'
import { postTransaction } from '../../packages/core/src/ledger/post-transaction.ts'
import { readBalances } from '../../packages/core/src/ledger/read-balances.ts'
import { systemClock } from '../../packages/core/src/system-clock.ts'
import { schema } from '../../packages/core/src/tables/schema.ts'
import type { BalanceTimes } from '../sections/ledger.ts'
import { readArgument, say } from './parent.ts'

const { file, postings } = readArgument<{ file: string; postings: number }>()
const looks = 60
const looksAtAll = 5
/** Facts of one commit; each has two postings. */
const page = 1000

const storage = sqlite({ file })
await storage.open(schema, { clock: systemClock })
const identity = { publicKey: `02${'0'.repeat(64)}`, network: 'regtest' } as const
const context = {
  storage,
  clock: systemClock,
  live: { identity, state: 'ready' },
} as unknown as Context

for (let from = 0; from < postings / 2; from += page) {
  const writes = Array.from({ length: Math.min(page, postings / 2 - from) }, (_, step) =>
    postTransaction(
      context,
      identity,
      bookForeignIncome((from + step).toString(16).padStart(64, '0'), 1000n),
    ),
  ).flat()
  const answer = await storage.commit({ writes })
  if (!answer.committed) throw new Error(`a commit was refused: ${answer.reason}`)
}

async function look(count: number): Promise<number[]> {
  const times: number[] = []
  for (let at = 0; at < count; at++) {
    const start = performance.now()
    const { operator, sum } = await readBalances(context)
    times.push(performance.now() - start)
    if (operator.msat !== BigInt(postings / 2) * 1000n || sum.msat !== 0n)
      throw new Error(`the operator has ${operator}, the sum is ${sum}`)
  }
  return times
}

const all = await look(looksAtAll)
const lease = await storage.lease('leader', { holder: 'bench', for: 3_600_000 })
const fence = { lease: 'leader', epoch: lease!.epoch }
const leadership: Leadership = { epoch: fence.epoch, fence, isFresh: () => true }
const start = performance.now()
await advanceCheckpoints(context, identity, leadership, new AbortController().signal)
const seconds = (performance.now() - start) / 1000
// The first ones compile the code.
const counted = (await look(looks)).slice(10)
await say({ all, counted, countedPerSecond: postings / seconds } satisfies BalanceTimes)
await storage.close()
process.disconnect?.()
