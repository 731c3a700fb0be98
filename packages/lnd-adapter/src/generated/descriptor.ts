// Written by scripts/generate-protocol.ts from proto/; change those files instead.

import type { ProtocolDescriptor } from '../protocol-descriptor.ts'

/** The messages and services of proto/, as proto-loader's `fromJSON` takes them. */
export const descriptor: ProtocolDescriptor = {
  nested: {
    chainrpc: {
      nested: {
        ChainNotifier: {
          methods: {
            RegisterConfirmationsNtfn: {
              requestType: 'ConfRequest',
              responseType: 'ConfEvent',
              responseStream: true,
            },
            RegisterSpendNtfn: {
              requestType: 'SpendRequest',
              responseType: 'SpendEvent',
              responseStream: true,
            },
          },
        },
        ConfRequest: {
          fields: {
            txid: { type: 'bytes', id: 1 },
            script: { type: 'bytes', id: 2 },
            num_confs: { type: 'uint32', id: 3 },
            height_hint: { type: 'uint32', id: 4 },
          },
        },
        ConfDetails: {
          fields: { raw_tx: { type: 'bytes', id: 1 }, block_height: { type: 'uint32', id: 3 } },
        },
        Reorg: { fields: {} },
        ConfEvent: {
          oneofs: { event: { oneof: ['conf', 'reorg'] } },
          fields: { conf: { type: 'ConfDetails', id: 1 }, reorg: { type: 'Reorg', id: 2 } },
        },
        Outpoint: { fields: { hash: { type: 'bytes', id: 1 }, index: { type: 'uint32', id: 2 } } },
        SpendRequest: {
          fields: {
            outpoint: { type: 'Outpoint', id: 1 },
            script: { type: 'bytes', id: 2 },
            height_hint: { type: 'uint32', id: 3 },
          },
        },
        SpendDetails: {
          fields: {
            raw_spending_tx: { type: 'bytes', id: 2 },
            spending_tx_hash: { type: 'bytes', id: 3 },
            spending_input_index: { type: 'uint32', id: 4 },
            spending_height: { type: 'uint32', id: 5 },
          },
        },
        SpendEvent: {
          oneofs: { event: { oneof: ['spend', 'reorg'] } },
          fields: { spend: { type: 'SpendDetails', id: 1 }, reorg: { type: 'Reorg', id: 2 } },
        },
      },
    },
    invoicesrpc: {
      nested: {
        Invoices: {
          methods: {
            CancelInvoice: { requestType: 'CancelInvoiceMsg', responseType: 'CancelInvoiceResp' },
          },
        },
        CancelInvoiceMsg: { fields: { payment_hash: { type: 'bytes', id: 1 } } },
        CancelInvoiceResp: { fields: {} },
      },
    },
    lnrpc: {
      nested: {
        Lightning: {
          methods: {
            GetInfo: { requestType: 'GetInfoRequest', responseType: 'GetInfoResponse' },
            AddInvoice: { requestType: 'Invoice', responseType: 'AddInvoiceResponse' },
            LookupInvoice: { requestType: 'PaymentHash', responseType: 'Invoice' },
            ListInvoices: {
              requestType: 'ListInvoiceRequest',
              responseType: 'ListInvoiceResponse',
            },
            SubscribeInvoices: {
              requestType: 'InvoiceSubscription',
              responseType: 'Invoice',
              responseStream: true,
            },
            DecodePayReq: { requestType: 'PayReqString', responseType: 'PayReq' },
            ListPayments: {
              requestType: 'ListPaymentsRequest',
              responseType: 'ListPaymentsResponse',
            },
            ListChannels: {
              requestType: 'ListChannelsRequest',
              responseType: 'ListChannelsResponse',
            },
            PendingChannels: {
              requestType: 'PendingChannelsRequest',
              responseType: 'PendingChannelsResponse',
            },
            ClosedChannels: {
              requestType: 'ClosedChannelsRequest',
              responseType: 'ClosedChannelsResponse',
            },
            SubscribeChannelEvents: {
              requestType: 'ChannelEventSubscription',
              responseType: 'ChannelEventUpdate',
              responseStream: true,
            },
            WalletBalance: {
              requestType: 'WalletBalanceRequest',
              responseType: 'WalletBalanceResponse',
            },
            NewAddress: { requestType: 'NewAddressRequest', responseType: 'NewAddressResponse' },
            GetTransactions: {
              requestType: 'GetTransactionsRequest',
              responseType: 'TransactionDetails',
            },
            ConnectPeer: { requestType: 'ConnectPeerRequest', responseType: 'ConnectPeerResponse' },
            ListPeers: { requestType: 'ListPeersRequest', responseType: 'ListPeersResponse' },
            OpenChannelSync: { requestType: 'OpenChannelRequest', responseType: 'ChannelPoint' },
            CloseChannel: {
              requestType: 'CloseChannelRequest',
              responseType: 'CloseStatusUpdate',
              responseStream: true,
            },
            AbandonChannel: {
              requestType: 'AbandonChannelRequest',
              responseType: 'AbandonChannelResponse',
            },
            GetNodeInfo: { requestType: 'NodeInfoRequest', responseType: 'NodeInfo' },
            GetChanInfo: { requestType: 'ChanInfoRequest', responseType: 'ChannelEdge' },
            UpdateChannelPolicy: {
              requestType: 'PolicyUpdateRequest',
              responseType: 'PolicyUpdateResponse',
            },
            ForwardingHistory: {
              requestType: 'ForwardingHistoryRequest',
              responseType: 'ForwardingHistoryResponse',
            },
            CheckMacaroonPermissions: {
              requestType: 'CheckMacPermRequest',
              responseType: 'CheckMacPermResponse',
            },
            ExportAllChannelBackups: {
              requestType: 'ChanBackupExportRequest',
              responseType: 'ChanBackupSnapshot',
            },
            VerifyChanBackup: {
              requestType: 'ChanBackupSnapshot',
              responseType: 'VerifyChanBackupResponse',
            },
            SubscribeChannelBackups: {
              requestType: 'ChannelBackupSubscription',
              responseType: 'ChanBackupSnapshot',
              responseStream: true,
            },
          },
        },
        GetInfoRequest: { fields: {} },
        GetInfoResponse: {
          fields: {
            identity_pubkey: { type: 'string', id: 1 },
            alias: { type: 'string', id: 2 },
            block_height: { type: 'uint32', id: 6 },
            synced_to_chain: { type: 'bool', id: 9 },
            version: { type: 'string', id: 14 },
            chains: { rule: 'repeated', type: 'Chain', id: 16 },
            synced_to_graph: { type: 'bool', id: 18 },
            features: { keyType: 'uint32', type: 'Feature', id: 19 },
          },
        },
        Chain: { fields: { network: { type: 'string', id: 2 } } },
        Feature: {
          fields: {
            name: { type: 'string', id: 2 },
            is_required: { type: 'bool', id: 3 },
            is_known: { type: 'bool', id: 4 },
          },
        },
        CheckMacPermRequest: {
          fields: {
            macaroon: { type: 'bytes', id: 1 },
            permissions: { rule: 'repeated', type: 'MacaroonPermission', id: 2 },
            fullMethod: { type: 'string', id: 3 },
            check_default_perms_from_full_method: { type: 'bool', id: 4 },
          },
        },
        MacaroonPermission: {
          fields: { entity: { type: 'string', id: 1 }, action: { type: 'string', id: 2 } },
        },
        CheckMacPermResponse: { fields: { valid: { type: 'bool', id: 1 } } },
        Invoice: {
          fields: {
            memo: { type: 'string', id: 1 },
            r_preimage: { type: 'bytes', id: 3 },
            r_hash: { type: 'bytes', id: 4 },
            creation_date: { type: 'int64', id: 7 },
            settle_date: { type: 'int64', id: 8 },
            payment_request: { type: 'string', id: 9 },
            description_hash: { type: 'bytes', id: 10 },
            expiry: { type: 'int64', id: 11 },
            private: { type: 'bool', id: 15 },
            add_index: { type: 'uint64', id: 16 },
            settle_index: { type: 'uint64', id: 17 },
            amt_paid_msat: { type: 'int64', id: 20 },
            state: { type: 'InvoiceState', id: 21 },
            value_msat: { type: 'int64', id: 23 },
            is_keysend: { type: 'bool', id: 25 },
            is_amp: { type: 'bool', id: 27 },
          },
          nested: { InvoiceState: { values: { OPEN: 0, SETTLED: 1, CANCELED: 2, ACCEPTED: 3 } } },
        },
        AddInvoiceResponse: {
          fields: {
            r_hash: { type: 'bytes', id: 1 },
            payment_request: { type: 'string', id: 2 },
            add_index: { type: 'uint64', id: 16 },
          },
        },
        PaymentHash: { fields: { r_hash: { type: 'bytes', id: 2 } } },
        ListInvoiceRequest: {
          fields: {
            index_offset: { type: 'uint64', id: 4 },
            num_max_invoices: { type: 'uint64', id: 5 },
            reversed: { type: 'bool', id: 6 },
          },
        },
        ListInvoiceResponse: { fields: { invoices: { rule: 'repeated', type: 'Invoice', id: 1 } } },
        InvoiceSubscription: { fields: { settle_index: { type: 'uint64', id: 2 } } },
        PayReqString: { fields: { pay_req: { type: 'string', id: 1 } } },
        PayReq: {
          fields: {
            destination: { type: 'string', id: 1 },
            payment_hash: { type: 'string', id: 2 },
            timestamp: { type: 'int64', id: 4 },
            expiry: { type: 'int64', id: 5 },
            description: { type: 'string', id: 6 },
            description_hash: { type: 'string', id: 7 },
            cltv_expiry: { type: 'int64', id: 9 },
            payment_addr: { type: 'bytes', id: 11 },
            num_msat: { type: 'int64', id: 12 },
            features: { keyType: 'uint32', type: 'Feature', id: 13 },
            blinded_paths: { rule: 'repeated', type: 'BlindedPaymentPath', id: 14 },
          },
        },
        BlindedPaymentPath: { fields: { base_fee_msat: { type: 'uint64', id: 2 } } },
        Payment: {
          fields: {
            payment_hash: { type: 'string', id: 1 },
            payment_preimage: { type: 'string', id: 6 },
            value_msat: { type: 'int64', id: 8 },
            status: { type: 'PaymentStatus', id: 10 },
            fee_msat: { type: 'int64', id: 12 },
            creation_time_ns: { type: 'int64', id: 13 },
            htlcs: { rule: 'repeated', type: 'HTLCAttempt', id: 14 },
            payment_index: { type: 'uint64', id: 15 },
            failure_reason: { type: 'PaymentFailureReason', id: 16 },
          },
          nested: {
            PaymentStatus: {
              values: { UNKNOWN: 0, IN_FLIGHT: 1, SUCCEEDED: 2, FAILED: 3, INITIATED: 4 },
            },
          },
        },
        HTLCAttempt: {
          fields: { status: { type: 'HTLCStatus', id: 1 }, route: { type: 'Route', id: 2 } },
          nested: { HTLCStatus: { values: { IN_FLIGHT: 0, SUCCEEDED: 1, FAILED: 2 } } },
        },
        Route: {
          fields: {
            total_time_lock: { type: 'uint32', id: 1 },
            hops: { rule: 'repeated', type: 'Hop', id: 4 },
            total_fees_msat: { type: 'int64', id: 5 },
            total_amt_msat: { type: 'int64', id: 6 },
          },
        },
        Hop: { fields: { chan_id: { type: 'uint64', id: 1 } } },
        PaymentFailureReason: {
          values: {
            FAILURE_REASON_NONE: 0,
            FAILURE_REASON_TIMEOUT: 1,
            FAILURE_REASON_NO_ROUTE: 2,
            FAILURE_REASON_ERROR: 3,
            FAILURE_REASON_INCORRECT_PAYMENT_DETAILS: 4,
            FAILURE_REASON_INSUFFICIENT_BALANCE: 5,
            FAILURE_REASON_CANCELED: 6,
          },
        },
        ListPaymentsRequest: {
          fields: {
            include_incomplete: { type: 'bool', id: 1 },
            index_offset: { type: 'uint64', id: 2 },
            max_payments: { type: 'uint64', id: 3 },
            reversed: { type: 'bool', id: 4 },
            omit_hops: { type: 'bool', id: 8 },
          },
        },
        ListPaymentsResponse: {
          fields: { payments: { rule: 'repeated', type: 'Payment', id: 1 } },
        },
        ListChannelsRequest: { fields: { peer_alias_lookup: { type: 'bool', id: 6 } } },
        ListChannelsResponse: {
          fields: { channels: { rule: 'repeated', type: 'Channel', id: 11 } },
        },
        Channel: {
          fields: {
            active: { type: 'bool', id: 1 },
            remote_pubkey: { type: 'string', id: 2 },
            channel_point: { type: 'string', id: 3 },
            chan_id: { type: 'uint64', id: 4 },
            capacity: { type: 'int64', id: 5 },
            local_balance: { type: 'int64', id: 6 },
            remote_balance: { type: 'int64', id: 7 },
            commit_weight: { type: 'int64', id: 9 },
            fee_per_kw: { type: 'int64', id: 10 },
            num_updates: { type: 'uint64', id: 14 },
            pending_htlcs: { rule: 'repeated', type: 'HTLC', id: 15 },
            private: { type: 'bool', id: 17 },
            initiator: { type: 'bool', id: 18 },
            commitment_type: { type: 'CommitmentType', id: 26 },
            local_constraints: { type: 'ChannelConstraints', id: 29 },
            remote_constraints: { type: 'ChannelConstraints', id: 30 },
            peer_alias: { type: 'string', id: 34 },
            memo: { type: 'string', id: 36 },
          },
        },
        ChannelConstraints: { fields: { chan_reserve_sat: { type: 'uint64', id: 2 } } },
        HTLC: {
          fields: {
            incoming: { type: 'bool', id: 1 },
            amount: { type: 'int64', id: 2 },
            hash_lock: { type: 'bytes', id: 3 },
            expiration_height: { type: 'uint32', id: 4 },
          },
        },
        CommitmentType: {
          options: { allow_alias: true },
          values: {
            UNKNOWN_COMMITMENT_TYPE: 0,
            LEGACY: 1,
            STATIC_REMOTE_KEY: 2,
            ANCHORS: 3,
            SCRIPT_ENFORCED_LEASE: 4,
            TAPROOT: 7,
            SIMPLE_TAPROOT_FINAL: 7,
            SIMPLE_TAPROOT: 5,
            SIMPLE_TAPROOT_OVERLAY: 6,
          },
        },
        Initiator: {
          values: {
            INITIATOR_UNKNOWN: 0,
            INITIATOR_LOCAL: 1,
            INITIATOR_REMOTE: 2,
            INITIATOR_BOTH: 3,
          },
        },
        PendingChannelsRequest: { fields: {} },
        PendingChannelsResponse: {
          fields: {
            pending_open_channels: { rule: 'repeated', type: 'PendingOpenChannel', id: 2 },
            pending_force_closing_channels: { rule: 'repeated', type: 'ForceClosedChannel', id: 4 },
            waiting_close_channels: { rule: 'repeated', type: 'WaitingCloseChannel', id: 5 },
          },
          nested: {
            PendingChannel: {
              fields: {
                remote_node_pub: { type: 'string', id: 1 },
                channel_point: { type: 'string', id: 2 },
                capacity: { type: 'int64', id: 3 },
                local_balance: { type: 'int64', id: 4 },
                remote_balance: { type: 'int64', id: 5 },
                initiator: { type: 'Initiator', id: 8 },
                memo: { type: 'string', id: 13 },
              },
            },
            PendingOpenChannel: {
              fields: {
                channel: { type: 'PendingChannel', id: 1 },
                funding_expiry_blocks: { type: 'int32', id: 3 },
                confirmation_height: { type: 'uint32', id: 8 },
              },
            },
            WaitingCloseChannel: {
              fields: {
                channel: { type: 'PendingChannel', id: 1 },
                closing_txid: { type: 'string', id: 4 },
              },
            },
            ForceClosedChannel: {
              fields: {
                channel: { type: 'PendingChannel', id: 1 },
                closing_txid: { type: 'string', id: 2 },
                limbo_balance: { type: 'int64', id: 3 },
                maturity_height: { type: 'uint32', id: 4 },
                recovered_balance: { type: 'int64', id: 6 },
                pending_htlcs: { rule: 'repeated', type: 'PendingHTLC', id: 8 },
              },
            },
          },
        },
        PendingHTLC: {
          fields: {
            incoming: { type: 'bool', id: 1 },
            amount: { type: 'int64', id: 2 },
            outpoint: { type: 'string', id: 3 },
          },
        },
        ClosedChannelsRequest: { fields: {} },
        ClosedChannelsResponse: {
          fields: { channels: { rule: 'repeated', type: 'ChannelCloseSummary', id: 1 } },
        },
        ChannelCloseSummary: {
          fields: {
            channel_point: { type: 'string', id: 1 },
            closing_tx_hash: { type: 'string', id: 4 },
            remote_pubkey: { type: 'string', id: 5 },
            capacity: { type: 'int64', id: 6 },
            close_height: { type: 'uint32', id: 7 },
            settled_balance: { type: 'int64', id: 8 },
            close_type: { type: 'ClosureType', id: 10 },
            open_initiator: { type: 'Initiator', id: 11 },
            close_initiator: { type: 'Initiator', id: 12 },
            resolutions: { rule: 'repeated', type: 'Resolution', id: 13 },
          },
          nested: {
            ClosureType: {
              values: {
                COOPERATIVE_CLOSE: 0,
                LOCAL_FORCE_CLOSE: 1,
                REMOTE_FORCE_CLOSE: 2,
                BREACH_CLOSE: 3,
                FUNDING_CANCELED: 4,
                ABANDONED: 5,
              },
            },
          },
        },
        ResolutionType: {
          values: { TYPE_UNKNOWN: 0, ANCHOR: 1, INCOMING_HTLC: 2, OUTGOING_HTLC: 3, COMMIT: 4 },
        },
        ResolutionOutcome: {
          values: {
            OUTCOME_UNKNOWN: 0,
            CLAIMED: 1,
            UNCLAIMED: 2,
            ABANDONED: 3,
            FIRST_STAGE: 4,
            TIMEOUT: 5,
          },
        },
        Resolution: {
          fields: {
            resolution_type: { type: 'ResolutionType', id: 1 },
            outcome: { type: 'ResolutionOutcome', id: 2 },
            outpoint: { type: 'OutPoint', id: 3 },
            amount_sat: { type: 'uint64', id: 4 },
            sweep_txid: { type: 'string', id: 5 },
          },
        },
        ChannelEventSubscription: { fields: {} },
        ChannelEventUpdate: {
          oneofs: {
            channel: {
              oneof: [
                'open_channel',
                'closed_channel',
                'active_channel',
                'inactive_channel',
                'pending_open_channel',
                'fully_resolved_channel',
                'channel_funding_timeout',
              ],
            },
          },
          fields: {
            open_channel: { type: 'Channel', id: 1 },
            closed_channel: { type: 'ChannelCloseSummary', id: 2 },
            active_channel: { type: 'ChannelPoint', id: 3 },
            inactive_channel: { type: 'ChannelPoint', id: 4 },
            pending_open_channel: { type: 'PendingUpdate', id: 6 },
            fully_resolved_channel: { type: 'ChannelPoint', id: 7 },
            channel_funding_timeout: { type: 'ChannelPoint', id: 8 },
            type: { type: 'UpdateType', id: 5 },
          },
          nested: {
            UpdateType: {
              values: {
                OPEN_CHANNEL: 0,
                CLOSED_CHANNEL: 1,
                ACTIVE_CHANNEL: 2,
                INACTIVE_CHANNEL: 3,
                PENDING_OPEN_CHANNEL: 4,
                FULLY_RESOLVED_CHANNEL: 5,
                CHANNEL_FUNDING_TIMEOUT: 6,
                CHANNEL_UPDATE: 7,
              },
            },
          },
        },
        PendingUpdate: {
          fields: { txid: { type: 'bytes', id: 1 }, output_index: { type: 'uint32', id: 2 } },
        },
        ChannelPoint: {
          oneofs: { funding_txid: { oneof: ['funding_txid_bytes', 'funding_txid_str'] } },
          fields: {
            funding_txid_bytes: { type: 'bytes', id: 1 },
            funding_txid_str: { type: 'string', id: 2 },
            output_index: { type: 'uint32', id: 3 },
          },
        },
        ConnectPeerRequest: {
          fields: {
            addr: { type: 'LightningAddress', id: 1 },
            perm: { type: 'bool', id: 2 },
            timeout: { type: 'uint64', id: 3 },
          },
        },
        LightningAddress: {
          fields: { pubkey: { type: 'string', id: 1 }, host: { type: 'string', id: 2 } },
        },
        ConnectPeerResponse: { fields: {} },
        ListPeersRequest: { fields: { latest_error: { type: 'bool', id: 1 } } },
        ListPeersResponse: { fields: { peers: { rule: 'repeated', type: 'Peer', id: 1 } } },
        Peer: { fields: { pub_key: { type: 'string', id: 1 } } },
        OpenChannelRequest: {
          fields: {
            sat_per_vbyte: { type: 'uint64', id: 1 },
            node_pubkey: { type: 'bytes', id: 2 },
            local_funding_amount: { type: 'int64', id: 4 },
            private: { type: 'bool', id: 8 },
            min_confs: { type: 'int32', id: 11 },
            memo: { type: 'string', id: 27 },
            outpoints: { rule: 'repeated', type: 'OutPoint', id: 28 },
          },
        },
        OutPoint: {
          fields: { txid_str: { type: 'string', id: 2 }, output_index: { type: 'uint32', id: 3 } },
        },
        CloseChannelRequest: {
          fields: {
            channel_point: { type: 'ChannelPoint', id: 1 },
            force: { type: 'bool', id: 2 },
            sat_per_vbyte: { type: 'uint64', id: 6 },
          },
        },
        CloseStatusUpdate: {
          oneofs: { update: { oneof: ['close_pending', 'chan_close', 'close_instant'] } },
          fields: {
            close_pending: { type: 'PendingUpdate', id: 1 },
            chan_close: { type: 'ChannelCloseUpdate', id: 3 },
            close_instant: { type: 'InstantUpdate', id: 4 },
          },
        },
        ChannelCloseUpdate: { fields: { closing_txid: { type: 'bytes', id: 1 } } },
        InstantUpdate: { fields: { num_pending_htlcs: { type: 'int32', id: 1 } } },
        AbandonChannelRequest: {
          fields: {
            channel_point: { type: 'ChannelPoint', id: 1 },
            i_know_what_i_am_doing: { type: 'bool', id: 3 },
          },
        },
        AbandonChannelResponse: { fields: {} },
        NodeInfoRequest: {
          fields: { pub_key: { type: 'string', id: 1 }, include_channels: { type: 'bool', id: 2 } },
        },
        NodeInfo: {
          fields: {
            node: { type: 'LightningNode', id: 1 },
            channels: { rule: 'repeated', type: 'ChannelEdge', id: 4 },
          },
        },
        LightningNode: {
          fields: {
            last_update: { type: 'uint32', id: 1 },
            pub_key: { type: 'string', id: 2 },
            alias: { type: 'string', id: 3 },
            addresses: { rule: 'repeated', type: 'NodeAddress', id: 4 },
          },
        },
        NodeAddress: { fields: { addr: { type: 'string', id: 2 } } },
        ChannelEdge: {
          fields: {
            chan_point: { type: 'string', id: 2 },
            node1_pub: { type: 'string', id: 4 },
            node2_pub: { type: 'string', id: 5 },
            capacity: { type: 'int64', id: 6 },
            node1_policy: { type: 'RoutingPolicy', id: 7 },
            node2_policy: { type: 'RoutingPolicy', id: 8 },
          },
        },
        RoutingPolicy: {
          fields: {
            time_lock_delta: { type: 'uint32', id: 1 },
            fee_base_msat: { type: 'int64', id: 3 },
            fee_rate_milli_msat: { type: 'int64', id: 4 },
          },
        },
        ChanInfoRequest: { fields: { chan_point: { type: 'string', id: 2 } } },
        PolicyUpdateRequest: {
          oneofs: { scope: { oneof: ['chan_point'] } },
          fields: {
            chan_point: { type: 'ChannelPoint', id: 2 },
            base_fee_msat: { type: 'int64', id: 3 },
            time_lock_delta: { type: 'uint32', id: 5 },
            fee_rate_ppm: { type: 'uint32', id: 9 },
          },
        },
        PolicyUpdateResponse: {
          fields: { failed_updates: { rule: 'repeated', type: 'FailedUpdate', id: 1 } },
        },
        UpdateFailure: {
          values: {
            UPDATE_FAILURE_UNKNOWN: 0,
            UPDATE_FAILURE_PENDING: 1,
            UPDATE_FAILURE_NOT_FOUND: 2,
            UPDATE_FAILURE_INTERNAL_ERR: 3,
            UPDATE_FAILURE_INVALID_PARAMETER: 4,
          },
        },
        FailedUpdate: {
          fields: {
            reason: { type: 'UpdateFailure', id: 2 },
            update_error: { type: 'string', id: 3 },
          },
        },
        ForwardingHistoryRequest: {
          fields: {
            start_time: { type: 'uint64', id: 1 },
            end_time: { type: 'uint64', id: 2 },
            index_offset: { type: 'uint32', id: 3 },
            num_max_events: { type: 'uint32', id: 4 },
          },
        },
        ForwardingHistoryResponse: {
          fields: { forwarding_events: { rule: 'repeated', type: 'ForwardingEvent', id: 1 } },
        },
        ForwardingEvent: {
          fields: {
            chan_id_in: { type: 'uint64', id: 2 },
            chan_id_out: { type: 'uint64', id: 4 },
            fee_msat: { type: 'uint64', id: 8 },
            amt_out_msat: { type: 'uint64', id: 10 },
            timestamp_ns: { type: 'uint64', id: 11 },
          },
        },
        WalletBalanceRequest: { fields: {} },
        WalletBalanceResponse: {
          fields: {
            confirmed_balance: { type: 'int64', id: 2 },
            unconfirmed_balance: { type: 'int64', id: 3 },
            locked_balance: { type: 'int64', id: 5 },
            reserved_balance_anchor_chan: { type: 'int64', id: 6 },
          },
        },
        AddressType: {
          values: {
            WITNESS_PUBKEY_HASH: 0,
            NESTED_PUBKEY_HASH: 1,
            UNUSED_WITNESS_PUBKEY_HASH: 2,
            UNUSED_NESTED_PUBKEY_HASH: 3,
            TAPROOT_PUBKEY: 4,
            UNUSED_TAPROOT_PUBKEY: 5,
          },
        },
        NewAddressRequest: { fields: { type: { type: 'AddressType', id: 1 } } },
        NewAddressResponse: { fields: { address: { type: 'string', id: 1 } } },
        Utxo: {
          fields: {
            address: { type: 'string', id: 2 },
            amount_sat: { type: 'int64', id: 3 },
            outpoint: { type: 'OutPoint', id: 5 },
            confirmations: { type: 'int64', id: 6 },
          },
        },
        GetTransactionsRequest: {
          fields: { start_height: { type: 'int32', id: 1 }, end_height: { type: 'int32', id: 2 } },
        },
        TransactionDetails: {
          fields: { transactions: { rule: 'repeated', type: 'Transaction', id: 1 } },
        },
        Transaction: {
          fields: {
            tx_hash: { type: 'string', id: 1 },
            amount: { type: 'int64', id: 2 },
            num_confirmations: { type: 'int32', id: 3 },
            block_height: { type: 'int32', id: 5 },
            time_stamp: { type: 'int64', id: 6 },
            total_fees: { type: 'int64', id: 7 },
            raw_tx_hex: { type: 'string', id: 9 },
            label: { type: 'string', id: 10 },
            output_details: { rule: 'repeated', type: 'OutputDetail', id: 11 },
            previous_outpoints: { rule: 'repeated', type: 'PreviousOutPoint', id: 12 },
          },
        },
        OutputDetail: { fields: { amount: { type: 'int64', id: 5 } } },
        PreviousOutPoint: { fields: { outpoint: { type: 'string', id: 1 } } },
        ChanBackupExportRequest: { fields: {} },
        ChannelBackupSubscription: { fields: {} },
        ChanBackupSnapshot: { fields: { multi_chan_backup: { type: 'MultiChanBackup', id: 2 } } },
        MultiChanBackup: {
          fields: {
            chan_points: { rule: 'repeated', type: 'ChannelPoint', id: 1 },
            multi_chan_backup: { type: 'bytes', id: 2 },
          },
        },
        VerifyChanBackupResponse: {
          fields: { chan_points: { rule: 'repeated', type: 'string', id: 1 } },
        },
        State: {
          methods: {
            GetState: { requestType: 'GetStateRequest', responseType: 'GetStateResponse' },
          },
        },
        GetStateRequest: { fields: {} },
        GetStateResponse: { fields: { state: { type: 'WalletState', id: 1 } } },
        WalletState: {
          values: {
            NON_EXISTING: 0,
            LOCKED: 1,
            UNLOCKED: 2,
            RPC_ACTIVE: 3,
            SERVER_ACTIVE: 4,
            WAITING_TO_START: 255,
          },
        },
      },
    },
    routerrpc: {
      nested: {
        Router: {
          methods: {
            SendPaymentV2: {
              requestType: 'SendPaymentRequest',
              responseType: 'lnrpc.Payment',
              responseStream: true,
            },
            TrackPaymentV2: {
              requestType: 'TrackPaymentRequest',
              responseType: 'lnrpc.Payment',
              responseStream: true,
            },
          },
        },
        SendPaymentRequest: {
          fields: {
            payment_request: { type: 'string', id: 5 },
            timeout_seconds: { type: 'int32', id: 6 },
            cltv_limit: { type: 'int32', id: 9 },
            amt_msat: { type: 'int64', id: 12 },
            fee_limit_msat: { type: 'int64', id: 13 },
            max_parts: { type: 'uint32', id: 17 },
            no_inflight_updates: { type: 'bool', id: 18 },
            outgoing_chan_ids: { rule: 'repeated', type: 'uint64', id: 19 },
            cancelable: { type: 'bool', id: 24 },
          },
        },
        TrackPaymentRequest: {
          fields: {
            payment_hash: { type: 'bytes', id: 1 },
            no_inflight_updates: { type: 'bool', id: 2 },
          },
        },
      },
    },
    verrpc: {
      nested: {
        Versioner: {
          methods: { GetVersion: { requestType: 'VersionRequest', responseType: 'Version' } },
        },
        VersionRequest: { fields: {} },
        Version: {
          fields: {
            version: { type: 'string', id: 3 },
            app_major: { type: 'uint32', id: 4 },
            app_minor: { type: 'uint32', id: 5 },
            app_patch: { type: 'uint32', id: 6 },
            build_tags: { rule: 'repeated', type: 'string', id: 8 },
          },
        },
      },
    },
    walletrpc: {
      nested: {
        WalletKit: {
          methods: {
            ListUnspent: { requestType: 'ListUnspentRequest', responseType: 'ListUnspentResponse' },
            EstimateFee: { requestType: 'EstimateFeeRequest', responseType: 'EstimateFeeResponse' },
            RequiredReserve: {
              requestType: 'RequiredReserveRequest',
              responseType: 'RequiredReserveResponse',
            },
            PublishTransaction: { requestType: 'Transaction', responseType: 'PublishResponse' },
            FundPsbt: { requestType: 'FundPsbtRequest', responseType: 'FundPsbtResponse' },
            FinalizePsbt: {
              requestType: 'FinalizePsbtRequest',
              responseType: 'FinalizePsbtResponse',
            },
            ReleaseOutput: {
              requestType: 'ReleaseOutputRequest',
              responseType: 'ReleaseOutputResponse',
            },
            ListLeases: { requestType: 'ListLeasesRequest', responseType: 'ListLeasesResponse' },
          },
        },
        ListUnspentRequest: {
          fields: {
            min_confs: { type: 'int32', id: 1 },
            max_confs: { type: 'int32', id: 2 },
            account: { type: 'string', id: 3 },
          },
        },
        ListUnspentResponse: { fields: { utxos: { rule: 'repeated', type: 'lnrpc.Utxo', id: 1 } } },
        EstimateFeeRequest: { fields: { conf_target: { type: 'int32', id: 1 } } },
        EstimateFeeResponse: {
          fields: {
            sat_per_kw: { type: 'int64', id: 1 },
            min_relay_fee_sat_per_kw: { type: 'int64', id: 2 },
          },
        },
        RequiredReserveRequest: {
          fields: { additional_public_channels: { type: 'uint32', id: 1 } },
        },
        RequiredReserveResponse: { fields: { required_reserve: { type: 'int64', id: 1 } } },
        Transaction: {
          fields: { tx_hex: { type: 'bytes', id: 1 }, label: { type: 'string', id: 2 } },
        },
        PublishResponse: { fields: { publish_error: { type: 'string', id: 1 } } },
        FundPsbtRequest: {
          fields: {
            raw: { type: 'TxTemplate', id: 2 },
            min_confs: { type: 'int32', id: 6 },
            spend_unconfirmed: { type: 'bool', id: 7 },
            change_type: { type: 'ChangeAddressType', id: 8 },
            sat_per_kw: { type: 'uint64', id: 11 },
            custom_lock_id: { type: 'bytes', id: 13 },
            lock_expiration_seconds: { type: 'uint64', id: 14 },
          },
        },
        TxTemplate: {
          fields: {
            inputs: { rule: 'repeated', type: 'lnrpc.OutPoint', id: 1 },
            outputs: { keyType: 'string', type: 'uint64', id: 2 },
          },
        },
        ChangeAddressType: {
          values: { CHANGE_ADDRESS_TYPE_UNSPECIFIED: 0, CHANGE_ADDRESS_TYPE_P2TR: 1 },
        },
        FundPsbtResponse: {
          fields: {
            funded_psbt: { type: 'bytes', id: 1 },
            change_output_index: { type: 'int32', id: 2 },
            locked_utxos: { rule: 'repeated', type: 'UtxoLease', id: 3 },
          },
        },
        UtxoLease: {
          fields: {
            id: { type: 'bytes', id: 1 },
            outpoint: { type: 'lnrpc.OutPoint', id: 2 },
            expiration: { type: 'uint64', id: 3 },
          },
        },
        FinalizePsbtRequest: { fields: { funded_psbt: { type: 'bytes', id: 1 } } },
        FinalizePsbtResponse: { fields: { raw_final_tx: { type: 'bytes', id: 2 } } },
        ReleaseOutputRequest: {
          fields: { id: { type: 'bytes', id: 1 }, outpoint: { type: 'lnrpc.OutPoint', id: 2 } },
        },
        ReleaseOutputResponse: { fields: { status: { type: 'string', id: 1 } } },
        ListLeasesRequest: { fields: {} },
        ListLeasesResponse: {
          fields: { locked_utxos: { rule: 'repeated', type: 'UtxoLease', id: 1 } },
        },
      },
    },
  },
}
