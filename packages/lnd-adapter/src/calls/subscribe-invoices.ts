import type { NodeInvoice } from '@payment-node/core'
import { invalid } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readInvoice } from '../read-invoice.ts'
import { endedByLnd, readStream } from '../read-stream.ts'

export const subscribeInvoicesCall: Call<'/lnrpc.Lightning/SubscribeInvoices'> = {
  path: '/lnrpc.Lightning/SubscribeInvoices',
  uri: 'uri:/lnrpc.Lightning/SubscribeInvoices',
  roles: ['readonly', 'receive'],
  effect: 'read',
  otherRefusals: 'refused',
}

/**
 * Settlements only. LND's add index stays 0: what was added is known to whom added it, and LND can
 * skip an entry after an add index whose invoice was deleted.
 */
export async function* subscribeSettlements(
  connection: Connection,
  after: { afterSettleIndex: bigint },
  signal: AbortSignal,
): AsyncGenerator<readonly NodeInvoice[], void, undefined> {
  const { afterSettleIndex } = after
  if (typeof afterSettleIndex !== 'bigint' || afterSettleIndex < 0n) {
    throw invalid('afterSettleIndex', 'out-of-range', 'must be a bigint, 0n or more')
  }
  const batches = readStream(
    connection,
    subscribeInvoicesCall,
    { settle_index: afterSettleIndex },
    {
      signal,
      beside: 'streams',
      saysSubscribed: true,
      skips: (invoice) => invoice.state !== 'SETTLED',
    },
  )
  for await (const batch of batches) yield batch.map(readInvoice)
  if (!signal.aborted) throw endedByLnd(subscribeInvoicesCall)
}
