import type { Diagnosis, LightningNode, NodeInfo } from '@payment-node/core'
import { callNode } from './call-node.ts'
import { createChainCalls } from './chain-calls.ts'
import { createChannelCalls } from './channel-calls.ts'
import { createClientStreams } from './client-streams.ts'
import { createFundingCalls } from './funding-calls.ts'
import { createGraphCalls } from './graph-calls.ts'
import { createInvoiceCalls } from './invoice-calls.ts'
import type { NodeState } from './node-state.ts'
import { createOnchainCalls } from './onchain-calls.ts'
import { createOpenerCalls } from './opener-calls.ts'
import { createPaymentCalls } from './payment-calls.ts'
import type { Simulation } from './simulation.ts'

/** A connection to a simulated node: the port that core uses. */
export function connectClient(simulation: Simulation, node: NodeState): LightningNode {
  const streams = createClientStreams(node)
  const shared = { simulation, node, isChange: false }

  const getInfo = (signal?: AbortSignal): Promise<NodeInfo> =>
    callNode({ ...shared, call: 'getInfo', parameters: [], signal }, () => ({
      publicKey: node.publicKey,
      alias: node.alias,
      network: simulation.network,
      version: node.version,
      blockHeight: node.height,
      isSyncedToChain: node.isSynced,
      // Without a peer since the start there is nobody to have it from.
      isSyncedToGraph: node.isSynced && node.graphRun === node.run,
      acceptsKeysend: node.acceptsKeysend,
    }))

  return {
    contractVersion: 1,
    name: 'simulated',
    getInfo,
    ...createChannelCalls(simulation, node, streams),
    ...createInvoiceCalls(simulation, node, streams),
    ...createPaymentCalls(simulation, node, streams),
    ...createGraphCalls(simulation, node),
    chain: createChainCalls(simulation, node, streams),
    opener: createOpenerCalls(simulation, node),
    onchain: createOnchainCalls(simulation, node),
    funding: createFundingCalls(simulation, node),
    highWater: (signal) =>
      callNode({ ...shared, call: 'highWater', parameters: [], signal }, () => ({
        invoiceAddIndex: node.invoices.addIndex,
        paymentIndex: node.payments.highest,
      })),
    diagnose: async (signal) => {
      try {
        return judge(await getInfo(signal))
      } catch (error) {
        const says = error instanceof Error ? error.message : String(error)
        return [{ check: 'reachable', result: 'failed', says, advice: 'Start or unlock the node.' }]
      }
    },
    async close() {
      streams.closeAll()
    },
  }
}

function judge(info: NodeInfo): Diagnosis[] {
  const found: Diagnosis[] = [
    { check: 'reachable', result: 'ok', says: `${info.alias} answers.` },
    info.isSyncedToChain
      ? { check: 'synced', result: 'ok', says: `Synced at height ${info.blockHeight}.` }
      : {
          check: 'synced',
          result: 'failed',
          says: 'Not synced to the chain.',
          advice: 'Wait, or check the Bitcoin node.',
        },
  ]
  if (info.acceptsKeysend) {
    found.push({
      check: 'keysend',
      result: 'warning',
      says: 'The node takes payments that no invoice asked for; they are never credited.',
      advice: 'Start the node without accept-keysend.',
    })
  }
  return found
}
