import {
  type Clock,
  type Http,
  type HttpOptions,
  openHttp,
  PaymentNodeError,
  systemClock,
} from '@payment-node/core'

/** What {@link boltz} takes. */
export interface BoltzOptions {
  /**
   * Where the API of the operator begins, with its version: `https://swaps.example/v2`. Every swap stays with the
   * url that it was created on; there is no default.
   */
  readonly url: string
  /** For people and for the books, one per operator. Default: the host of `url`. */
  readonly name?: string
  /**
   * Exceptions from "public addresses, over https", for a server of your own; or another door to the web as a
   * whole, as in simulations. Default: none.
   */
  readonly http?: HttpOptions | Http
  /** Milliseconds for an answer; default 20000. */
  readonly answerMilliseconds?: number
  /** Time, for simulations. Default: real. */
  readonly clock?: Clock
}

/** Options after validation. */
export interface ReadOptions {
  /** Without a slash at its end. */
  readonly url: string
  readonly name: string
  readonly http: Http
  readonly answerMilliseconds: number
  readonly clock: Clock
}

/** Throws `options.invalid` that names the field. Asks nobody. */
export function readOptions(options: BoltzOptions): ReadOptions {
  if (typeof options !== 'object' || options === null) throw refuse('options', 'expected an object')
  const url = readUrl(options.url)
  const { name = url.host.replaceAll(/[^\w.-]/g, '-'), answerMilliseconds = 20_000 } = options
  if (typeof name !== 'string' || !/^[\w.-]{1,64}$/.test(name)) {
    throw refuse('name', 'expected 1 to 64 letters, digits, dots, dashes')
  }
  if (!Number.isInteger(answerMilliseconds) || answerMilliseconds < 1) {
    throw refuse('answerMilliseconds', 'expected a whole number of milliseconds above zero')
  }
  return {
    url: url.href.replace(/\/+$/, ''),
    name,
    http: readHttp(options.http),
    answerMilliseconds,
    clock: options.clock ?? systemClock,
  }
}

function readUrl(text: unknown): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
  if (!url) throw refuse('url', 'expected a URL like https://swaps.example/v2')
  // Whether a host may be asked without TLS is for the door to say, at each request.
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('url', 'expected https')
  if (url.username || url.password) throw refuse('url', 'must hold no user name and no password')
  if (url.search || url.hash) throw refuse('url', 'must end with its path')
  return url
}

function readHttp(http: BoltzOptions['http']): Http {
  try {
    return openHttp(http)
  } catch (error) {
    if (!PaymentNodeError.is(error, 'input.invalid')) throw error
    throw refuse(error.details.field, error.message)
  }
}

function refuse(field: string, reason: string): PaymentNodeError<'options.invalid'> {
  const says = `boltz(): ${field}: ${reason}.`
  return new PaymentNodeError('options.invalid', says, { field: `swaps.${field}`, reason })
}
