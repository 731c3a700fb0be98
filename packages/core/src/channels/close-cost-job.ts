import { type Context, type Identity, newId, rowBase } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { jobs, queueOf } from '../tables/jobs.ts'
import { insert } from '../tables/table.ts'

const kind = 'channel-costs'

/** The queue of the channels of a node whose end is not booked yet. */
export function costQueue({ publicKey }: Identity): string {
  return queueOf(publicKey, kind)
}

/** The write that asks for the booking of what a channel's end cost; none when it was asked for before. */
export async function costJob(
  context: Context,
  identity: Identity,
  channelPoint: string,
): Promise<Write[]> {
  const queue = costQueue(identity)
  const [known] = await context.storage.find(jobs, {
    index: 'queue_subject',
    equals: [queue, channelPoint],
    limit: 1,
  })
  if (known) return []
  return [
    insert(jobs, {
      ...rowBase(identity),
      id: newId(context),
      queue,
      subject: channelPoint,
      due_at: context.clock.now(),
      attempts: 0,
    }),
  ]
}
