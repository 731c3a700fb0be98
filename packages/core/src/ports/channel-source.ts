/**
 * Where channels come from: a list of peers to open to, or a market that sells channels opened to us.
 * Not used by this release; declared so that the ports can be reviewed together.
 */
export type ChannelSource = PeerSource | ChannelMarket

/** A hand-made, ranked list. Reading it costs nothing and may be repeated. */
export interface PeerSource {
  readonly contractVersion: 1
  readonly kind: 'peers'
  readonly name: string
  /** Best first. An entry that cannot be used is an error that names its line, never skipped in silence. */
  candidates(signal?: AbortSignal): Promise<readonly PeerCandidate[]>
}

/** A node worth a channel, with its place in the list. */
export interface PeerCandidate {
  /** 33 bytes, compressed, hex. */
  readonly publicKey: string
  /** `host:port`. */
  readonly address: string
  readonly alias?: string
  readonly rank: number
  /** What to open with it; absent = the keeper decides. */
  readonly capacitySat?: bigint
  /** Where it stands in its list, for errors: its place from 1, and its line when the list is text. */
  readonly place?: { readonly entry: number; readonly line: number | null }
}

/** Sells inbound channels (LSPS1, Magma). An order is stored before it is paid and survives a restart. */
export interface ChannelMarket {
  readonly contractVersion: 1
  readonly kind: 'market'
  readonly name: string
  /** Prices for a channel of this size and lease. */
  quote(request: ChannelRequest, signal?: AbortSignal): Promise<readonly ChannelQuote[]>
  /**
   * Places an order under our id. Repeating with the same id returns the same order where the market
   * supports it; otherwise `outcome: 'unknown'` is resolved by {@link poll}, never by ordering again.
   */
  order(quote: ChannelQuote, orderId: string, signal?: AbortSignal): Promise<ChannelOrder>
  /** The order as the market sees it; a hint until LND shows the channel. */
  poll(orderId: string, signal?: AbortSignal): Promise<ChannelOrder>
}

/** The channel that is wanted. */
export interface ChannelRequest {
  readonly capacitySat: bigint
  /** Blocks the channel must stay open. */
  readonly leaseBlocks: number
}

/** An offer of a market: a price that holds until it expires. */
export interface ChannelQuote {
  readonly providerId: string
  readonly capacitySat: bigint
  readonly leaseBlocks: number
  /** All-in, to be paid by {@link ChannelOrder.invoice}. */
  readonly priceSat: bigint
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** What became of an order. */
export interface ChannelOrder {
  readonly orderId: string
  readonly providerId: string
  readonly state: 'created' | 'paid' | 'opening' | 'open' | 'failed' | 'refunded'
  /** BOLT11, while it waits for payment; checked against the quote before paying. */
  readonly invoice?: string
  readonly channelPoint?: string
  /** Obligation: closing earlier costs rating or money. Block height. */
  readonly noCloseBefore?: number
}
