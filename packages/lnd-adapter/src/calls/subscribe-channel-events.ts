import type { ChannelHint } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { ChannelEventUpdate } from '../generated/messages.ts'
import { readChannelPoint } from '../read-channel-point.ts'
import { readClosedChannel } from '../read-closed-channel.ts'
import { endedByLnd, readStream } from '../read-stream.ts'
import { transactionId } from '../wire-values.ts'

export const subscribeChannelEventsCall: Call<'/lnrpc.Lightning/SubscribeChannelEvents'> = {
  path: '/lnrpc.Lightning/SubscribeChannelEvents',
  uri: 'uri:/lnrpc.Lightning/SubscribeChannelEvents',
  roles: ['readonly', 'receive', 'pay', 'channels'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function* subscribeChannelEvents(
  connection: Connection,
  signal: AbortSignal,
): AsyncGenerator<ChannelHint, void, undefined> {
  const batches = readStream(
    connection,
    subscribeChannelEventsCall,
    {},
    {
      signal,
      beside: 'streams',
      saysSubscribed: true,
      // Several per payment since 0.21; and kinds that a newer LND may add.
      skips: ({ type }) => type === 'CHANNEL_UPDATE' || typeof type === 'number',
    },
  )
  let isFirst = true
  for await (const batch of batches) {
    if (isFirst) yield { kind: 'subscribed' }
    isFirst = false
    yield* mergeHints(batch)
  }
  if (!signal.aborted) throw endedByLnd(subscribeChannelEventsCall)
}

/** One `changed` per channel: a reader that lags reads the lists once. Closes are all kept. */
function* mergeHints(batch: readonly ChannelEventUpdate[]): Generator<ChannelHint> {
  const changed = new Set<string>()
  for (const event of batch) {
    if (event.closed_channel) {
      yield { kind: 'closed', channel: readClosedChannel(event.closed_channel) }
    } else {
      changed.add(channelPointOf(event) ?? '')
    }
  }
  for (const channelPoint of changed) {
    yield channelPoint === '' ? { kind: 'changed' } : { kind: 'changed', channelPoint }
  }
}

function channelPointOf(event: ChannelEventUpdate): string | undefined {
  if (event.open_channel) return event.open_channel.channel_point
  if (event.pending_open_channel) {
    const { txid, output_index } = event.pending_open_channel
    return `${transactionId(txid)}:${output_index}`
  }
  const point =
    event.active_channel ??
    event.inactive_channel ??
    event.fully_resolved_channel ??
    event.channel_funding_timeout
  return point && readChannelPoint(point)
}
