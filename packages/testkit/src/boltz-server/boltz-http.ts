import { type Clock, type Http, type Outcome, PaymentNodeError } from '@payment-node/core'
import type { BoltzAnswer } from './answer-request.ts'
import type { BoltzServer } from './create-boltz-server.ts'

/** Options of {@link boltzHttp}. */
export interface BoltzHttpOptions {
  /** Whose time deadlines are of: the network's. */
  readonly clock: Clock
  /** By the address that each is asked under, such as `https://swaps.example/v2`. */
  readonly servers: Readonly<Record<string, BoltzServer>>
}

/**
 * Core's door to the web with servers behind it, and no socket: for plugins under virtual time. Whatever is at no
 * address of a server cannot be reached.
 */
export function boltzHttp({ clock, servers }: BoltzHttpOptions): Http {
  const find = (url: string): { readonly server: BoltzServer; readonly path: string } => {
    const [address] = Object.keys(servers).filter((one) => url.startsWith(`${one}/`))
    if (address === undefined) throw failed(url, 'broken-off', 'none')
    // Servers know the API under its own prefix, wherever they are.
    return { server: servers[address]!, path: `/v2${url.slice(address.length)}` }
  }

  return {
    contractVersion: 1,
    async request({ url, method, body, timeout, maximumBytes, signal }) {
      const { server, path } = find(url)
      if (signal?.aborted) throw failed(url, 'aborted', 'none')
      const answered = server.handle({ method, path, ...(body !== undefined && { body }) })
      const answer = await withDeadline(clock, answered, timeout, signal)
      if (answer === 'deadline' || answer === 'aborted') throw failed(url, answer, 'unknown')
      if (answer.kind !== 'answer') throw failed(url, 'broken-off', 'unknown')
      if (Buffer.byteLength(answer.body) > maximumBytes) throw failed(url, 'too-large', 'unknown')
      return { status: answer.status, headers: { ...answer.headers }, body: answer.body }
    },
    async openSocket({ url, maximumBytes, onMessage, onClose, signal }) {
      const { server, path } = find(url.replace(/^ws/, 'http'))
      if (path !== '/v2/ws') throw failed(url, 'broken-off', 'none')
      let isOpen = true
      const end = (): void => {
        if (!isOpen) return
        isOpen = false
        signal?.removeEventListener('abort', end)
        subscription.end()
        onClose()
      }
      const subscription = openWebSocket(server, url, {
        message(text) {
          if (!isOpen) return
          if (Buffer.byteLength(text) > maximumBytes) end()
          else onMessage(text)
        },
        close: end,
      })
      signal?.addEventListener('abort', end, { once: true })
      return {
        send(text) {
          if (isOpen) subscription.send(text)
        },
        close: end,
      }
    },
  }
}

function openWebSocket(
  server: BoltzServer,
  url: string,
  listener: Parameters<BoltzServer['openWebSocket']>[0],
): ReturnType<BoltzServer['openWebSocket']> {
  try {
    return server.openWebSocket(listener)
  } catch (error) {
    throw failed(url, 'broken-off', 'none', error)
  }
}

/** The answer, or why nobody waits for it any more. */
async function withDeadline(
  clock: Clock,
  answered: Promise<BoltzAnswer>,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<BoltzAnswer | 'deadline' | 'aborted'> {
  const patience = new AbortController()
  const stop = (): void => patience.abort()
  signal?.addEventListener('abort', stop, { once: true })
  const over = clock
    .sleep(timeout, patience.signal)
    .then((): 'aborted' | 'deadline' => (signal?.aborted ? 'aborted' : 'deadline'))
  try {
    const answer = await Promise.race([answered, over])
    const isMissing = typeof answer === 'object' && answer.kind === 'never'
    return await (isMissing ? over : answer)
  } finally {
    signal?.removeEventListener('abort', stop)
    patience.abort()
  }
}

function failed(
  url: string,
  reason: string,
  outcome: Outcome,
  cause?: unknown,
): PaymentNodeError<'http.failed'> {
  const { host } = new URL(url)
  return new PaymentNodeError(
    'http.failed',
    `${host}: ${reason}`,
    { host, reason, outcome },
    { cause },
  )
}
