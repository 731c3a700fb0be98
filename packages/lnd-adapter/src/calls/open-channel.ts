import { invalid, type OpenChannel } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { OpenChannelRequest } from '../generated/messages.ts'
import { readChannelPoint } from '../read-channel-point.ts'
import { readBigint, readNumber } from '../read-number.ts'
import { readOutpoint } from '../read-outpoint.ts'
import { readPublicKey } from '../read-public-key.ts'

export const openChannelCall: Call<'/lnrpc.Lightning/OpenChannelSync'> = {
  path: '/lnrpc.Lightning/OpenChannelSync',
  uri: 'uri:/lnrpc.Lightning/OpenChannelSync',
  roles: ['channels'],
  effect: 'write',
  otherRefusals: 'unknown',
  waitsForPeer: true,
}

const longestMemo = 500

export async function openChannel(
  connection: Connection,
  channel: OpenChannel,
  signal: AbortSignal | undefined,
): Promise<{ channelPoint: string }> {
  const request = toRequest(channel)
  const point = await connection.unary(openChannelCall, request, { signal })
  return { channelPoint: readChannelPoint(point) }
}

function toRequest(channel: OpenChannel): OpenChannelRequest {
  const { peer, capacitySat, satPerVbyte, outpoints, memo, isPrivate } = channel
  if (typeof memo !== 'string' || Buffer.byteLength(memo) > longestMemo) {
    throw invalid('memo', 'too-long', `must be text of at most ${longestMemo} bytes`)
  }
  if (!Array.isArray(outpoints) || outpoints.length === 0) {
    // LND would choose others at each attempt, and nothing would keep two from both succeeding.
    throw invalid('outpoints', 'missing', 'must name the inputs that fund the channel')
  }
  if (new Set(outpoints).size < outpoints.length) {
    throw invalid('outpoints', 'duplicate', 'must be different')
  }
  return {
    node_pubkey: Buffer.from(readPublicKey(peer, 'peer'), 'hex'),
    local_funding_amount: readBigint(capacitySat, 'capacitySat', 1n, 2_100_000_000_000_000n),
    sat_per_vbyte: BigInt(readNumber(satPerVbyte, 'satPerVbyte', 1, 1_000_000)),
    outpoints: outpoints.map((outpoint) => {
      const { transactionId, index } = readOutpoint(outpoint, 'outpoints')
      return { txid_str: transactionId, output_index: index }
    }),
    min_confs: 1,
    memo,
    private: isPrivate,
  }
}
