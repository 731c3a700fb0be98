/**
 * The only door to the web (LNURL, webhooks, fee sources, swap providers). The one that core brings resolves the name,
 * checks the address, connects to exactly that address, and refuses everything that is not public
 * unless `options.http.allow` names it. A replacement (a simulation) answers for the same rules.
 */
export interface Http {
  readonly contractVersion: 1
  /**
   * One request, never retried inside. Resolves with the answer whatever its status. Rejects with
   * `http.refused` when a rule forbids it and nothing was sent, and with `http.failed` when nothing
   * usable came back: with `outcome: 'none'` nothing was sent, with `'unknown'` the other side may
   * have acted.
   */
  request(request: HttpRequest): Promise<HttpResponse>
  /**
   * Opens a WebSocket under the same rules; its handlers are in place before anything can arrive. Rejects as
   * {@link Http.request}. Left out: there are none, and whoever would listen asks again and again instead.
   */
  openSocket?(request: SocketRequest): Promise<HttpSocket>
}

/**
 * What a request is for: an exception of `options.http.allow` holds only for what it names. `webhooks`: endpoints
 * of the operator; `partner-webhooks`: endpoints that partners choose; `lnurl`: servers of payees, and whatever
 * those name; `fees`: fee sources; `swaps`: swap providers.
 */
export type HttpPurpose = 'webhooks' | 'partner-webhooks' | 'lnurl' | 'fees' | 'swaps'

/** One request with its bounds; they have no defaults. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  /** Left out: no exception holds. */
  readonly purpose?: HttpPurpose
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Milliseconds for the whole exchange: name, connection, redirects and the last byte. */
  readonly timeout: number
  /** Bytes of the body, unpacked, after which reading stops and the request fails. */
  readonly maximumBytes: number
  /**
   * How many redirects a GET follows, on the same host and port only, each checked again. 0: a
   * redirect is an answer like any other, as for webhooks; with more a redirect too many or to
   * another host fails. A POST follows none.
   */
  readonly redirects: number
  /** Ends the exchange early with `http.failed`. */
  readonly signal?: AbortSignal
}

/** The whole answer, whatever its status. */
export interface HttpResponse {
  readonly status: number
  /** Names in small letters; several values of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Read as UTF-8; bytes that are none become U+FFFD. */
  readonly body: string
}

/** A WebSocket to open, with its bounds; they have no defaults. */
export interface SocketRequest {
  /** Left out: no exception holds. */
  readonly purpose?: HttpPurpose
  /** `wss://…`; `ws://…` only for a host that is allowed without TLS. */
  readonly url: string
  /** Milliseconds until it must be open. */
  readonly timeout: number
  /** Bytes of a message, unpacked; a larger one closes the socket. */
  readonly maximumBytes: number
  /** Every text message. Another kind closes the socket. */
  onMessage(text: string): void
  /** It is closed, by whichever side; once, and only after it was open. */
  onClose(): void
  /** Gives up, or closes it. */
  readonly signal?: AbortSignal
}

/** An open WebSocket. */
export interface HttpSocket {
  /** Sends text; nothing happens on a closed one. */
  send(text: string): void
  /** Says goodbye; what is on its way is dropped. */
  close(): void
}
