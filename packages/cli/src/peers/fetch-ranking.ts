import type { Network } from '@payment-node/core'
import ky from 'ky'
import { refuseRanking } from './refuse-ranking.ts'

/** mempool.space's own, for the networks that it knows. */
const defaultServers: Readonly<Partial<Record<Network, string>>> = {
  mainnet: 'https://mempool.space',
  testnet: 'https://mempool.space/testnet',
  signet: 'https://mempool.space/signet',
}

const otherwise = 'Or save the answer of another machine and give it with --file.'

/** Address of the ranking: `server` (`--url`), or mempool.space's for the network of the node. */
export function rankingUrl(server: string | undefined, network: Network): string {
  const base = server ?? defaultServers[network]
  if (base === undefined) {
    throw refuseRanking(
      { ranking: 'ranking', row: null, field: 'url', reason: 'no-server' },
      `There is no public ranking of the network ${network}.`,
      'Give the server of your own with --url, or a saved answer with --file.',
    )
  }
  const isAddress = URL.canParse(base) && /^https?:$/.test(new URL(base).protocol)
  if (!isAddress || new URL(base).username !== '') {
    throw refuseRanking(
      { ranking: '--url', row: null, field: 'url', reason: 'malformed' },
      isAddress ? 'must not contain a user name.' : 'is not like https://mempool.space.',
      'Give the address of a mempool server; /api/v1/… is added to it.',
    )
  }
  return `${base.replace(/\/+$/, '')}/api/v1/lightning/nodes/rankings/connectivity`
}

/** How long, and how much. */
export interface FetchBounds {
  /** Milliseconds for the whole answer. */
  readonly timeout: number
  /** A hundred rows have about 60,000. */
  readonly maximumBytes: number
}

const usual: FetchBounds = { timeout: 30_000, maximumBytes: 5_000_000 }

/** The text of the ranking; throws `peer-list.invalid` that says why there is none. */
export async function fetchRanking(url: string, bounds: FetchBounds = usual): Promise<string> {
  const refuse = (reason: string, says: string, advice: string, cause?: unknown) =>
    refuseRanking({ ranking: url, row: null, field: 'answer', reason }, says, advice, cause)
  const ending = AbortSignal.timeout(bounds.timeout)
  try {
    const response = await ky.get(url, {
      headers: { accept: 'application/json' },
      retry: 0,
      // The signal also covers the reading of the body.
      timeout: false,
      throwHttpErrors: false,
      signal: ending,
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw refuse(...explainStatus(response))
    }
    const text = await readAtMost(response, bounds.maximumBytes)
    if (text !== undefined) return text
    const says = `the answer has more than ${bounds.maximumBytes} bytes.`
    throw refuse('too-large', says, 'That is no ranking: check --url.')
  } catch (error) {
    if ((error as { code?: unknown }).code === 'peer-list.invalid') throw error
    if (ending.aborted) {
      const says = `no whole answer within ${bounds.timeout / 1000} seconds.`
      throw refuse('timeout', says, `Try again later. ${otherwise}`, error)
    }
    const says = `cannot be reached: ${rootOf(error)}.`
    throw refuse('unreachable', says, `Check the address and the network. ${otherwise}`, error)
  }
}

function explainStatus({ status, headers }: Response): [string, string, string] {
  if (status === 429) {
    const after = headers.get('retry-after')
    const wait = after && /^\d+$/.test(after) ? ` It asks to wait ${after} seconds.` : ''
    const advice = `Do not repeat it at once: who insists is locked out. ${otherwise}`
    return ['busy', `the server was asked too often (429).${wait}`, advice]
  }
  if (status === 503) {
    return [
      'not-ready',
      'the server is not ready (503), as while its mempool or its graph is loaded.',
      `Try again in some minutes. ${otherwise}`,
    ]
  }
  if (status === 404) {
    const says = 'there is no ranking at this address (404): perhaps its Lightning part is off.'
    return ['not-found', says, 'Check --url.']
  }
  return ['status', `the server answered with status ${status}.`, `Try again later. ${otherwise}`]
}

/** Undefined when there is more. */
async function readAtMost({ body }: Response, maximum: number): Promise<string | undefined> {
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    // Leaving the loop ends the connection.
    if (length > maximum) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** `fetch failed` says nothing; what it was caused by does. */
function rootOf(error: unknown): string {
  let root = error
  while (root instanceof Error && root.cause instanceof Error) root = root.cause
  if (root instanceof AggregateError && root.errors[0] instanceof Error) root = root.errors[0]
  return root instanceof Error ? root.message.replace(/\.$/, '') : String(root)
}
