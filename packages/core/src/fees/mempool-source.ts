import { invalid } from '../errors.ts'
import { createHttp } from '../http/create-http.ts'
import { failedRequest } from '../http/http-errors.ts'
import { type HttpOptions, readHttpOptions } from '../http/http-options.ts'
import type { FeeEstimate, FeeSource } from '../ports/fee-source.ts'
import type { Http } from '../ports/http.ts'
import { readInteger, readObject, readText } from '../read-input.ts'
import { systemClock } from '../system-clock.ts'

/** Where a mempool.space API is. */
export interface MempoolSpaceOptions {
  /** Up to and with `/api`: `https://mempool.space/api`, `https://mempool.space/testnet4/api`, or your own. */
  readonly url: string
  /** As the option `http` of a node: a server of your own in a private network needs an exception. */
  readonly http?: HttpOptions | Http
}

/** Above it a feerate is taken for a mistake; the highest that blocks ever asked was about 2,000 sat/vB. */
const highestFeerate = 10_000
const timeout = 10_000
const maximumBytes = 4_000_000
const mostRows = 20_000
const dayMilliseconds = 86_400_000
/** Clocks of miners may be ahead by so much (consensus), in milliseconds. */
const aheadMilliseconds = 2 * 3_600_000

/** Periods that the API knows, with their days. */
const periods = [
  ['24h', 1],
  ['3d', 3],
  ['1w', 7],
  ['1m', 30],
  ['3m', 90],
] as const

/**
 * Feerates of a mempool.space API. The estimate for 1 or 2 blocks is its `fastestFee`, up to 5
 * `halfHourFee`, up to 143 `hourFee`, then `economyFee`. The history is what a tenth of each block's
 * transactions paid less than: about what was enough. What cannot be a feerate rejects with
 * `http.failed`, as does everything else that is no usable answer. Throws `input.invalid`.
 *
 * @example
 * ```ts
 * import { mempoolSpace } from '@payment-node/core'
 *
 * export const fees = { source: mempoolSpace({ url: 'https://mempool.space/api' }) }
 * ```
 */
export function mempoolSpace(options: MempoolSpaceOptions): FeeSource {
  const { url, http: settings } = readObject(options, 'mempoolSpace', ['url', 'http'])
  const base = readBase(url)
  const http = createHttp(readHttpOptions(settings))

  async function ask(path: string, signal: AbortSignal | undefined): Promise<unknown> {
    const { status, body } = await http.request({
      method: 'GET',
      purpose: 'fees',
      url: `${base.href}/${path}`,
      headers: { accept: 'application/json' },
      timeout,
      maximumBytes,
      redirects: 3,
      ...(signal && { signal }),
    })
    if (status !== 200) throw useless('status', `it answers with status ${status}`)
    try {
      return JSON.parse(body)
    } catch (error) {
      throw useless('malformed', 'it answers with something that is no JSON', error)
    }
  }

  function useless(reason: string, says: string, cause?: unknown): Error {
    return failedRequest(base.host, reason, says, 'unknown', cause)
  }

  function readFeerate(value: unknown, name: string, least: number): number {
    if (typeof value === 'number' && value >= least && value <= highestFeerate) return value
    throw useless('absurd', `${name} is ${describe(value)}, which is no feerate`)
  }

  function readRow(value: unknown, now: number): FeeEstimate {
    const { timestamp, avgFee_10 } = (value ?? {}) as Record<string, unknown>
    const at = Number.isSafeInteger(timestamp) ? (timestamp as number) * 1000 : Number.NaN
    if (!(at > 0 && at <= now + aheadMilliseconds)) {
      throw useless('absurd', `a block is said to be of ${describe(timestamp)}`)
    }
    // Whole numbers, rounded: 0 is less than 1, which no transaction of ours pays less than.
    return { at, satPerVbyte: Math.max(1, readFeerate(avgFee_10, 'avgFee_10', 0)) }
  }

  return {
    contractVersion: 1,
    name: `mempool.space API at ${base.host}`,
    async feerate(blocks, signal) {
      const name = tierOf(readInteger(blocks, 'blocks', { minimum: 1, maximum: 1008 }))
      const answer = (await ask('v1/fees/recommended', signal)) as Record<string, unknown> | null
      const satPerVbyte = readFeerate(answer?.[name], name, Number.MIN_VALUE)
      return { at: systemClock.now(), satPerVbyte }
    },
    async history(since, signal) {
      const now = systemClock.now()
      const days = (now - since) / dayMilliseconds
      const [period] = periods.find(([, covered]) => days <= covered) ?? periods.at(-1)!
      const answer = await ask(`v1/mining/blocks/fee-rates/${period}`, signal)
      if (!Array.isArray(answer) || answer.length > mostRows) {
        throw useless('malformed', 'it answers with something that is no list of blocks')
      }
      return answer
        .map((row) => readRow(row, now))
        .filter(({ at }) => at > since)
        .sort((one, other) => one.at - other.at)
    },
  }
}

function tierOf(blocks: number): 'fastestFee' | 'halfHourFee' | 'hourFee' | 'economyFee' {
  if (blocks <= 2) return 'fastestFee'
  if (blocks <= 5) return 'halfHourFee'
  return blocks < 144 ? 'hourFee' : 'economyFee'
}

/** The address without the slash at its end; whether it may be asked is the guard's decision. */
function readBase(value: unknown): { href: string; host: string } {
  const text = readText(value, 'mempoolSpace.url', { maximum: 2000 })
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url && /^https?:$/.test(url.protocol) && !url.search && !url.hash
  if (!isPlain || url.username || url.password) {
    throw invalid('mempoolSpace.url', 'malformed', 'expected the address of the API, https://…/api')
  }
  return { href: url.href.replace(/\/+$/, ''), host: url.host }
}

/** Short, and safe in a message. */
function describe(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 40)
}
