import { invalid } from '@payment-node/core'
import type { Call, ReplyOf, RequestOf } from './call.ts'
import type { Connection } from './connection.ts'
import { readNumber } from './read-number.ts'
import { readStream } from './read-stream.ts'

type ChainPath =
  | '/chainrpc.ChainNotifier/RegisterConfirmationsNtfn'
  | '/chainrpc.ChainNotifier/RegisterSpendNtfn'

/** What LND tells of an output, or that a reorganization took it back. */
export type ChainEvent<T> = T | { readonly kind: 'reorganized' }

/**
 * The events of one registration. After a reorganization it is registered again, which tells how things are
 * then: LND keeps the two kinds of events in two queues, and may send them in the wrong order. LND ends the
 * stream when what happened is too deep to be undone.
 */
export async function* watchChain<P extends ChainPath, T>(
  connection: Connection,
  call: Call<P>,
  request: RequestOf<P>,
  signal: AbortSignal,
  read: (event: ReplyOf<P>) => T | undefined,
): AsyncGenerator<ChainEvent<T>, void, undefined> {
  for (let isChanged = true; isChanged && !signal.aborted; ) {
    isChanged = false
    for await (const batch of readStream(connection, call, request, {
      signal,
      beside: 'streams',
    })) {
      for (const event of batch) {
        const happened = read(event)
        isChanged = happened === undefined
        yield happened ?? { kind: 'reorganized' }
        if (isChanged) break
      }
      if (isChanged) break
    }
  }
}

/** Bytes of an output script from hex; throws `input.invalid`. */
export function readScript(script: string): Uint8Array {
  if (typeof script !== 'string' || !/^([0-9a-f]{2}){1,10000}$/.test(script)) {
    throw invalid('script', 'malformed', 'must be the bytes of an output script in lower-case hex')
  }
  return Buffer.from(script, 'hex')
}

/** LND takes no 0. */
export function readHeightHint(fromHeight: number): number {
  return Math.max(1, readNumber(fromHeight, 'fromHeight', 0, 2 ** 31 - 1))
}
