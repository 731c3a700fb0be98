import type { TransactionFunding } from '@payment-node/core'
import { callNode, type NodeRequest } from './call-node.ts'
import { checkCoins, checkFunding, checkLockId, checkPsbt } from './check-funding.ts'
import { listLeases, releaseLeases } from './coin-leases.ts'
import type { NodeCall } from './faults.ts'
import { fundTransaction } from './fund-transaction.ts'
import type { NodeState } from './node-state.ts'
import { signTransaction } from './sign-transaction.ts'
import type { Simulation } from './simulation.ts'

const changing: ReadonlySet<NodeCall> = new Set<NodeCall>(['fundTransaction', 'releaseCoins'])

/** Makes transactions from the wallet's coins, as LND does. */
export function createFundingCalls(simulation: Simulation, node: NodeState): TransactionFunding {
  const request = (
    call: NodeCall,
    parameters: unknown[],
    signal: AbortSignal | undefined,
    check?: () => void,
  ): NodeRequest => ({
    simulation,
    node,
    call,
    parameters,
    isChange: changing.has(call),
    signal,
    ...(check && { check }),
  })
  return {
    fund: (funding, signal) =>
      callNode(
        request('fundTransaction', [funding], signal, () => checkFunding(funding)),
        () => fundTransaction(simulation, node, funding),
      ),
    sign: (psbt, signal) =>
      callNode(
        request('signTransaction', [psbt], signal, () => checkPsbt(psbt)),
        () => signTransaction(simulation, node, psbt),
      ),
    release(lockId, outpoints, signal) {
      const check = (): void => {
        checkLockId(lockId)
        checkCoins(outpoints, 'outpoints')
      }
      return callNode(request('releaseCoins', [lockId, outpoints], signal, check), () =>
        releaseLeases(simulation, node, Buffer.from(lockId).toString('hex'), outpoints),
      )
    },
    leases: (signal) =>
      callNode(request('listLeases', [], signal), () => listLeases(simulation, node)),
  }
}
