// Written by scripts/generate-protocol.ts from proto/; change that file instead.

/** The messages and the service of proto/, as proto-loader's `fromJSON` takes them. */
export const descriptor: object = {
  nested: {
    looprpc: {
      nested: {
        SwapClient: {
          methods: {
            LoopOut: { requestType: 'LoopOutRequest', responseType: 'SwapResponse' },
            Monitor: {
              requestType: 'MonitorRequest',
              responseType: 'SwapStatus',
              responseStream: true,
            },
            ListSwaps: { requestType: 'ListSwapsRequest', responseType: 'ListSwapsResponse' },
            LoopOutTerms: { requestType: 'TermsRequest', responseType: 'OutTermsResponse' },
            LoopOutQuote: { requestType: 'QuoteRequest', responseType: 'OutQuoteResponse' },
            GetInfo: { requestType: 'GetInfoRequest', responseType: 'GetInfoResponse' },
            GetLiquidityParams: {
              requestType: 'GetLiquidityParamsRequest',
              responseType: 'LiquidityParameters',
            },
          },
        },
        LoopOutRequest: {
          fields: {
            amt: { type: 'int64', id: 1 },
            dest: { type: 'string', id: 2 },
            max_swap_routing_fee: { type: 'int64', id: 3 },
            max_prepay_routing_fee: { type: 'int64', id: 4 },
            max_swap_fee: { type: 'int64', id: 5 },
            max_prepay_amt: { type: 'int64', id: 6 },
            max_miner_fee: { type: 'int64', id: 7 },
            sweep_conf_target: { type: 'int32', id: 9 },
            swap_publication_deadline: { type: 'uint64', id: 10 },
            outgoing_chan_set: { rule: 'repeated', type: 'uint64', id: 11 },
            label: { type: 'string', id: 12 },
            htlc_confirmations: { type: 'int32', id: 13 },
            initiator: { type: 'string', id: 14 },
            is_external_addr: { type: 'bool', id: 17 },
          },
        },
        SwapResponse: {
          fields: { id_bytes: { type: 'bytes', id: 3 }, server_message: { type: 'string', id: 6 } },
        },
        MonitorRequest: { fields: {} },
        SwapStatus: {
          fields: {
            amt: { type: 'int64', id: 1 },
            type: { type: 'SwapType', id: 3 },
            state: { type: 'SwapState', id: 4 },
            initiation_time: { type: 'int64', id: 5 },
            last_update_time: { type: 'int64', id: 6 },
            cost_server: { type: 'int64', id: 8 },
            cost_onchain: { type: 'int64', id: 9 },
            cost_offchain: { type: 'int64', id: 10 },
            id_bytes: { type: 'bytes', id: 11 },
            failure_reason: { type: 'FailureReason', id: 14 },
            label: { type: 'string', id: 15 },
          },
        },
        SwapType: { values: { LOOP_OUT: 0, LOOP_IN: 1, STATIC_LOOP_IN: 2 } },
        SwapState: {
          values: {
            INITIATED: 0,
            PREIMAGE_REVEALED: 1,
            HTLC_PUBLISHED: 2,
            SUCCESS: 3,
            FAILED: 4,
            INVOICE_SETTLED: 5,
          },
        },
        FailureReason: {
          values: {
            FAILURE_REASON_NONE: 0,
            FAILURE_REASON_OFFCHAIN: 1,
            FAILURE_REASON_TIMEOUT: 2,
            FAILURE_REASON_SWEEP_TIMEOUT: 3,
            FAILURE_REASON_INSUFFICIENT_VALUE: 4,
            FAILURE_REASON_TEMPORARY: 5,
            FAILURE_REASON_INCORRECT_AMOUNT: 6,
            FAILURE_REASON_ABANDONED: 7,
            FAILURE_REASON_INSUFFICIENT_CONFIRMED_BALANCE: 8,
            FAILURE_REASON_INCORRECT_HTLC_AMT_SWEPT: 9,
          },
        },
        ListSwapsRequest: { fields: { list_swap_filter: { type: 'ListSwapsFilter', id: 1 } } },
        ListSwapsFilter: {
          fields: {
            swap_type: { type: 'SwapTypeFilter', id: 1 },
            label: { type: 'string', id: 4 },
          },
          nested: { SwapTypeFilter: { values: { ANY: 0, LOOP_OUT: 1, LOOP_IN: 2 } } },
        },
        ListSwapsResponse: { fields: { swaps: { rule: 'repeated', type: 'SwapStatus', id: 1 } } },
        TermsRequest: { fields: {} },
        OutTermsResponse: {
          fields: {
            min_swap_amount: { type: 'int64', id: 5 },
            max_swap_amount: { type: 'int64', id: 6 },
          },
        },
        QuoteRequest: {
          fields: {
            amt: { type: 'int64', id: 1 },
            conf_target: { type: 'int32', id: 2 },
            swap_publication_deadline: { type: 'uint64', id: 4 },
          },
        },
        OutQuoteResponse: {
          fields: {
            swap_fee_sat: { type: 'int64', id: 1 },
            prepay_amt_sat: { type: 'int64', id: 2 },
            htlc_sweep_fee_sat: { type: 'int64', id: 3 },
            swap_payment_dest: { type: 'bytes', id: 4 },
          },
        },
        GetInfoRequest: { fields: {} },
        GetInfoResponse: {
          fields: { version: { type: 'string', id: 1 }, network: { type: 'string', id: 2 } },
        },
        GetLiquidityParamsRequest: { fields: {} },
        LiquidityParameters: {
          fields: { autoloop: { type: 'bool', id: 10 }, easy_autoloop: { type: 'bool', id: 21 } },
        },
      },
    },
  },
}
