import { status } from '@grpc/grpc-js'
import type { LoopFault } from './faults.ts'

/** An error as loopd sends it: nearly all have gRPC's code "unknown". */
export interface Refusal {
  readonly code: number
  readonly details: string
}

export function refuse(details: string, code: number = status.UNKNOWN): Refusal {
  return { code, details }
}

/** What the daemon's swap server asks for. */
export interface LoopTerms {
  minimumSat: bigint
  maximumSat: bigint
  /** With the prepayment in it. */
  feeSat: bigint
  prepaySat: bigint
  /** For sweeping, at the feerate of now. */
  minerSat: bigint
  network: string
}

type Request = Readonly<Record<string, unknown>>

/** What loopd and its swap server check before a swap is stored, in loopd's words. */
export function judgeLoopOut(
  request: Request,
  terms: LoopTerms,
  has: (fault: LoopFault) => boolean,
): Refusal | undefined {
  const amount = (name: string): bigint => BigInt(String(request[name]))
  const label = String(request.label)
  if (label.length > 500) return refuse('label exceeds maximum length')
  if (label.startsWith('[reserved]')) return refuse('label contains reserved prefix')
  if (has('balance-too-low')) {
    return refuse(
      `channel balance too low for loop out amount: Requested swap amount of ${amount('amt')} sats along with the maximum routing fee is more than what can be routed`,
    )
  }
  if (has('payment-required')) return refuse('cannot initiate swap: payment required')
  if (has('suspended')) {
    return refuse('cannot initiate swap: rpc error: code = Unknown desc = swaps are paused')
  }
  if (has('server-unreachable')) {
    return refuse(
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing"',
    )
  }
  if (has('server-timeout')) {
    return refuse('cannot initiate swap: rpc error: context deadline exceeded')
  }
  const most = has('limits-lowered') ? terms.minimumSat : terms.maximumSat
  if (amount('amt') < terms.minimumSat) return refuse('swap amount too low')
  if (amount('amt') > most) return refuse('swap amount too high')
  const feeSat = terms.feeSat + (has('fee-raised') ? 1n : 0n)
  const prepaySat = terms.prepaySat + (has('prepay-raised') ? 1n : 0n)
  if (feeSat > amount('max_swap_fee')) return refuse('swap fee too high')
  if (prepaySat > amount('max_prepay_amt')) return refuse('prepay amount too high')
  return undefined
}
