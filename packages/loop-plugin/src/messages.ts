/** A whole number of 64 bits as decimal text, as the reader of the protocol gives it. */
export type Integer64 = string

/** Full method names → their messages, in the forms that are read and written. */
export interface Methods {
  '/looprpc.SwapClient/LoopOut': { request: LoopOutRequest; reply: SwapResponse }
  '/looprpc.SwapClient/Monitor': { request: object; reply: SwapStatus }
  '/looprpc.SwapClient/ListSwaps': { request: ListSwapsRequest; reply: ListSwapsResponse }
  '/looprpc.SwapClient/LoopOutTerms': { request: object; reply: OutTermsResponse }
  '/looprpc.SwapClient/LoopOutQuote': { request: QuoteRequest; reply: OutQuoteResponse }
  '/looprpc.SwapClient/GetInfo': { request: object; reply: GetInfoResponse }
  '/looprpc.SwapClient/GetLiquidityParams': { request: object; reply: LiquidityParameters }
}

/** Amounts in satoshi, as text: 64 bits stay exact only so. */
export interface LoopOutRequest {
  readonly amt: Integer64
  readonly dest: string
  readonly max_swap_routing_fee: Integer64
  readonly max_prepay_routing_fee: Integer64
  readonly max_swap_fee: Integer64
  readonly max_prepay_amt: Integer64
  readonly max_miner_fee: Integer64
  readonly sweep_conf_target: number
  /** Seconds since 1970. */
  readonly swap_publication_deadline: Integer64
  readonly outgoing_chan_set: readonly Integer64[]
  readonly label: string
  readonly htlc_confirmations: number
  readonly initiator: string
  readonly is_external_addr: boolean
}

export interface SwapResponse {
  readonly id_bytes: Buffer
  readonly server_message: string
}

/** A number where the daemon is newer than proto/. */
export type EnumValue = string | number

export interface SwapStatus {
  readonly amt: Integer64
  readonly type: EnumValue
  readonly state: EnumValue
  readonly initiation_time: Integer64
  readonly last_update_time: Integer64
  readonly cost_server: Integer64
  readonly cost_onchain: Integer64
  readonly cost_offchain: Integer64
  readonly id_bytes: Buffer
  readonly failure_reason: EnumValue
  readonly label: string
}

export interface ListSwapsRequest {
  readonly list_swap_filter: { readonly swap_type: 'LOOP_OUT'; readonly label: string }
}

export interface ListSwapsResponse {
  readonly swaps: readonly SwapStatus[]
}

export interface OutTermsResponse {
  readonly min_swap_amount: Integer64
  readonly max_swap_amount: Integer64
}

export interface QuoteRequest {
  readonly amt: Integer64
  readonly conf_target: number
  /** Seconds since 1970. */
  readonly swap_publication_deadline: Integer64
}

export interface OutQuoteResponse {
  readonly swap_fee_sat: Integer64
  readonly prepay_amt_sat: Integer64
  readonly htlc_sweep_fee_sat: Integer64
  readonly swap_payment_dest: Buffer
}

export interface GetInfoResponse {
  readonly version: string
  readonly network: string
}

export interface LiquidityParameters {
  readonly autoloop: boolean
  readonly easy_autoloop: boolean
}
