import { type HttpResponse, type Outcome, PaymentNodeError } from '@payment-node/core'
import { MalformedAnswer } from './answer-fields.ts'
import type { ReadOptions } from './options.ts'
import { failed, refused } from './provider-errors.ts'
import { readRefusal, readWords } from './read-refusal.ts'

/** One question to the server. */
export interface Question<T> {
  readonly method: 'GET' | 'POST'
  /** Behind the url: `/swap/reverse`. */
  readonly path: string
  readonly body?: object
  /** Bytes of the answer. */
  readonly maximumBytes: number
  /** It changes something there: without a usable answer the outcome is unknown. */
  readonly isChange?: boolean
  /** Its body holds a secret, which the server could say back: its words are not repeated. */
  readonly isSecret?: boolean
  readonly signal?: AbortSignal | undefined
  /** Reads the answer; throws {@link MalformedAnswer}. */
  read(answer: unknown): T
}

/** One server of the API. */
export interface Server extends ReadOptions {
  /** Rejects with `swap.refused` and `swap.provider-failed`, and nothing else. */
  ask<T>(question: Question<T>): Promise<T>
}

/** Answers of the API are at most a few levels deep. */
const deepest = 32
/** Seconds to wait when a server that is asked too often does not say; and the most that it may say. */
const usualRest = 30
const longestRest = 600

/** The server behind the url; asks it nothing yet. */
export function openServer(options: ReadOptions): Server {
  const { name, url, http, clock, answerMilliseconds } = options
  let restsUntil = Number.NEGATIVE_INFINITY

  async function send<T>(question: Question<T>, lost: Outcome): Promise<HttpResponse> {
    const { method, path, body, maximumBytes, signal } = question
    try {
      return await http.request({
        method,
        purpose: 'swaps',
        url: `${url}${path}`,
        headers: {
          accept: 'application/json',
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        timeout: answerMilliseconds,
        maximumBytes,
        redirects: 0,
        ...(signal && { signal }),
      })
    } catch (error) {
      if (PaymentNodeError.is(error, 'http.refused')) {
        throw failed(name, error.details.reason, error.message, 'none', error)
      }
      if (!PaymentNodeError.is(error, 'http.failed')) {
        throw failed(name, 'broken-off', String(error), lost, error)
      }
      const { reason, outcome } = error.details
      throw failed(name, reason, error.message, outcome === 'none' ? 'none' : lost, error)
    }
  }

  return {
    ...options,
    async ask(question) {
      const lost: Outcome = question.isChange ? 'unknown' : 'none'
      const restSeconds = Math.ceil((restsUntil - clock.monotonic()) / 1000)
      if (restSeconds > 0) {
        throw refused(name, 'rate-limited', `it wants to be left alone for ${restSeconds} s`)
      }
      const response = await send(question, lost)
      const { status, headers } = response
      if (status === 429) restsUntil = clock.monotonic() + readRest(headers['retry-after']) * 1000
      const answer = readJson(response.body)
      const words = question.isSecret ? '' : readWords(answer?.value)
      if (status < 200 || status > 299) {
        const isAnswer = status >= 400 && status <= 599
        const reason = isAnswer ? readRefusal(status, readWords(answer?.value)) : undefined
        if (!reason)
          throw failed(name, `status-${status}`, `status ${status} ${words}`.trim(), lost)
        const says = words || `status ${status}`
        throw refused(name, reason, says, reason === 'hash-used' ? lost : 'none')
      }
      if (!answer) throw failed(name, 'not-json', 'it is no JSON', lost)
      try {
        return question.read(answer.value)
      } catch (error) {
        if (!(error instanceof MalformedAnswer)) throw error
        throw failed(name, 'malformed', error.message, lost, error)
      }
    },
  }
}

function readRest(retryAfter: string | undefined): number {
  const seconds = /^\d{1,9}$/.test(retryAfter ?? '') ? Number(retryAfter) : usualRest
  return Math.min(Math.max(seconds, 1), longestRest)
}

/** undefined: it is no JSON, or nested so deep that it is an attack. */
function readJson(text: string): { readonly value: unknown } | undefined {
  if (isDeep(text)) return undefined
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

function isDeep(text: string): boolean {
  let depth = 0
  let isText = false
  for (let place = 0; place < text.length; place++) {
    const token = text[place]
    if (isText) {
      if (token === '\\') place++
      else if (token === '"') isText = false
    } else if (token === '"') isText = true
    else if (token === '[' || token === '{') depth++
    else if (token === ']' || token === '}') depth--
    if (depth > deepest) return true
  }
  return false
}
