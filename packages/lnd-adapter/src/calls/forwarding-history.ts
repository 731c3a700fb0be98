import type { Forward } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { ForwardingEvent, ForwardingHistoryRequest } from '../generated/messages.ts'
import { readNumber } from '../read-number.ts'
import { integer } from '../wire-values.ts'

export const forwardingHistoryCall: Call<'/lnrpc.Lightning/ForwardingHistory'> = {
  path: '/lnrpc.Lightning/ForwardingHistory',
  uri: 'uri:/lnrpc.Lightning/ForwardingHistory',
  roles: ['readonly', 'channels'],
  effect: 'read',
  otherRefusals: 'refused',
}

/** LND's own limit. */
const largestPage = 50_000

/** A page of forwards. */
export interface ForwardsPage {
  readonly startTime: number
  readonly endTime: number
  readonly offset: number
  readonly limit: number
}

/** LND counts whole seconds and skips from the first forward of the first second. */
export async function forwardingHistory(
  connection: Connection,
  page: ForwardsPage,
  signal: AbortSignal | undefined,
): Promise<readonly Forward[]> {
  const startTime = readNumber(page.startTime, 'startTime', 0, Number.MAX_SAFE_INTEGER)
  const endTime = readNumber(page.endTime, 'endTime', 0, Number.MAX_SAFE_INTEGER)
  const offset = readNumber(page.offset, 'offset', 0, 2 ** 31)
  const limit = readNumber(page.limit, 'limit', 1, largestPage)
  if (endTime < startTime) return []
  const ask = async (request: ForwardingHistoryRequest): Promise<readonly Forward[]> => {
    const reply = await connection.unary(forwardingHistoryCall, request, { signal })
    return reply.forwarding_events.map(readForward)
  }
  const start_time = BigInt(Math.floor(startTime / 1000))
  const first = BigInt(startTime) * 1_000_000n
  const last = BigInt(endTime) * 1_000_000n
  // Those of the first second that are too early.
  const early =
    startTime % 1000 === 0
      ? []
      : await ask({ start_time, end_time: start_time + 1n, num_max_events: largestPage })
  const forwards = await ask({
    start_time,
    end_time: BigInt(Math.ceil(endTime / 1000)),
    index_offset: offset + early.filter(({ at }) => at < first).length,
    num_max_events: limit,
  })
  return forwards.filter(({ at }) => at <= last)
}

function readForward(event: ForwardingEvent): Forward {
  return {
    at: integer(event.timestamp_ns),
    channelIdIn: event.chan_id_in,
    channelIdOut: event.chan_id_out,
    amountOutMsat: integer(event.amt_out_msat),
    feeMsat: integer(event.fee_msat),
  }
}
