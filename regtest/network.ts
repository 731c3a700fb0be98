import { attachChain, type Chain } from './chain.ts'
import type { ChainDetails } from './chain-rpc.ts'
import { attachNode, type NodeDetails, type RegtestNode } from './node-controls.ts'
import { type ChannelPlan, openChannels } from './open-channels.ts'
import { type Report, reportToStandardError } from './report-progress.ts'
import { type ChainOptions, type RunningChain, startChain } from './start-chain.ts'
import { type NodeOptions, type RunningNode, startNode } from './start-node.ts'

/** A network to reach from any process; plain data. */
export interface NetworkDetails {
  readonly chain: ChainDetails
  readonly nodes: readonly NodeDetails[]
}

/** Nodes on one chain. */
export interface Network<Node extends RegtestNode = RegtestNode> extends AsyncDisposable {
  readonly details: NetworkDetails
  readonly chain: Chain
  readonly nodes: readonly Node[]
  /** The node of that alias. */
  node(alias: string): Node
  /** Mines blocks and waits until every active node of the network is in sync with them. */
  mine(blocks: number): Promise<void>
  /** Starts one more node, owned by this process, gives it coins, and adds it to the network. */
  addNode(plan: NodePlan): Promise<RunningNode>
  /**
   * Connects, opens, mines, and waits until every node of the network can route over the channels.
   * Returns the channel points.
   */
  openChannels(plans: readonly ChannelPlan[]): Promise<string[]>
  /** Ends what this process started and removes the folders. */
  remove(): Promise<void>
}

/** A network that this process started. */
export interface RunningNetwork extends Network<RunningNode> {
  readonly chain: RunningChain
  /** Lets everything run on after this process. */
  release(): Promise<void>
}

/** A node of a network. */
export interface NodePlan extends Omit<NodeOptions, 'chain' | 'report'> {
  /** On-chain coins at the start, in sat, as five outputs; default 1 BTC, 0 for none. */
  fundSat?: bigint | number
}

/** What to start. */
export interface NetworkOptions extends ChainOptions {
  nodes: readonly NodePlan[]
  channels?: readonly ChannelPlan[]
}

const defaultFundSat = 100_000_000
const outputsPerNode = 5

/** Starts a chain and nodes, funds them, opens channels, and waits until payments can be routed. */
export async function startNetwork(options: NetworkOptions): Promise<RunningNetwork> {
  const report = options.report ?? reportToStandardError()
  const chain = await startChain({ ...options, report })
  const nodes: RunningNode[] = []
  const base = createNetwork(nodes, nodes, chain, report)
  const remove = async (): Promise<void> => {
    await base.remove()
    await chain.remove()
  }
  try {
    report(`btcd is up (${chain.details.network}), starting ${options.nodes.length} nodes`)
    if (options.nodes.length > 0) await startAll(options.nodes, chain, nodes, report)
    if (options.channels !== undefined) await base.openChannels(options.channels)
  } catch (error) {
    await remove()
    throw error
  }
  report('the network is ready')
  return Object.assign(Object.create(base) as Network<RunningNode>, {
    chain,
    remove,
    release: async () => {
      await Promise.all([chain, ...nodes].map((part) => part.release()))
    },
    [Symbol.asyncDispose]: remove,
  })
}

/**
 * Uses a running network from any process. Its nodes can be used, not stopped or restarted, since
 * others use them too; start nodes of your own on the same chain for that (`addNode`).
 */
export function attachNetwork(
  details: NetworkDetails,
  report: Report = reportToStandardError(),
): Network {
  const nodes = details.nodes.map((node) => attachNode(node, details.chain))
  return createNetwork(nodes, [], attachChain(details.chain), report)
}

async function startAll(
  plans: readonly NodePlan[],
  chain: Chain,
  nodes: RunningNode[],
  report: Report,
): Promise<void> {
  const results = await Promise.allSettled(
    plans.map(async (plan) => {
      const node = await startNode({ ...plan, chain, report })
      report(`${plan.alias} runs`)
      return node
    }),
  )
  // In the order of the plans, also those beside a failed one: they must be removed.
  for (const result of results) if (result.status === 'fulfilled') nodes.push(result.value)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  await fundAll(plans, nodes, chain)
  report(`${plans.map((plan) => plan.alias).join(', ')}: funded`)
}

/** One transaction for all. A locked node gets nothing. */
async function fundAll(
  plans: readonly NodePlan[],
  nodes: readonly RunningNode[],
  chain: Chain,
): Promise<void> {
  const payments: { address: string; amountSat: bigint }[] = []
  const expected: { node: RunningNode; sat: bigint }[] = []
  for (const [index, node] of nodes.entries()) {
    const plan = plans[index] as NodePlan
    const share = BigInt(plan.fundSat ?? defaultFundSat) / BigInt(outputsPerNode)
    if (share === 0n || plan.password !== undefined) continue
    for (let output = 0; output < outputsPerNode; output++) {
      payments.push({ address: await node.newAddress(), amountSat: share })
    }
    expected.push({ node, sat: share * BigInt(outputsPerNode) })
  }
  if (payments.length === 0) return
  await chain.sendMany(payments)
  await chain.mine(1)
  await Promise.all(
    expected.map(({ node, sat }) =>
      node.waitFor(
        `a confirmed wallet balance of ${sat} sat`,
        async () => BigInt((await node.walletBalance()).confirmed_balance) >= sat,
      ),
    ),
  )
}

/** `nodes` are all of the network, `own` those that this process started. */
function createNetwork<Node extends RegtestNode>(
  nodes: (Node | RunningNode)[],
  own: RunningNode[],
  chain: Chain,
  report: Report,
): Network<Node> {
  const node = (alias: string): Node => {
    const found = nodes.find((one) => one.alias === alias)
    if (found === undefined) throw new Error(`the network has no node ${alias}`)
    return found as Node
  }
  // A node that a test stopped or left locked cannot follow the chain.
  const active = async (): Promise<readonly RegtestNode[]> => {
    const looks = nodes.map(async (one) => {
      if ('isRunning' in one && !one.isRunning()) return []
      return (await one.state()) === 'LOCKED' ? [] : [one]
    })
    return (await Promise.all(looks)).flat()
  }
  const mine = async (blocks: number): Promise<void> => {
    await chain.mine(blocks)
    await Promise.all((await active()).map((one) => one.waitUntilSynced()))
  }
  const remove = async (): Promise<void> => {
    for (const one of nodes) one.detach()
    await Promise.all(own.map((one) => one.remove()))
  }
  return {
    get details() {
      return { chain: chain.details, nodes: nodes.map((one) => one.details) }
    },
    chain,
    nodes: nodes as Node[],
    node,
    mine,
    addNode: async (plan) => {
      const added: RunningNode[] = []
      try {
        await startAll([plan], chain, added, report)
      } finally {
        own.push(...added)
        if ((nodes as RunningNode[]) !== own) nodes.push(...added)
      }
      return added[0] as RunningNode
    },
    openChannels: (plans) => openChannels({ node, active, mine }, plans, report),
    remove,
    [Symbol.asyncDispose]: remove,
  }
}
