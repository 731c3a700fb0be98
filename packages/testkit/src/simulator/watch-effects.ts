import type { NodeCall } from '../network/faults.ts'
import type { SimulatedNode } from '../network/simulated-node.ts'
import type { Outstanding } from './gate-ports.ts'
import type { Steps } from './steps.ts'

/** Makes a step of each call that LND has done for a living process. */
export function watchEffects(lnd: SimulatedNode, outstanding: Outstanding, steps: Steps): void {
  lnd.faults.add(({ call, moment, parameters }) => {
    if (moment !== 'after-effect') return undefined
    const name = `lightning.${memberOf(call)}`
    const gate = outstanding.find(name, parameters)
    if (!gate || gate.life.isOver) return undefined
    const action = steps.take({ process: gate.process, name: `${name}/effect`, parameters })
    if (!action) return undefined
    if (action.kill) gate.kill()
    if (action.pauseMilliseconds !== undefined) gate.pauseFor(action.pauseMilliseconds)
    return {
      ...(action.delayMilliseconds !== undefined && {
        delayMilliseconds: action.delayMilliseconds,
      }),
      ...(action.error !== undefined && { error: action.error }),
    }
  })
}

/** The member of the port that a call of LND belongs to, as the steps are named. */
function memberOf(call: NodeCall): string {
  const nested: Partial<Record<NodeCall, string>> = {
    connectPeer: 'opener.connect',
    openChannel: 'opener.open',
    closeChannel: 'opener.close',
    abandonChannel: 'opener.abandon',
    watchConfirmation: 'chain.watchConfirmation',
    watchSpend: 'chain.watchSpend',
    newAddress: 'onchain.newAddress',
    unspent: 'onchain.unspent',
    transactions: 'onchain.transactions',
    estimateFeerate: 'onchain.estimateFeerate',
    minimumFeerate: 'onchain.minimumFeerate',
    requiredReserve: 'onchain.requiredReserve',
    publishTransaction: 'onchain.publish',
    fundTransaction: 'funding.fund',
    signTransaction: 'funding.sign',
    releaseCoins: 'funding.release',
    listLeases: 'funding.leases',
    findNode: 'graph.findNode',
    readPolicies: 'policies.read',
    writePolicy: 'policies.write',
    listForwards: 'forwards.list',
  }
  return nested[call] ?? call
}
