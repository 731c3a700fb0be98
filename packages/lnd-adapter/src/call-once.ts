import type { ServiceError } from '@grpc/grpc-js'
import type { Call, ReplyOf, RequestOf, UnaryPath } from './call.ts'
import type { Subject } from './error-meanings/meaning.ts'
import { waitAborted } from './map-error.ts'
import { codecOf } from './protocol.ts'
import type { Session } from './session.ts'

/** What every call needs besides its request. */
export interface CallContext {
  readonly signal?: AbortSignal | undefined
  /** What the call is about, for its errors. */
  readonly subject?: Subject
  /** Uses the streams' connection, so that an answer says that connection lives. */
  readonly besideStreams?: boolean
}

/** Requests are encoded before the call, so that a wrong one throws instead of failing inside gRPC. */
export const asBytes = (bytes: Buffer): Buffer => bytes

/** One unary call, without repetition; rejects with gRPC's own error. */
export function callOnce<P extends UnaryPath>(
  session: Session,
  call: Call<P>,
  request: RequestOf<P>,
  { signal, besideStreams }: CallContext,
  deadlineMilliseconds: number,
): Promise<ReplyOf<P>> {
  if (signal?.aborted) return Promise.reject(waitAborted())
  const codec = codecOf(call.path)
  const bytes = codec.encode(request)
  const client = besideStreams ? session.streams : session.calls
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + deadlineMilliseconds
    const running = client.makeUnaryRequest(
      call.path,
      asBytes,
      codec.decode,
      bytes,
      session.metadata,
      { deadline },
      (error: ServiceError | null, reply?: object) => {
        signal?.removeEventListener('abort', abort)
        if (error) reject(error)
        else resolve(reply as ReplyOf<P>)
      },
    )
    const abort = (): void => running.cancel()
    signal?.addEventListener('abort', abort, { once: true })
  })
}
