import { createHash, randomBytes } from 'node:crypto'
import type { LoopFault } from './faults.ts'
import { failureReasons, swapStates } from './looprpc.ts'

/** A swap of the fake daemon; change it with {@link LoopServer.advance}. Amounts in satoshi. */
export interface LoopSwap {
  /** The payment hash of the swap's main payment, hex. */
  readonly id: string
  readonly label: string
  readonly amountSat: bigint
  readonly destination: string
  readonly request: Readonly<Record<string, unknown>>
  /** 0 loop out, 1 loop in. */
  readonly type: number
  state: keyof typeof swapStates
  failure: keyof typeof failureReasons
  serverSat: bigint
  onchainSat: bigint
  offchainSat: bigint
  /** In which order it last changed. */
  changed: number
  isListed: boolean
}

/** A swap as LoopOut makes it. */
export function newSwap(request: Readonly<Record<string, unknown>>): LoopSwap {
  return {
    id: createHash('sha256').update(randomBytes(32)).digest('hex'),
    label: String(request.label),
    amountSat: BigInt(String(request.amt)),
    destination: String(request.dest),
    request,
    type: 0,
    state: 'INITIATED',
    failure: 'NONE',
    serverSat: 0n,
    onchainSat: 0n,
    offchainSat: 0n,
    changed: 0,
    isListed: true,
  }
}

/** What the daemon sends of it. */
export function statusOf(swap: LoopSwap, has: (fault: LoopFault) => boolean): object {
  const cost = (sat: bigint): string => {
    if (has('negative-cost')) return '-1'
    return has('huge-cost') ? '9223372036854775807' : String(sat)
  }
  const state = swapStates[swap.state]
  const isFailed = swap.state === 'FAILED'
  return {
    amt: String(has('wrong-amount') ? swap.amountSat + 1n : swap.amountSat),
    id: swap.id,
    id_bytes: Buffer.from(swap.id, 'hex').subarray(0, has('short-id') ? 20 : 32),
    type: swap.type,
    state: has('unknown-state') ? 99 : has('loop-in-state') ? swapStates.HTLC_PUBLISHED : state,
    failure_reason: isFailed && has('unknown-failure') ? 99 : failureReasons[swap.failure],
    initiation_time: '1700000000000000000',
    last_update_time: String(1_700_000_000_000_000_000n + BigInt(swap.changed)),
    cost_server: cost(swap.serverSat),
    cost_onchain: cost(swap.onchainSat),
    cost_offchain: cost(swap.offchainSat),
    label: swap.label,
  }
}
