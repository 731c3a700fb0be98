import { invalid } from '@payment-node/core'

/** An outpoint from `txid:index`; throws `input.invalid` that names the field. */
export function readOutpoint(
  outpoint: string,
  field: string,
): { transactionId: string; index: number } {
  const parts = typeof outpoint === 'string' ? /^([0-9a-f]{64}):(\d{1,10})$/.exec(outpoint) : null
  const index = Number(parts?.[2])
  if (!parts || index >= 2 ** 32) {
    throw invalid(field, 'malformed', 'must be a transaction id and an output: <64 hex>:<index>')
  }
  return { transactionId: parts[1]!, index }
}

/** The same as LND takes a coin. */
export function toOutpoint({ transactionId, index }: ReturnType<typeof readOutpoint>): {
  txid_str: string
  output_index: number
} {
  return { txid_str: transactionId, output_index: index }
}

/** The same as LND takes a channel. */
export function readChannelPointRequest(channelPoint: string): {
  funding_txid_str: string
  output_index: number
} {
  const { transactionId, index } = readOutpoint(channelPoint, 'channelPoint')
  return { funding_txid_str: transactionId, output_index: index }
}
