import type { ServiceError } from '@grpc/grpc-js'
import { PaymentNodeError } from '@payment-node/core'
import { isCredentialRejected, mapError } from './map-error.ts'
import type { Methods } from './messages.ts'
import type { ReadOptions } from './options.ts'
import { codecOf, type MethodPath } from './protocol.ts'
import { type Credentials, readCredentials } from './read-credentials.ts'
import { createSession, type Session } from './session.ts'

type UnaryPath = Exclude<MethodPath, '/looprpc.SwapClient/Monitor'>

/** Calls to one loopd: connects when needed, and reads rejected credentials again. */
export interface Daemon {
  readonly options: ReadOptions
  /** One call, never repeated once the daemon may have seen it. */
  call<P extends UnaryPath>(
    path: P,
    request: Methods[P]['request'],
    signal?: AbortSignal,
  ): Promise<Methods[P]['reply']>
  /** Ends by throwing, also when the daemon ends the stream; by returning when `signal` aborts. */
  stream<P extends '/looprpc.SwapClient/Monitor'>(
    path: P,
    request: Methods[P]['request'],
    signal: AbortSignal,
  ): AsyncGenerator<Methods[P]['reply'], void, undefined>
  close(): void
}

interface Connection {
  readonly session: Session
  readonly credentials: Credentials
}

const asBytes = (bytes: Buffer): Buffer => bytes

export function createDaemon(options: ReadOptions): Daemon {
  let connecting: Promise<Connection> | undefined

  const connect = (): Promise<Connection> => {
    if (connecting) return connecting
    const opening = readCredentials(options).then((credentials) => ({
      credentials,
      session: createSession(options, credentials),
    }))
    connecting = opening
    opening.catch(() => {
      if (connecting === opening) connecting = undefined
    })
    return opening
  }

  /** Whether other credentials are in use now than those that were rejected. */
  const renew = async (rejected: Connection): Promise<boolean> => {
    const { certificate, macaroon } = await readCredentials(options)
    const known = rejected.credentials
    if (known.certificate.equals(certificate) && known.macaroon.equals(macaroon)) return false
    if ((await connecting) === rejected) {
      connecting = undefined
      rejected.session.client.close()
    }
    return true
  }

  return {
    options,
    async call(path, request, signal) {
      const effect = path === '/looprpc.SwapClient/LoopOut' ? 'start' : 'read'
      for (let attempt = 1; ; attempt++) {
        const connection = await connect()
        try {
          return await once(connection.session, options, path, request, signal)
        } catch (error) {
          // The rejection comes before the daemon looks at the call, so that repeating it is safe.
          const mayRenew = attempt === 1 && isCredentialRejected(error)
          if (mayRenew && (await renew(connection).catch(() => false))) continue
          if (effect === 'read' && signal?.aborted) throw aborted()
          throw mapError(options.name, error, effect)
        }
      }
    },
    async *stream(path, request, signal) {
      const { session } = await connect()
      const codec = codecOf(path)
      const replies = session.client.makeServerStreamRequest(
        path,
        asBytes,
        codec.decode,
        codec.encode(request),
        session.metadata,
      )
      const abort = (): void => replies.cancel()
      signal.addEventListener('abort', abort, { once: true })
      if (signal.aborted) abort()
      try {
        for await (const reply of replies) yield reply as Methods[typeof path]['reply']
      } catch (error) {
        if (signal.aborted) return
        throw mapError(options.name, error, 'read')
      } finally {
        signal.removeEventListener('abort', abort)
        // Cancelled streams report it once more, to nobody.
        replies.on('error', () => undefined)
        replies.cancel()
      }
      if (!signal.aborted) throw ended(options.name)
    },
    close() {
      connecting?.then(({ session }) => session.client.close()).catch(() => undefined)
      connecting = undefined
    },
  }
}

/** Starting a swap takes the daemon a round trip to the swap server, and LND's answers. */
function deadlineOf(path: UnaryPath, { replyDeadlineMilliseconds }: ReadOptions): number {
  return replyDeadlineMilliseconds * (path === '/looprpc.SwapClient/LoopOut' ? 4 : 1)
}

function once<P extends UnaryPath>(
  { client, metadata }: Session,
  options: ReadOptions,
  path: P,
  request: Methods[P]['request'],
  signal: AbortSignal | undefined,
): Promise<Methods[P]['reply']> {
  if (signal?.aborted) return Promise.reject(aborted())
  const codec = codecOf(path)
  const bytes = codec.encode(request)
  return new Promise((resolve, reject) => {
    const running = client.makeUnaryRequest(
      path,
      asBytes,
      codec.decode,
      bytes,
      metadata,
      { deadline: Date.now() + deadlineOf(path, options) },
      (error: ServiceError | null, reply?: object) => {
        signal?.removeEventListener('abort', abort)
        if (error) reject(error)
        else resolve(reply as Methods[P]['reply'])
      },
    )
    const abort = (): void => running.cancel()
    signal?.addEventListener('abort', abort, { once: true })
  })
}

function aborted(): PaymentNodeError<'wait.aborted'> {
  return new PaymentNodeError('wait.aborted', 'The call was ended by its signal.', {})
}

function ended(provider: string): PaymentNodeError<'swap.provider-failed'> {
  return new PaymentNodeError('swap.provider-failed', 'loopd ended the stream of its swaps.', {
    provider,
    reason: 'unreachable',
    outcome: 'none',
  })
}
