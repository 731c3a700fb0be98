import type { Context, Identity } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { heldRefunds } from '../tables/held-refunds.ts'
import { jobs } from '../tables/jobs.ts'
import { postings } from '../tables/ledger.ts'
import { type RowOf, update } from '../tables/table.ts'
import { availableQueue } from './available-queue.ts'

/** Money of an invoice that is not available yet. */
export interface HeldMoney {
  /** It goes with the booking that makes the money available: while it is there, the money is held. */
  readonly job: RowOf<typeof jobs>
  /** What is left of it, in msat: refunds may have taken the rest. */
  readonly leftMsat: bigint
}

/** Rows of one page. */
const page = 1000

/** Undefined: nothing of the invoice is held, or not any more. */
export async function readHeldMoney(
  context: Context,
  identity: Identity,
  invoice: string,
  partner: string,
): Promise<HeldMoney | undefined> {
  const job = await findJob(context, identity, invoice)
  if (!job) return undefined
  const equals = [identity.publicKey, `settled/${invoice}`]
  const legs = await context.storage.find(postings, { index: 'key', equals, limit: 10 })
  const putAside = legs.find(({ account }) => account === `pending/${partner}`)?.amount_msat ?? 0n
  return { job, leftMsat: putAside - (await takenOf(context, identity, invoice)) }
}

/**
 * The write that goes with every change of what is left: whoever makes it available, or takes of it, at the
 * same time is refused and decides again.
 */
export function changeHeld({ job }: HeldMoney): Write {
  return update(jobs, job, { attempts: job.attempts + 1 })
}

async function findJob(
  context: Context,
  identity: Identity,
  invoice: string,
): Promise<RowOf<typeof jobs> | undefined> {
  const equals = [availableQueue(identity), invoice]
  const [job] = await context.storage.find(jobs, { index: 'queue_subject', equals, limit: 1 })
  return job
}

async function takenOf(
  context: Context,
  { publicKey }: Identity,
  invoice: string,
): Promise<bigint> {
  let taken = 0n
  let after: string[] | undefined
  for (;;) {
    const rows = await context.storage.find(heldRefunds, {
      index: 'invoice',
      equals: [publicKey, invoice],
      limit: page,
      ...(after && { after }),
    })
    for (const { taken_msat } of rows) taken += taken_msat
    if (rows.length < page) return taken
    after = [rows.at(-1)!.payout]
  }
}
