import {
  type CloseChannel,
  invalid,
  PaymentNodeError,
  type PendingChannel,
} from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { unavailable } from '../error-meanings/unavailable.ts'
import type { CloseChannelRequest, CloseStatusUpdate } from '../generated/messages.ts'
import { readNumber } from '../read-number.ts'
import { readChannelPointRequest } from '../read-outpoint.ts'
import { readStream } from '../read-stream.ts'
import { transactionId } from '../wire-values.ts'
import { pendingChannels } from './pending-channels.ts'

export const closeChannelCall: Call<'/lnrpc.Lightning/CloseChannel'> = {
  path: '/lnrpc.Lightning/CloseChannel',
  uri: 'uri:/lnrpc.Lightning/CloseChannel',
  roles: ['channels'],
  effect: 'write',
  otherRefusals: 'unknown',
  waitsForPeer: true,
}

interface Closing {
  closingTransaction?: string
}

/** LND's stream goes on until the close confirms; leaving it does not stop the close. */
export async function closeChannel(
  connection: Connection,
  channel: CloseChannel,
  signal: AbortSignal | undefined,
): Promise<Closing> {
  const request = toRequest(channel)
  try {
    return await firstUpdate(connection, request, signal)
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.refused')) throw error
    // What LND says of a channel that is not simply open depends on how far it is; the list does not.
    const pending = await findPending(connection, channel.channelPoint, signal)
    if (!pending) throw error
    if (pending.state === 'opening') throw stillOpening(error)
    const { closingTransaction } = pending
    return closingTransaction === undefined ? {} : { closingTransaction }
  }
}

function toRequest({ channelPoint, isForce, satPerVbyte }: CloseChannel): CloseChannelRequest {
  if (isForce && satPerVbyte !== undefined) {
    throw invalid('satPerVbyte', 'not-allowed', 'a force close has the fee of its commitment')
  }
  return {
    channel_point: readChannelPointRequest(channelPoint),
    force: isForce,
    ...(satPerVbyte === undefined
      ? {}
      : { sat_per_vbyte: BigInt(readNumber(satPerVbyte, 'satPerVbyte', 1, 1_000_000)) }),
  }
}

async function firstUpdate(
  connection: Connection,
  request: CloseChannelRequest,
  signal: AbortSignal | undefined,
): Promise<Closing> {
  const deadline = AbortSignal.timeout(connection.options.peerDeadlineMilliseconds)
  const updates = readStream(connection, closeChannelCall, request, {
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    beside: 'calls',
  })
  for await (const [update] of updates) {
    if (update) return readUpdate(update)
  }
  throw unavailable(
    deadline.aborted ? 'deadline' : 'unreachable',
    'unknown',
    'LND said nothing about the close; it may go on.',
  )
}

function readUpdate({ close_pending, chan_close }: CloseStatusUpdate): Closing {
  const bytes = close_pending?.txid ?? chan_close?.closing_txid
  return bytes ? { closingTransaction: transactionId(bytes) } : {}
}

async function findPending(
  connection: Connection,
  channelPoint: string,
  signal: AbortSignal | undefined,
): Promise<PendingChannel | undefined> {
  const pending = await pendingChannels(connection, signal)
  return pending.find((one) => one.channelPoint === channelPoint)
}

/** LND says that the peer is offline. */
function stillOpening(cause: PaymentNodeError<'node.refused'>): PaymentNodeError<'node.refused'> {
  return new PaymentNodeError(
    'node.refused',
    `The channel is still opening: ${cause.message}`,
    { call: closeChannelCall.path, reason: 'channel-state' },
    { advice: 'Wait until it is open.', cause },
  )
}
