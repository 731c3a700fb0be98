import type { ChannelPoint } from './generated/messages.ts'
import { transactionId } from './wire-values.ts'

/** `txid:index`, as people write it. */
export function readChannelPoint(point: ChannelPoint): string {
  const id = point.funding_txid_bytes
    ? transactionId(point.funding_txid_bytes)
    : (point.funding_txid_str ?? '')
  return `${id}:${point.output_index}`
}
