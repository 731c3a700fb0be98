/**
 * The only door to the web (LNURL, webhooks, fee sources). An implementation resolves the name,
 * checks the address, connects to exactly that address, and refuses private ranges unless allowed.
 * Not used by this release; declared so that the ports can be reviewed together.
 */
export interface Http {
  readonly contractVersion: 1
  /**
   * One request, never retried inside. Rejects when nothing usable came back; a rejection after the
   * body was sent says nothing about whether the other side acted.
   */
  request(request: HttpRequest): Promise<HttpResponse>
}

/** One request with its bounds; nothing has a default. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Milliseconds for the whole exchange. */
  readonly timeout: number
  /** Bytes after which reading stops and the request fails. */
  readonly maximumBytes: number
  /** 0 for webhooks; LNURL and fee sources may follow up to 3 on the same host, each checked again. */
  readonly redirects: number
}

/** The whole answer, whatever its status. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
