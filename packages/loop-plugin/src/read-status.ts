import type { DelegatedFailure, DelegatedSwap } from '@payment-node/core'
import type { SwapStatus } from './messages.ts'
import { readSat } from './read-sat.ts'

type Judged = Pick<DelegatedSwap, 'state' | 'failure'>

const states: Readonly<Record<string, Judged>> = {
  INITIATED: { state: 'accepted' },
  PREIMAGE_REVEALED: { state: 'running' },
  SUCCESS: { state: 'completed' },
}

/** Reasons of loops in are none of these: a loop out that has one is not understood. */
const failures: Readonly<Record<string, DelegatedFailure>> = {
  FAILURE_REASON_OFFCHAIN: 'off-chain',
  FAILURE_REASON_TIMEOUT: 'timeout',
  FAILURE_REASON_SWEEP_TIMEOUT: 'sweep-timeout',
  FAILURE_REASON_INSUFFICIENT_VALUE: 'insufficient-value',
  FAILURE_REASON_TEMPORARY: 'temporary',
  FAILURE_REASON_ABANDONED: 'abandoned',
}

/**
 * A loop out as the port reports it; undefined for other kinds and for swaps without a label, which are not
 * ours. What cannot be understood has not ended: it needs the operator.
 */
export function readStatus(status: SwapStatus): DelegatedSwap | undefined {
  if (status.type !== 'LOOP_OUT' || status.label === '') return undefined
  const [amountSat, serverSat, minerSat, routingSat] = [
    readSat(status.amt),
    readSat(status.cost_server),
    readSat(status.cost_onchain),
    readSat(status.cost_offchain),
  ]
  const isWhole =
    amountSat !== undefined &&
    serverSat !== undefined &&
    minerSat !== undefined &&
    routingSat !== undefined &&
    status.id_bytes.length === 32
  const judged: Judged = isWhole
    ? judge(status)
    : { state: 'needs-operator', failure: 'bad-answer' }
  const isFailed = judged.state === 'failed'
  return {
    label: status.label,
    providerId: Buffer.from(status.id_bytes).toString('hex'),
    ...judged,
    amountSat: amountSat ?? 0n,
    serviceSat: isFailed ? 0n : (serverSat ?? 0n),
    minerSat: minerSat ?? 0n,
    routingSat: routingSat ?? 0n,
    prepayLostSat: isFailed ? (serverSat ?? 0n) : 0n,
  }
}

function judge({ state, failure_reason: reason }: SwapStatus): Judged {
  if (state === 'FAILED') {
    const failure = Object.hasOwn(failures, reason) ? failures[reason]! : 'unknown'
    const isOver = failure !== 'temporary' && failure !== 'unknown'
    return { state: isOver ? 'failed' : 'needs-operator', failure }
  }
  const isFine = reason === 'FAILURE_REASON_NONE' && Object.hasOwn(states, state)
  return isFine ? states[state]! : { state: 'needs-operator', failure: 'unknown' }
}
