import { PaymentNodeError, type RoutingPolicy } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { FailedUpdate } from '../generated/messages.ts'
import { readBigint, readNumber } from '../read-number.ts'
import { readChannelPointRequest } from '../read-outpoint.ts'

export const updateChannelPolicyCall: Call<'/lnrpc.Lightning/UpdateChannelPolicy'> = {
  path: '/lnrpc.Lightning/UpdateChannelPolicy',
  uri: 'uri:/lnrpc.Lightning/UpdateChannelPolicy',
  roles: ['channels'],
  effect: 'write',
  otherRefusals: 'unknown',
}

const largestFee = 2 ** 32 - 1

/** Sends every value: LND takes what is not set for zero. */
export async function updateChannelPolicy(
  connection: Connection,
  policy: RoutingPolicy,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { channelPoint, baseFeeMsat, feeRatePpm, timeLockDeltaBlocks } = policy
  const request = {
    chan_point: readChannelPointRequest(channelPoint),
    base_fee_msat: readBigint(baseFeeMsat, 'baseFeeMsat', 0n, BigInt(largestFee)),
    fee_rate_ppm: readNumber(feeRatePpm, 'feeRatePpm', 0, largestFee),
    time_lock_delta: readNumber(timeLockDeltaBlocks, 'timeLockDeltaBlocks', 1, 65_535),
  }
  const reply = await connection.unary(updateChannelPolicyCall, request, { signal })
  const [failed] = reply.failed_updates
  if (failed) throw refusal(channelPoint, failed)
}

function refusal(channelPoint: string, failed: FailedUpdate): PaymentNodeError<'node.refused'> {
  return new PaymentNodeError(
    'node.refused',
    `LND did not change the policy of ${channelPoint}: ${failed.update_error || failed.reason}.`,
    { call: updateChannelPolicyCall.path, reason: readReason(failed) },
  )
}

function readReason({ reason }: FailedUpdate): string {
  if (reason === 'UPDATE_FAILURE_NOT_FOUND') return 'channel-not-found'
  return reason === 'UPDATE_FAILURE_PENDING' ? 'channel-state' : 'other'
}
