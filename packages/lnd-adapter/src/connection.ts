import type { ClientReadableStream } from '@grpc/grpc-js'
import type { Call, ReplyOf, RequestOf, StreamPath, UnaryPath } from './call.ts'
import { asBytes, type CallContext, callOnce } from './call-once.ts'
import { isCredentialRejected, mapError, waitAborted } from './map-error.ts'
import type { ReadOptions } from './options.ts'
import { codecOf } from './protocol.ts'
import { type Credentials, readCredentials } from './read-credentials.ts'
import { createSession, retireSession, type Session } from './session.ts'

/** Calls to one LND: connects when needed and re-reads rejected credentials. */
export interface Connection {
  readonly options: ReadOptions
  /** Throws the library's error; anything else is a defect. */
  unary<P extends UnaryPath>(
    call: Call<P>,
    request: RequestOf<P>,
    context?: CallContext,
  ): Promise<ReplyOf<P>>
  /** The open stream; its `error` events are gRPC's, see {@link readStream}. */
  stream<P extends StreamPath>(
    call: Call<P>,
    request: RequestOf<P>,
    beside: 'calls' | 'streams',
  ): Promise<LndStream<P>>
  /** The credentials in use, read when there are none yet. */
  credentials(): Promise<Credentials>
  close(): void
}

export interface LndStream<P extends StreamPath = StreamPath> {
  readonly replies: ClientReadableStream<ReplyOf<P>>
  /** Whether opening it again with other credentials can help; resolves when they are in use. */
  renew(error: unknown): Promise<boolean>
}

export function connect(options: ReadOptions): Connection {
  let session: Promise<Session> | undefined
  let renewing: Promise<boolean> | undefined
  const streams = new Set<ClientReadableStream<object>>()

  const current = (): Promise<Session> => {
    if (session) return session
    const opening = readCredentials(options).then((found) => createSession(options, found))
    session = opening
    opening.catch(() => {
      if (session === opening) session = undefined
    })
    return opening
  }

  /** True when other credentials are in use now than those of `rejected`. */
  const renew = async (rejected: Session): Promise<boolean> => {
    const used = session
    if (!used || (await used.catch(() => undefined)) !== rejected) return true
    // A burst of rejected calls asks a secret store once.
    renewing ??= replace(rejected, used).finally(() => {
      renewing = undefined
    })
    return renewing
  }

  const replace = async (rejected: Session, used: Promise<Session>): Promise<boolean> => {
    const found = await readCredentials(options)
    if (isSame(found, rejected.credentials)) return false
    // Closed in the meantime: the next call reads them again.
    if (session !== used) return true
    session = Promise.resolve(createSession(options, found))
    retireSession(rejected)
    return true
  }

  const deadlineOf = ({ waitsForPeer }: Call): number =>
    waitsForPeer ? options.peerDeadlineMilliseconds : options.replyDeadlineMilliseconds

  return {
    options,
    async unary(call, request, context = {}) {
      for (let attempt = 1; ; attempt++) {
        const open = await current()
        try {
          return await callOnce(open, call, request, context, deadlineOf(call))
        } catch (error) {
          // Both rejections come before LND looks at the call, so repeating it is safe.
          const mayRenew = attempt === 1 && isCredentialRejected(error)
          if (mayRenew && (await renewOrKeep(renew, open))) continue
          if (context.signal?.aborted && call.effect === 'read') throw waitAborted()
          throw mapError(error, call, context.subject)
        }
      }
    },
    async stream(call, request, beside) {
      const open = await current()
      const codec = codecOf(call.path)
      const replies = open[beside].makeServerStreamRequest(
        call.path,
        asBytes,
        codec.decode as (bytes: Buffer) => ReplyOf<typeof call.path>,
        codec.encode(request),
        open.metadata,
      )
      // Whoever reads the stream sees its error; without any listener it would end the process.
      replies.on('error', () => {})
      streams.add(replies)
      // Unlike `end`, it comes however the call ends and whether or not somebody reads.
      replies.once('status', () => streams.delete(replies))
      return {
        replies,
        renew: async (error) => isCredentialRejected(error) && (await renewOrKeep(renew, open)),
      }
    },
    async credentials() {
      return (await current()).credentials
    },
    close() {
      const closing = session
      session = undefined
      for (const stream of streams) stream.cancel()
      closing?.then(retireSession, () => {})
    },
  }
}

/** A credential that cannot be read again leaves the rejection as the error to report. */
function renewOrKeep(
  renew: (rejected: Session) => Promise<boolean>,
  open: Session,
): Promise<boolean> {
  return renew(open).catch(() => false)
}

function isSame(one: Credentials, other: Credentials): boolean {
  return one.certificate.equals(other.certificate) && one.macaroon.equals(other.macaroon)
}
