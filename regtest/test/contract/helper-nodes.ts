import type { ChannelPeerWish } from '@payment-node/testkit'
import type { Network } from '../../network.ts'
import type { RegtestNode } from '../../node-controls.ts'
import type { RunningNode } from '../../start-node.ts'

/** Nodes beside the one under test, each started when a case first needs it. */
export interface HelperNodes {
  /** A node without coins that takes channels, one at a time. */
  taker(wish?: ChannelPeerWish): Promise<RunningNode>
  /** A node without coins and channels. */
  poor(): Promise<RunningNode>
  /** Sends a payment across the node under test to the hop. */
  forward(amountMsat: bigint): Promise<void>
}

export function helpersOf(
  network: Network,
  { tested, hop }: { tested: RunningNode; hop: RegtestNode },
): HelperNodes {
  const started = new Map<string, Promise<RunningNode>>()
  const once = (name: string, start: () => Promise<RunningNode>): Promise<RunningNode> => {
    const found = started.get(name) ?? start()
    started.set(name, found)
    return found
  }
  const startSender = async (): Promise<RunningNode> => {
    const sender = await network.addNode({ alias: 'sender', fundSat: 10_000_000 })
    await sender.connect(tested)
    const channelPoint = await sender.openChannel(tested, 2_000_000)
    await network.mine(6)
    await Promise.all([sender, tested].map((end) => end.waitUntilChannelActive(channelPoint)))
    await sender.waitFor('a route across the node', () =>
      sender
        .rpc('lnrpc.Lightning', 'QueryRoutes', { pub_key: hop.publicKey, amt: '1000' })
        .catch(() => false),
    )
    return sender
  }
  return {
    taker: ({ minimumChannelSat, maximumChannelSat } = {}) => {
      const flags = [
        '--maxpendingchannels=1',
        ...(minimumChannelSat === undefined ? [] : [`--minchansize=${minimumChannelSat}`]),
        ...(maximumChannelSat === undefined ? [] : [`--maxchansize=${maximumChannelSat}`]),
      ]
      const name = flags.join(' ')
      return once(name, () =>
        network.addNode({ alias: `taker${started.size + 1}`, fundSat: 0, flags }),
      )
    },
    poor: () => once('poor', () => network.addNode({ alias: 'poor', fundSat: 0 })),
    async forward(amountMsat) {
      const sender = await once('sender', startSender)
      const invoice = await hop.addInvoice({ value_msat: amountMsat.toString() })
      const { status, failure_reason } = await sender.pay(invoice.payment_request)
      if (status !== 'SUCCEEDED') throw new Error(`the payment ended: ${status} ${failure_reason}`)
    },
  }
}
