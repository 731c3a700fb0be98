import type { ServiceDefinition } from '@grpc/proto-loader'
import { fromJSON } from '@grpc/proto-loader'

type Fields = Readonly<Record<string, readonly [type: string, id: number]>>

/** `repeated` in front of a type, as .proto files have it. */
function message(fields: Fields): object {
  return {
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, [type, id]]) => {
        const [last, rule] = type.split(' ').reverse()
        return [name, { type: last, id, ...(rule !== undefined && { rule }) }]
      }),
    ),
  }
}

function numbered(names: readonly string[]): object {
  return { values: Object.fromEntries(names.map((name, value) => [name, value])) }
}

/**
 * loopd's service as this server speaks it: written down apart from the client's, so that a wrong number on one side
 * shows. It has more of each message than our client reads, as the real one sends more.
 */
const looprpc = {
  SwapClient: {
    methods: {
      LoopOut: { requestType: 'LoopOutRequest', responseType: 'SwapResponse' },
      Monitor: { requestType: 'Empty', responseType: 'SwapStatus', responseStream: true },
      ListSwaps: { requestType: 'ListSwapsRequest', responseType: 'ListSwapsResponse' },
      LoopOutTerms: { requestType: 'Empty', responseType: 'OutTermsResponse' },
      LoopOutQuote: { requestType: 'QuoteRequest', responseType: 'OutQuoteResponse' },
      GetInfo: { requestType: 'Empty', responseType: 'GetInfoResponse' },
      GetLiquidityParams: { requestType: 'Empty', responseType: 'LiquidityParameters' },
    },
  },
  Empty: message({}),
  LoopOutRequest: message({
    amt: ['int64', 1],
    dest: ['string', 2],
    max_swap_routing_fee: ['int64', 3],
    max_prepay_routing_fee: ['int64', 4],
    max_swap_fee: ['int64', 5],
    max_prepay_amt: ['int64', 6],
    max_miner_fee: ['int64', 7],
    loop_out_channel: ['uint64', 8],
    sweep_conf_target: ['int32', 9],
    swap_publication_deadline: ['uint64', 10],
    outgoing_chan_set: ['repeated uint64', 11],
    label: ['string', 12],
    htlc_confirmations: ['int32', 13],
    initiator: ['string', 14],
    account: ['string', 15],
    is_external_addr: ['bool', 17],
    payment_timeout: ['uint32', 19],
  }),
  SwapResponse: message({
    id: ['string', 1],
    htlc_address: ['string', 2],
    id_bytes: ['bytes', 3],
    server_message: ['string', 6],
    htlc_address_p2tr: ['string', 7],
  }),
  SwapStatus: message({
    amt: ['int64', 1],
    id: ['string', 2],
    type: ['int32', 3],
    state: ['int32', 4],
    initiation_time: ['int64', 5],
    last_update_time: ['int64', 6],
    htlc_address: ['string', 7],
    cost_server: ['int64', 8],
    cost_onchain: ['int64', 9],
    cost_offchain: ['int64', 10],
    id_bytes: ['bytes', 11],
    failure_reason: ['int32', 14],
    label: ['string', 15],
    outgoing_chan_set: ['repeated uint64', 17],
    htlc_address_p2tr: ['string', 18],
  }),
  ListSwapsRequest: message({
    list_swap_filter: ['ListSwapsFilter', 1],
    max_swaps: ['uint64', 2],
  }),
  ListSwapsFilter: {
    ...message({
      swap_type: ['SwapTypeFilter', 1],
      pending_only: ['bool', 2],
      label: ['string', 4],
    }),
    nested: { SwapTypeFilter: numbered(['ANY', 'LOOP_OUT', 'LOOP_IN']) },
  },
  ListSwapsResponse: message({
    swaps: ['repeated SwapStatus', 1],
    next_start_time: ['int64', 2],
  }),
  OutTermsResponse: message({
    min_swap_amount: ['int64', 5],
    max_swap_amount: ['int64', 6],
    min_cltv_delta: ['int32', 8],
    max_cltv_delta: ['int32', 9],
  }),
  QuoteRequest: message({
    amt: ['int64', 1],
    conf_target: ['int32', 2],
    swap_publication_deadline: ['uint64', 4],
  }),
  OutQuoteResponse: message({
    swap_fee_sat: ['int64', 1],
    prepay_amt_sat: ['int64', 2],
    htlc_sweep_fee_sat: ['int64', 3],
    swap_payment_dest: ['bytes', 4],
    cltv_delta: ['int32', 5],
    conf_target: ['int32', 6],
  }),
  GetInfoResponse: message({
    version: ['string', 1],
    network: ['string', 2],
    rpc_listen: ['string', 3],
    commit_hash: ['string', 9],
  }),
  LiquidityParameters: message({
    autoloop: ['bool', 10],
    autoloop_budget_sat: ['uint64', 11],
    easy_autoloop: ['bool', 21],
  }),
}

/** loopd's numbers: enums are numbers on the wire, and this server can send ones that nobody knows. */
export const swapStates = {
  INITIATED: 0,
  PREIMAGE_REVEALED: 1,
  HTLC_PUBLISHED: 2,
  SUCCESS: 3,
  FAILED: 4,
  INVOICE_SETTLED: 5,
} as const

/** loopd's numbers. */
export const failureReasons = {
  NONE: 0,
  OFFCHAIN: 1,
  TIMEOUT: 2,
  SWEEP_TIMEOUT: 3,
  INSUFFICIENT_VALUE: 4,
  TEMPORARY: 5,
  INCORRECT_AMOUNT: 6,
  ABANDONED: 7,
} as const

export function loadService(): ServiceDefinition {
  const protocol = fromJSON({ nested: { looprpc: { nested: looprpc } } } as never, {
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
  })
  return protocol['looprpc.SwapClient'] as ServiceDefinition
}
