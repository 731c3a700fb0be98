// Written by scripts/generate-protocol.ts from proto/; change those files instead.

/** A whole number of 64 bits as decimal text. */
export type Integer64 = string

/** What LND answers has every field; what is unset is null, empty or zero. */
export interface ConfDetails {
  raw_tx: Buffer
  block_height: number
}

export type Reorg = Record<string, never>

export interface ConfEvent {
  conf?: ConfDetails
  reorg?: Reorg
  event?: 'conf' | 'reorg'
}

export interface SpendDetails {
  raw_spending_tx: Buffer
  spending_tx_hash: Buffer
  spending_input_index: number
  spending_height: number
}

export interface SpendEvent {
  spend?: SpendDetails
  reorg?: Reorg
  event?: 'spend' | 'reorg'
}

export type CancelInvoiceResp = Record<string, never>

export interface GetInfoResponse {
  identity_pubkey: string
  alias: string
  block_height: number
  synced_to_chain: boolean
  version: string
  chains: Chain[]
  synced_to_graph: boolean
  features: Record<string, Feature>
}

export interface Chain {
  network: string
}

export interface Feature {
  name: string
  is_required: boolean
  is_known: boolean
}

export interface CheckMacPermResponse {
  valid: boolean
}

export interface Invoice {
  memo: string
  r_preimage: Buffer
  r_hash: Buffer
  creation_date: Integer64
  settle_date: Integer64
  payment_request: string
  description_hash: Buffer
  expiry: Integer64
  private: boolean
  add_index: Integer64
  settle_index: Integer64
  amt_paid_msat: Integer64
  state: Invoice_InvoiceState
  value_msat: Integer64
  is_keysend: boolean
  is_amp: boolean
}

export interface AddInvoiceResponse {
  r_hash: Buffer
  payment_request: string
  add_index: Integer64
}

export interface ListInvoiceResponse {
  invoices: Invoice[]
}

export interface PayReq {
  destination: string
  payment_hash: string
  timestamp: Integer64
  expiry: Integer64
  description: string
  description_hash: string
  cltv_expiry: Integer64
  payment_addr: Buffer
  num_msat: Integer64
  features: Record<string, Feature>
  blinded_paths: BlindedPaymentPath[]
}

export interface BlindedPaymentPath {
  base_fee_msat: Integer64
}

export interface Payment {
  payment_hash: string
  payment_preimage: string
  value_msat: Integer64
  status: Payment_PaymentStatus
  fee_msat: Integer64
  creation_time_ns: Integer64
  htlcs: HTLCAttempt[]
  payment_index: Integer64
  failure_reason: PaymentFailureReason
}

export interface HTLCAttempt {
  status: HTLCAttempt_HTLCStatus
  route: Route | null
}

export interface Route {
  total_time_lock: number
  hops: Hop[]
  total_fees_msat: Integer64
  total_amt_msat: Integer64
}

export interface Hop {
  chan_id: Integer64
}

export interface ListPaymentsResponse {
  payments: Payment[]
}

export interface ListChannelsResponse {
  channels: Channel[]
}

export interface Channel {
  active: boolean
  remote_pubkey: string
  channel_point: string
  chan_id: Integer64
  capacity: Integer64
  local_balance: Integer64
  remote_balance: Integer64
  commit_weight: Integer64
  fee_per_kw: Integer64
  num_updates: Integer64
  pending_htlcs: HTLC[]
  private: boolean
  initiator: boolean
  commitment_type: CommitmentType
  local_constraints: ChannelConstraints | null
  remote_constraints: ChannelConstraints | null
  peer_alias: string
  memo: string
}

export interface ChannelConstraints {
  chan_reserve_sat: Integer64
}

export interface HTLC {
  incoming: boolean
  amount: Integer64
  hash_lock: Buffer
  expiration_height: number
}

export interface PendingChannelsResponse {
  pending_open_channels: PendingChannelsResponse_PendingOpenChannel[]
  pending_force_closing_channels: PendingChannelsResponse_ForceClosedChannel[]
  waiting_close_channels: PendingChannelsResponse_WaitingCloseChannel[]
}

export interface PendingChannelsResponse_PendingChannel {
  remote_node_pub: string
  channel_point: string
  capacity: Integer64
  local_balance: Integer64
  remote_balance: Integer64
  initiator: Initiator
  memo: string
}

export interface PendingChannelsResponse_PendingOpenChannel {
  channel: PendingChannelsResponse_PendingChannel | null
  funding_expiry_blocks: number
  confirmation_height: number
}

export interface PendingChannelsResponse_WaitingCloseChannel {
  channel: PendingChannelsResponse_PendingChannel | null
  closing_txid: string
}

export interface PendingChannelsResponse_ForceClosedChannel {
  channel: PendingChannelsResponse_PendingChannel | null
  closing_txid: string
  limbo_balance: Integer64
  maturity_height: number
  recovered_balance: Integer64
  pending_htlcs: PendingHTLC[]
}

export interface PendingHTLC {
  incoming: boolean
  amount: Integer64
  outpoint: string
}

export interface ClosedChannelsResponse {
  channels: ChannelCloseSummary[]
}

export interface ChannelCloseSummary {
  channel_point: string
  closing_tx_hash: string
  remote_pubkey: string
  capacity: Integer64
  close_height: number
  settled_balance: Integer64
  close_type: ChannelCloseSummary_ClosureType
  open_initiator: Initiator
  close_initiator: Initiator
  resolutions: Resolution[]
}

export interface Resolution {
  resolution_type: ResolutionType
  outcome: ResolutionOutcome
  outpoint: OutPoint | null
  amount_sat: Integer64
  sweep_txid: string
}

export interface ChannelEventUpdate {
  open_channel?: Channel
  closed_channel?: ChannelCloseSummary
  active_channel?: ChannelPoint
  inactive_channel?: ChannelPoint
  pending_open_channel?: PendingUpdate
  fully_resolved_channel?: ChannelPoint
  channel_funding_timeout?: ChannelPoint
  type: ChannelEventUpdate_UpdateType
  channel?:
    | 'open_channel'
    | 'closed_channel'
    | 'active_channel'
    | 'inactive_channel'
    | 'pending_open_channel'
    | 'fully_resolved_channel'
    | 'channel_funding_timeout'
}

export interface PendingUpdate {
  txid: Buffer
  output_index: number
}

export interface ChannelPoint {
  funding_txid_bytes?: Buffer
  funding_txid_str?: string
  output_index: number
  funding_txid?: 'funding_txid_bytes' | 'funding_txid_str'
}

export type ConnectPeerResponse = Record<string, never>

export interface ListPeersResponse {
  peers: Peer[]
}

export interface Peer {
  pub_key: string
}

export interface OutPoint {
  txid_str: string
  output_index: number
}

export interface CloseStatusUpdate {
  close_pending?: PendingUpdate
  chan_close?: ChannelCloseUpdate
  close_instant?: InstantUpdate
  update?: 'close_pending' | 'chan_close' | 'close_instant'
}

export interface ChannelCloseUpdate {
  closing_txid: Buffer
}

export interface InstantUpdate {
  num_pending_htlcs: number
}

export type AbandonChannelResponse = Record<string, never>

export interface NodeInfo {
  node: LightningNode | null
  channels: ChannelEdge[]
}

export interface LightningNode {
  last_update: number
  pub_key: string
  alias: string
  addresses: NodeAddress[]
}

export interface NodeAddress {
  addr: string
}

export interface ChannelEdge {
  chan_point: string
  node1_pub: string
  node2_pub: string
  capacity: Integer64
  node1_policy: RoutingPolicy | null
  node2_policy: RoutingPolicy | null
}

export interface RoutingPolicy {
  time_lock_delta: number
  fee_base_msat: Integer64
  fee_rate_milli_msat: Integer64
}

export interface PolicyUpdateResponse {
  failed_updates: FailedUpdate[]
}

export interface FailedUpdate {
  reason: UpdateFailure
  update_error: string
}

export interface ForwardingHistoryResponse {
  forwarding_events: ForwardingEvent[]
}

export interface ForwardingEvent {
  chan_id_in: Integer64
  chan_id_out: Integer64
  fee_msat: Integer64
  amt_out_msat: Integer64
  timestamp_ns: Integer64
}

export interface WalletBalanceResponse {
  confirmed_balance: Integer64
  unconfirmed_balance: Integer64
  locked_balance: Integer64
  reserved_balance_anchor_chan: Integer64
}

export interface NewAddressResponse {
  address: string
}

export interface Utxo {
  address: string
  amount_sat: Integer64
  outpoint: OutPoint | null
  confirmations: Integer64
}

export interface TransactionDetails {
  transactions: Transaction[]
}

export interface Transaction {
  tx_hash: string
  amount: Integer64
  num_confirmations: number
  block_height: number
  time_stamp: Integer64
  total_fees: Integer64
  raw_tx_hex: string
  label: string
  output_details: OutputDetail[]
  previous_outpoints: PreviousOutPoint[]
}

export interface OutputDetail {
  amount: Integer64
}

export interface PreviousOutPoint {
  outpoint: string
}

export interface ChanBackupSnapshot {
  multi_chan_backup: MultiChanBackup | null
}

export interface MultiChanBackup {
  chan_points: ChannelPoint[]
  multi_chan_backup: Buffer
}

export interface VerifyChanBackupResponse {
  chan_points: string[]
}

export interface GetStateResponse {
  state: WalletState
}

export interface Version {
  version: string
  app_major: number
  app_minor: number
  app_patch: number
  build_tags: string[]
}

export interface ListUnspentResponse {
  utxos: Utxo[]
}

export interface EstimateFeeResponse {
  sat_per_kw: Integer64
  min_relay_fee_sat_per_kw: Integer64
}

export interface RequiredReserveResponse {
  required_reserve: Integer64
}

export interface PublishResponse {
  publish_error: string
}

export interface FundPsbtResponse {
  funded_psbt: Buffer
  change_output_index: number
  locked_utxos: UtxoLease[]
}

export interface UtxoLease {
  id: Buffer
  outpoint: OutPoint | null
  expiration: Integer64
}

export interface FinalizePsbtResponse {
  raw_final_tx: Buffer
}

export interface ReleaseOutputResponse {
  status: string
}

export interface ListLeasesResponse {
  locked_utxos: UtxoLease[]
}

/** What LND is asked has only the fields that are set. */
export interface ConfRequest {
  txid?: Uint8Array
  script?: Uint8Array
  num_confs?: number
  height_hint?: number
}

export interface OutpointAsRequest {
  hash?: Uint8Array
  index?: number
}

export interface SpendRequest {
  outpoint?: OutpointAsRequest
  script?: Uint8Array
  height_hint?: number
}

export interface CancelInvoiceMsgAsRequest {
  payment_hash?: Uint8Array
}

export type GetInfoRequest = Record<string, never>

export interface CheckMacPermRequest {
  macaroon?: Uint8Array
  permissions?: readonly MacaroonPermissionAsRequest[]
  fullMethod?: string
  check_default_perms_from_full_method?: boolean
}

export interface MacaroonPermissionAsRequest {
  entity?: string
  action?: string
}

export interface InvoiceAsRequest {
  memo?: string
  r_preimage?: Uint8Array
  r_hash?: Uint8Array
  creation_date?: bigint
  settle_date?: bigint
  payment_request?: string
  description_hash?: Uint8Array
  expiry?: bigint
  private?: boolean
  add_index?: bigint
  settle_index?: bigint
  amt_paid_msat?: bigint
  state?: Invoice_InvoiceState
  value_msat?: bigint
  is_keysend?: boolean
  is_amp?: boolean
}

export interface PaymentHashAsRequest {
  r_hash?: Uint8Array
}

export interface ListInvoiceRequest {
  index_offset?: bigint
  num_max_invoices?: bigint
  reversed?: boolean
}

export interface InvoiceSubscriptionAsRequest {
  settle_index?: bigint
}

export interface PayReqStringAsRequest {
  pay_req?: string
}

export interface ListPaymentsRequest {
  include_incomplete?: boolean
  index_offset?: bigint
  max_payments?: bigint
  reversed?: boolean
  omit_hops?: boolean
}

export interface ListChannelsRequest {
  peer_alias_lookup?: boolean
}

export type PendingChannelsRequest = Record<string, never>

export type ClosedChannelsRequest = Record<string, never>

export type ChannelEventSubscriptionAsRequest = Record<string, never>

export interface ChannelPointAsRequest {
  funding_txid_bytes?: Uint8Array
  funding_txid_str?: string
  output_index?: number
}

export interface ConnectPeerRequest {
  addr?: LightningAddressAsRequest
  perm?: boolean
  timeout?: bigint
}

export interface LightningAddressAsRequest {
  pubkey?: string
  host?: string
}

export interface ListPeersRequest {
  latest_error?: boolean
}

export interface OpenChannelRequest {
  sat_per_vbyte?: bigint
  node_pubkey?: Uint8Array
  local_funding_amount?: bigint
  private?: boolean
  min_confs?: number
  memo?: string
  outpoints?: readonly OutPointAsRequest[]
}

export interface OutPointAsRequest {
  txid_str?: string
  output_index?: number
}

export interface CloseChannelRequest {
  channel_point?: ChannelPointAsRequest
  force?: boolean
  sat_per_vbyte?: bigint
}

export interface AbandonChannelRequest {
  channel_point?: ChannelPointAsRequest
  i_know_what_i_am_doing?: boolean
}

export interface NodeInfoRequest {
  pub_key?: string
  include_channels?: boolean
}

export interface ChanInfoRequest {
  chan_point?: string
}

export interface PolicyUpdateRequest {
  chan_point?: ChannelPointAsRequest
  base_fee_msat?: bigint
  time_lock_delta?: number
  fee_rate_ppm?: number
}

export interface ForwardingHistoryRequest {
  start_time?: bigint
  end_time?: bigint
  index_offset?: number
  num_max_events?: number
}

export type WalletBalanceRequest = Record<string, never>

export interface NewAddressRequest {
  type?: AddressType
}

export interface GetTransactionsRequest {
  start_height?: number
  end_height?: number
}

export type ChanBackupExportRequest = Record<string, never>

export type ChannelBackupSubscriptionAsRequest = Record<string, never>

export interface ChanBackupSnapshotAsRequest {
  multi_chan_backup?: MultiChanBackupAsRequest
}

export interface MultiChanBackupAsRequest {
  chan_points?: readonly ChannelPointAsRequest[]
  multi_chan_backup?: Uint8Array
}

export type GetStateRequest = Record<string, never>

export interface SendPaymentRequest {
  payment_request?: string
  timeout_seconds?: number
  cltv_limit?: number
  amt_msat?: bigint
  fee_limit_msat?: bigint
  max_parts?: number
  no_inflight_updates?: boolean
  outgoing_chan_ids?: readonly bigint[]
  cancelable?: boolean
}

export interface TrackPaymentRequest {
  payment_hash?: Uint8Array
  no_inflight_updates?: boolean
}

export type VersionRequest = Record<string, never>

export interface ListUnspentRequest {
  min_confs?: number
  max_confs?: number
  account?: string
}

export interface EstimateFeeRequest {
  conf_target?: number
}

export interface RequiredReserveRequest {
  additional_public_channels?: number
}

export interface walletrpc_TransactionAsRequest {
  tx_hex?: Uint8Array
  label?: string
}

export interface FundPsbtRequest {
  raw?: TxTemplateAsRequest
  min_confs?: number
  spend_unconfirmed?: boolean
  change_type?: ChangeAddressType
  sat_per_kw?: bigint
  custom_lock_id?: Uint8Array
  lock_expiration_seconds?: bigint
}

export interface TxTemplateAsRequest {
  inputs?: readonly OutPointAsRequest[]
  outputs?: Record<string, bigint>
}

export interface FinalizePsbtRequest {
  funded_psbt?: Uint8Array
}

export interface ReleaseOutputRequest {
  id?: Uint8Array
  outpoint?: OutPointAsRequest
}

export type ListLeasesRequest = Record<string, never>

/** A number when LND is newer than this list. */
export type Invoice_InvoiceState = 'OPEN' | 'SETTLED' | 'CANCELED' | 'ACCEPTED' | number

/** A number when LND is newer than this list. */
export type Payment_PaymentStatus =
  | 'UNKNOWN'
  | 'IN_FLIGHT'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'INITIATED'
  | number

/** A number when LND is newer than this list. */
export type HTLCAttempt_HTLCStatus = 'IN_FLIGHT' | 'SUCCEEDED' | 'FAILED' | number

/** A number when LND is newer than this list. */
export type PaymentFailureReason =
  | 'FAILURE_REASON_NONE'
  | 'FAILURE_REASON_TIMEOUT'
  | 'FAILURE_REASON_NO_ROUTE'
  | 'FAILURE_REASON_ERROR'
  | 'FAILURE_REASON_INCORRECT_PAYMENT_DETAILS'
  | 'FAILURE_REASON_INSUFFICIENT_BALANCE'
  | 'FAILURE_REASON_CANCELED'
  | number

/** A number when LND is newer than this list. */
export type CommitmentType =
  | 'UNKNOWN_COMMITMENT_TYPE'
  | 'LEGACY'
  | 'STATIC_REMOTE_KEY'
  | 'ANCHORS'
  | 'SCRIPT_ENFORCED_LEASE'
  | 'TAPROOT'
  | 'SIMPLE_TAPROOT_FINAL'
  | 'SIMPLE_TAPROOT'
  | 'SIMPLE_TAPROOT_OVERLAY'
  | number

/** A number when LND is newer than this list. */
export type Initiator =
  | 'INITIATOR_UNKNOWN'
  | 'INITIATOR_LOCAL'
  | 'INITIATOR_REMOTE'
  | 'INITIATOR_BOTH'
  | number

/** A number when LND is newer than this list. */
export type ChannelCloseSummary_ClosureType =
  | 'COOPERATIVE_CLOSE'
  | 'LOCAL_FORCE_CLOSE'
  | 'REMOTE_FORCE_CLOSE'
  | 'BREACH_CLOSE'
  | 'FUNDING_CANCELED'
  | 'ABANDONED'
  | number

/** A number when LND is newer than this list. */
export type ResolutionType =
  | 'TYPE_UNKNOWN'
  | 'ANCHOR'
  | 'INCOMING_HTLC'
  | 'OUTGOING_HTLC'
  | 'COMMIT'
  | number

/** A number when LND is newer than this list. */
export type ResolutionOutcome =
  | 'OUTCOME_UNKNOWN'
  | 'CLAIMED'
  | 'UNCLAIMED'
  | 'ABANDONED'
  | 'FIRST_STAGE'
  | 'TIMEOUT'
  | number

/** A number when LND is newer than this list. */
export type ChannelEventUpdate_UpdateType =
  | 'OPEN_CHANNEL'
  | 'CLOSED_CHANNEL'
  | 'ACTIVE_CHANNEL'
  | 'INACTIVE_CHANNEL'
  | 'PENDING_OPEN_CHANNEL'
  | 'FULLY_RESOLVED_CHANNEL'
  | 'CHANNEL_FUNDING_TIMEOUT'
  | 'CHANNEL_UPDATE'
  | number

/** A number when LND is newer than this list. */
export type UpdateFailure =
  | 'UPDATE_FAILURE_UNKNOWN'
  | 'UPDATE_FAILURE_PENDING'
  | 'UPDATE_FAILURE_NOT_FOUND'
  | 'UPDATE_FAILURE_INTERNAL_ERR'
  | 'UPDATE_FAILURE_INVALID_PARAMETER'
  | number

/** A number when LND is newer than this list. */
export type AddressType =
  | 'WITNESS_PUBKEY_HASH'
  | 'NESTED_PUBKEY_HASH'
  | 'UNUSED_WITNESS_PUBKEY_HASH'
  | 'UNUSED_NESTED_PUBKEY_HASH'
  | 'TAPROOT_PUBKEY'
  | 'UNUSED_TAPROOT_PUBKEY'
  | number

/** A number when LND is newer than this list. */
export type WalletState =
  | 'NON_EXISTING'
  | 'LOCKED'
  | 'UNLOCKED'
  | 'RPC_ACTIVE'
  | 'SERVER_ACTIVE'
  | 'WAITING_TO_START'
  | number

/** A number when LND is newer than this list. */
export type ChangeAddressType =
  | 'CHANGE_ADDRESS_TYPE_UNSPECIFIED'
  | 'CHANGE_ADDRESS_TYPE_P2TR'
  | number

/** Full method name → its messages. */
export interface Methods {
  '/chainrpc.ChainNotifier/RegisterConfirmationsNtfn': {
    request: ConfRequest
    reply: ConfEvent
    isStream: true
  }
  '/chainrpc.ChainNotifier/RegisterSpendNtfn': {
    request: SpendRequest
    reply: SpendEvent
    isStream: true
  }
  '/invoicesrpc.Invoices/CancelInvoice': {
    request: CancelInvoiceMsgAsRequest
    reply: CancelInvoiceResp
    isStream: false
  }
  '/lnrpc.Lightning/GetInfo': { request: GetInfoRequest; reply: GetInfoResponse; isStream: false }
  '/lnrpc.Lightning/AddInvoice': {
    request: InvoiceAsRequest
    reply: AddInvoiceResponse
    isStream: false
  }
  '/lnrpc.Lightning/LookupInvoice': {
    request: PaymentHashAsRequest
    reply: Invoice
    isStream: false
  }
  '/lnrpc.Lightning/ListInvoices': {
    request: ListInvoiceRequest
    reply: ListInvoiceResponse
    isStream: false
  }
  '/lnrpc.Lightning/SubscribeInvoices': {
    request: InvoiceSubscriptionAsRequest
    reply: Invoice
    isStream: true
  }
  '/lnrpc.Lightning/DecodePayReq': {
    request: PayReqStringAsRequest
    reply: PayReq
    isStream: false
  }
  '/lnrpc.Lightning/ListPayments': {
    request: ListPaymentsRequest
    reply: ListPaymentsResponse
    isStream: false
  }
  '/lnrpc.Lightning/ListChannels': {
    request: ListChannelsRequest
    reply: ListChannelsResponse
    isStream: false
  }
  '/lnrpc.Lightning/PendingChannels': {
    request: PendingChannelsRequest
    reply: PendingChannelsResponse
    isStream: false
  }
  '/lnrpc.Lightning/ClosedChannels': {
    request: ClosedChannelsRequest
    reply: ClosedChannelsResponse
    isStream: false
  }
  '/lnrpc.Lightning/SubscribeChannelEvents': {
    request: ChannelEventSubscriptionAsRequest
    reply: ChannelEventUpdate
    isStream: true
  }
  '/lnrpc.Lightning/WalletBalance': {
    request: WalletBalanceRequest
    reply: WalletBalanceResponse
    isStream: false
  }
  '/lnrpc.Lightning/NewAddress': {
    request: NewAddressRequest
    reply: NewAddressResponse
    isStream: false
  }
  '/lnrpc.Lightning/GetTransactions': {
    request: GetTransactionsRequest
    reply: TransactionDetails
    isStream: false
  }
  '/lnrpc.Lightning/ConnectPeer': {
    request: ConnectPeerRequest
    reply: ConnectPeerResponse
    isStream: false
  }
  '/lnrpc.Lightning/ListPeers': {
    request: ListPeersRequest
    reply: ListPeersResponse
    isStream: false
  }
  '/lnrpc.Lightning/OpenChannelSync': {
    request: OpenChannelRequest
    reply: ChannelPoint
    isStream: false
  }
  '/lnrpc.Lightning/CloseChannel': {
    request: CloseChannelRequest
    reply: CloseStatusUpdate
    isStream: true
  }
  '/lnrpc.Lightning/AbandonChannel': {
    request: AbandonChannelRequest
    reply: AbandonChannelResponse
    isStream: false
  }
  '/lnrpc.Lightning/GetNodeInfo': { request: NodeInfoRequest; reply: NodeInfo; isStream: false }
  '/lnrpc.Lightning/GetChanInfo': { request: ChanInfoRequest; reply: ChannelEdge; isStream: false }
  '/lnrpc.Lightning/UpdateChannelPolicy': {
    request: PolicyUpdateRequest
    reply: PolicyUpdateResponse
    isStream: false
  }
  '/lnrpc.Lightning/ForwardingHistory': {
    request: ForwardingHistoryRequest
    reply: ForwardingHistoryResponse
    isStream: false
  }
  '/lnrpc.Lightning/CheckMacaroonPermissions': {
    request: CheckMacPermRequest
    reply: CheckMacPermResponse
    isStream: false
  }
  '/lnrpc.Lightning/ExportAllChannelBackups': {
    request: ChanBackupExportRequest
    reply: ChanBackupSnapshot
    isStream: false
  }
  '/lnrpc.Lightning/VerifyChanBackup': {
    request: ChanBackupSnapshotAsRequest
    reply: VerifyChanBackupResponse
    isStream: false
  }
  '/lnrpc.Lightning/SubscribeChannelBackups': {
    request: ChannelBackupSubscriptionAsRequest
    reply: ChanBackupSnapshot
    isStream: true
  }
  '/lnrpc.State/GetState': { request: GetStateRequest; reply: GetStateResponse; isStream: false }
  '/routerrpc.Router/SendPaymentV2': { request: SendPaymentRequest; reply: Payment; isStream: true }
  '/routerrpc.Router/TrackPaymentV2': {
    request: TrackPaymentRequest
    reply: Payment
    isStream: true
  }
  '/verrpc.Versioner/GetVersion': { request: VersionRequest; reply: Version; isStream: false }
  '/walletrpc.WalletKit/ListUnspent': {
    request: ListUnspentRequest
    reply: ListUnspentResponse
    isStream: false
  }
  '/walletrpc.WalletKit/EstimateFee': {
    request: EstimateFeeRequest
    reply: EstimateFeeResponse
    isStream: false
  }
  '/walletrpc.WalletKit/RequiredReserve': {
    request: RequiredReserveRequest
    reply: RequiredReserveResponse
    isStream: false
  }
  '/walletrpc.WalletKit/PublishTransaction': {
    request: walletrpc_TransactionAsRequest
    reply: PublishResponse
    isStream: false
  }
  '/walletrpc.WalletKit/FundPsbt': {
    request: FundPsbtRequest
    reply: FundPsbtResponse
    isStream: false
  }
  '/walletrpc.WalletKit/FinalizePsbt': {
    request: FinalizePsbtRequest
    reply: FinalizePsbtResponse
    isStream: false
  }
  '/walletrpc.WalletKit/ReleaseOutput': {
    request: ReleaseOutputRequest
    reply: ReleaseOutputResponse
    isStream: false
  }
  '/walletrpc.WalletKit/ListLeases': {
    request: ListLeasesRequest
    reply: ListLeasesResponse
    isStream: false
  }
}
