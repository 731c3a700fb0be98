import type { Context, Identity, Leadership } from '../context.ts'
import { availableQueue } from '../invoices/available-queue.ts'
import { releasePending } from '../invoices/release-pending.ts'
import { LostLeadership } from '../record.ts'
import { jobs } from '../tables/jobs.ts'

const page = 100
/** Milliseconds between looks. */
const poll = 1000

/**
 * Makes held money available when its time has come. Only the leader does it, so due jobs are read, not
 * claimed. One that fails is looked at again, and keeps none of the others waiting.
 */
export async function releaseDue(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const equals = [availableQueue(identity)]
  while (!signal.aborted) {
    const upTo = context.clock.now()
    let after: (string | number)[] | undefined
    for (;;) {
      const due = await context.storage.find(jobs, {
        index: 'due',
        equals,
        upTo,
        limit: page,
        ...(after && { after }),
      })
      for (const { subject } of due) {
        if (signal.aborted) return
        await release(context, identity, leadership, subject)
      }
      const last = due.at(-1)
      if (!last || due.length < page) break
      after = [last.due_at, last.id]
    }
    await context.clock.sleep(poll, signal)
  }
}

async function release(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  invoice: string,
): Promise<void> {
  try {
    await releasePending(context, identity, invoice, leadership.fence)
  } catch (error) {
    if (error instanceof LostLeadership) throw error
    context.logger.error('held money could not be made available, it will be tried again', {
      invoice,
      error: error instanceof Error ? error.message : String(error),
    })
  }
}
