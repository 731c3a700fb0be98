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
export interface Network<Node extends RegtestNode = RegtestNode> {
  readonly details: NetworkDetails
  readonly chain: Chain
  readonly nodes: readonly Node[]
  /** The node of that alias. */
  node(alias: string): Node
  /** Mines blocks and waits until every node of the network is in sync with them. */
  mine(blocks: number): Promise<void>
}

/** A network that this process started. */
export interface RunningNetwork extends Network<RunningNode>, AsyncDisposable {
  readonly chain: RunningChain
  /** Starts one more node, gives it coins, and adds it to the network. */
  addNode(plan: NodePlan): Promise<RunningNode>
  /** Connects, opens, mines, and waits until every node of the network can route over them. */
  openChannels(plans: readonly ChannelPlan[]): Promise<string[]>
  /** Ends everything and removes the folders. */
  remove(): Promise<void>
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
  const base = createNetwork(() => nodes, chain)
  const remove = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.remove()))
    await chain.remove()
  }
  const start = (plans: readonly NodePlan[]): Promise<RunningNode[]> =>
    startAll(plans, chain, nodes, report)
  const network: RunningNetwork = {
    ...base,
    get details() {
      return base.details
    },
    chain,
    nodes,
    addNode: async (plan) => (await start([plan]))[0] as RunningNode,
    openChannels: (plans) => openChannels(base, plans, report),
    remove,
    release: async () => {
      await Promise.all([chain, ...nodes].map((part) => part.release()))
    },
    [Symbol.asyncDispose]: remove,
  }
  try {
    report(`btcd is up (${chain.details.network}), starting ${options.nodes.length} nodes`)
    await start(options.nodes)
    if (options.channels !== undefined) await network.openChannels(options.channels)
  } catch (error) {
    await remove()
    throw error
  }
  report('the network is ready')
  return network
}

/** Uses a running network from any process. Its nodes can be used, not stopped or restarted. */
export function attachNetwork(details: NetworkDetails): Network {
  const nodes = details.nodes.map((node) => attachNode(node, details.chain))
  return createNetwork(() => nodes, attachChain(details.chain))
}

async function startAll(
  plans: readonly NodePlan[],
  chain: RunningChain,
  nodes: RunningNode[],
  report: Report,
): Promise<RunningNode[]> {
  const results = await Promise.allSettled(
    plans.map(async (plan) => {
      const node = await startNode({ ...plan, chain, report })
      nodes.push(node)
      report(`${plan.alias} runs`)
      return node
    }),
  )
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  const started = results.map((result) => (result as PromiseFulfilledResult<RunningNode>).value)
  nodes.sort((one, other) => order(plans, one.alias) - order(plans, other.alias))
  await fundAll(plans, started, chain)
  report(`${plans.map((plan) => plan.alias).join(', ')}: funded`)
  return started
}

function order(plans: readonly NodePlan[], alias: string): number {
  return plans.findIndex((plan) => plan.alias === alias)
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

function createNetwork<Node extends RegtestNode>(
  nodes: () => readonly Node[],
  chain: Chain,
): Network<Node> {
  return {
    get details() {
      return { chain: chain.details, nodes: nodes().map((node) => node.details) }
    },
    chain,
    get nodes() {
      return nodes()
    },
    node: (alias) => {
      const found = nodes().find((node) => node.alias === alias)
      if (found === undefined) throw new Error(`the network has no node ${alias}`)
      return found
    },
    mine: async (blocks) => {
      await chain.mine(blocks)
      await Promise.all(nodes().map((node) => node.waitUntilSynced()))
    },
  }
}
