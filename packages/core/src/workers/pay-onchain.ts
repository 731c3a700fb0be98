import type { Context, Identity, Leadership } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { LostLeadership } from '../record.ts'
import { areTransactionsCompared, doubtNode } from '../safety/compared.ts'
import { compareTransactions } from '../transactions/compare-transactions.ts'
import { refusalOf } from '../transactions/fund-transaction.ts'
import { gatherPayouts } from '../transactions/gather-payouts.ts'
import type { Pursuit } from '../transactions/mark-transaction.ts'
import { mayAct } from '../transactions/may-act.ts'
import { pursueTransaction } from '../transactions/pursue-transaction.ts'
import { readLivingTransactions } from '../transactions/read-living.ts'
import { createBell } from './bell.ts'

/** Milliseconds. */
const poll = 5000
/** Milliseconds before LND is asked again for what this macaroon, or this build of LND, does not allow. */
const longPatience = 600_000

/** Follows every transaction that has not come to its end, and makes the next one of what is queued. */
export async function payOnchain(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const pursuit: Pursuit = { context, identity, leadership, signal }
  const bell = createBell(context.clock)
  /** The height at which each was looked at last. */
  const looked = new Map<string, number>()
  const unsubscribe = context.storage.isExclusive
    ? () => undefined
    : context.storage.onWake(bell.ring)
  context.live.wakeOnchain = bell.ring

  const pursue = async (id: string): Promise<void> => {
    const height = context.live.info?.blockHeight ?? 0
    await attempt(context, signal, id, () =>
      pursueTransaction(pursuit, id, looked.get(id) !== height).then(() => {
        looked.set(id, height)
      }),
    )
  }

  let wasTold = false
  const isAgreed = (): boolean => areTransactionsCompared(context, leadership)
  const agrees = async (): Promise<void> => {
    const { doubts } = context.live
    if (isAgreed() || !mayAct(pursuit)) return
    if (!(await compareTransactions(pursuit))) return
    context.live.transactionsCompared = { epoch: leadership.epoch, doubts }
    // Swaps whose claims pay payouts wait for it.
    context.live.wakeSwaps()
  }

  try {
    while (!signal.aborted) {
      const isAllowed = await attempt(context, signal, 'comparison', agrees)
      if (!isAllowed) {
        if (!wasTold) context.logger.info('LND does not allow on-chain payouts to this connection')
        wasTold = true
        await context.clock.sleep(longPatience, signal)
        continue
      }
      if (!isAgreed()) {
        await bell.wait(poll, signal)
        continue
      }
      const living = (await readLivingTransactions(context, identity)).map(({ id }) => id)
      for (const id of looked.keys()) if (!living.includes(id)) looked.delete(id)
      for (const id of living) if (!signal.aborted) await pursue(id)
      await attempt(context, signal, 'next', async () => {
        const next = await gatherPayouts(pursuit)
        if (next !== undefined) await pursue(next)
      })
      await bell.wait(poll, signal)
    }
  } finally {
    unsubscribe()
    context.live.wakeOnchain = () => undefined
    context.live.transactionsCompared = undefined
  }
}

/** What fails is tried again, and holds up nothing else. False: this connection to LND may not do it. */
async function attempt(
  context: Context,
  signal: AbortSignal,
  transaction: string,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work()
  } catch (error) {
    if (error instanceof LostLeadership) throw error
    if (signal.aborted) return true
    if (refusalOf(error) === 'not-allowed') return false
    const fields = { transaction, error: error instanceof Error ? error.message : String(error) }
    if (PaymentNodeError.is(error, 'node.unavailable')) {
      doubtNode(context)
      context.live.checkConnection()
      context.logger.info('a transaction waits for LND', fields)
    } else context.logger.error('a transaction could not be taken further', fields)
  }
  return true
}
