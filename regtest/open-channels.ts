import type { LndChannel } from './channel-controls.ts'
import type { Network } from './network.ts'
import type { RegtestNode } from './node-controls.ts'
import type { Report } from './report-progress.ts'

/** A channel between two nodes of a network, by their aliases. */
export interface ChannelPlan {
  from: string
  to: string
  capacitySat: bigint | number
  /** Given to the other side at the start, in sat. */
  pushSat?: bigint | number
  private?: boolean
}

// Public channels are announced from 6 confirmations on (BOLT 7).
const announcementBlocks = 6

/** Connects, opens, mines, and waits until every node of the network can route over the channels. */
export async function openChannels(
  network: Pick<Network, 'node' | 'mine'> & { active(): Promise<readonly RegtestNode[]> },
  plans: readonly ChannelPlan[],
  report: Report,
): Promise<string[]> {
  const points: string[] = []
  for (const plan of plans) {
    const from = network.node(plan.from)
    await from.connect(network.node(plan.to))
    const fields = { private: plan.private ?? false }
    points.push(
      await from.openChannel(network.node(plan.to), plan.capacitySat, plan.pushSat, fields),
    )
  }
  report(`${plans.length} channels are opening`)
  await network.mine(announcementBlocks)
  const active = await network.active()
  await Promise.all(
    plans.map(async (plan, index) => {
      const ends = [network.node(plan.from), network.node(plan.to)]
      const point = points[index] as string
      const [channel] = await Promise.all(ends.map((end) => end.waitUntilChannelActive(point)))
      const knowing = plan.private ? ends : active
      const { chan_id } = channel as LndChannel
      await Promise.all(knowing.map((node) => node.waitUntilRoutable(chan_id)))
    }),
  )
  return points
}
