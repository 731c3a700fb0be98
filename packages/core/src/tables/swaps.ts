import { table } from './table.ts'

/**
 * A swap of Lightning money for on-chain money. Every step is written here before it is taken; keys and
 * preimages are derived and never stored (money rule 11).
 */
export const swaps = table({
  name: 'swaps',
  columns: {
    /** 128 random bits, hex: the preimage derives from it. */
    id: { type: 'text' },
    node: { type: 'text' },
    network: { type: 'text' },
    /** `self` or `delegated`. */
    custody: { type: 'text' },
    provider: { type: 'text' },
    /** It stays with the server it was created on; empty for a daemon. */
    url: { type: 'text' },
    state: { type: 'text' },
    /** Why it waits or how it ended, machine-readable. */
    reason: { type: 'text', nullable: true },
    /** `operator`, `autopilot`. */
    source: { type: 'text' },
    /** The decision of the autopilot that it follows from. */
    decision: { type: 'text', nullable: true },
    /** Several swaps of one request: their common id. */
    request_group: { type: 'text' },
    /** On Lightning, without routing. */
    amount_msat: { type: 'msat' },
    /** Empty: an address of LND's wallet, chosen when it is first needed. */
    destination: { type: 'text' },
    /** `wallet`, `operator` or `payout`: whose the coins are when they are claimed. */
    destination_kind: { type: 'text' },
    /** The payout that is paid by the claim itself. */
    payout: { type: 'text', nullable: true },
    /** What that payout pays, exactly. */
    payout_msat: { type: 'msat', nullable: true },
    /** With a payout: the wallet's address for the rest, or for all of it; chosen before the provider is asked. */
    rest_destination: { type: 'text', nullable: true },
    urgency: { type: 'text' },
    /** `NodeChannel.channelId`; empty: any. */
    outgoing_channels: { type: 'json' },
    payment_hash: { type: 'text' },
    key_id: { type: 'text' },
    /** The swap's id, sealed, as the provider is given it; hex. */
    metadata: { type: 'text' },
    claim_index: { type: 'integer' },
    claim_public_key: { type: 'text' },
    /** The quote that was accepted, the rejected ones, and why. */
    quote: { type: 'json' },
    rejected: { type: 'json' },
    /** The provider's whole answer, stored before it is paid. */
    terms: { type: 'json', nullable: true },
    /** What the checks made of it: script, outputs, amounts, heights. */
    verified: { type: 'json', nullable: true },
    provider_id: { type: 'text', nullable: true },
    /** Intent to ask the provider: with it and no terms, the swap may exist there. */
    asked_at: { type: 'time', nullable: true },
    /** Of the provider's invoice. */
    expires_at: { type: 'time', nullable: true },
    onchain_msat: { type: 'msat', nullable: true },
    timeout_height: { type: 'integer', nullable: true },
    /** Hard limits. */
    routing_limit_msat: { type: 'msat' },
    claim_limit_msat: { type: 'msat' },
    service_limit_msat: { type: 'msat' },
    prepay_limit_msat: { type: 'msat' },
    /** All of them together: what the budget was charged, until it has ended. */
    worst_cost_msat: { type: 'msat' },
    budget_period: { type: 'text' },
    /** Leader epoch under which LND was last asked to pay, 0 before, and send calls issued under it. */
    epoch: { type: 'integer' },
    calls: { type: 'integer' },
    /** Blocks that LND was allowed to have the payment frozen, the most of all calls; null: it was not asked to pay. */
    maximum_cltv: { type: 'integer', nullable: true },
    /** LND has shown the payment. */
    seen_at: { type: 'time', nullable: true },
    since_height: { type: 'integer' },
    /** Height at which its payment was first seen under way. */
    held_height: { type: 'integer', nullable: true },
    /** When it was held for longer than a lockup may take: its provider has answered for that. */
    overdue_at: { type: 'time', nullable: true },
    lockup_outpoint: { type: 'text', nullable: true },
    lockup_msat: { type: 'msat', nullable: true },
    lockup_height: { type: 'integer', nullable: true },
    /** The last number of `swap_claims`; 0: none. */
    claims: { type: 'integer' },
    revealed_at: { type: 'time', nullable: true },
    /** Blocks before the timeout at which the last alarm was raised; 0: none. */
    alarm: { type: 'integer' },
    /** An operator's word that nothing more is to be waited for, once LND no longer knows the payment. */
    given_up: { type: 'text', nullable: true },
    /** Real costs, as they become known. */
    routing_msat: { type: 'msat', nullable: true },
    /** With a payout: known as soon as the lockup is spent for good, in the change that settles the payout. */
    claim_fee_msat: { type: 'msat', nullable: true },
    service_msat: { type: 'msat', nullable: true },
    prepay_lost_msat: { type: 'msat', nullable: true },
    /** The last words of the provider and of LND, for people. */
    evidence: { type: 'json', nullable: true },
    idempotency_key: { type: 'text' },
    request: { type: 'text' },
    created_at: { type: 'time' },
    updated_at: { type: 'time' },
    ended_at: { type: 'time', nullable: true },
  },
  key: ['id'],
  unique: {
    idempotency: ['node', 'idempotency_key'],
    hash: ['node', 'payment_hash'],
  },
  index: {
    created: ['node', 'created_at', 'id'],
    state: ['node', 'state', 'created_at', 'id'],
    request: ['node', 'request_group', 'created_at', 'id'],
  },
})

/** Every claim transaction of a swap, stored before it is published; all spend the same lockup. */
export const swapClaims = table({
  name: 'swap_claims',
  columns: {
    swap: { type: 'text' },
    /** From 1. */
    number: { type: 'integer' },
    node: { type: 'text' },
    network: { type: 'text' },
    transaction_id: { type: 'text' },
    /** What it spends, `txid:index`: another one only after a reorganization. */
    outpoint: { type: 'text' },
    raw: { type: 'bytes' },
    /** `cooperative` or `script`. */
    path: { type: 'text' },
    /** One of its outputs is the swap's payout. */
    pays_payout: { type: 'boolean' },
    virtual_bytes: { type: 'integer' },
    fee_msat: { type: 'msat' },
    created_height: { type: 'integer' },
    confirmed_height: { type: 'integer', nullable: true },
    created_at: { type: 'time' },
  },
  key: ['node', 'swap', 'number'],
  unique: { transaction: ['node', 'transaction_id'] },
})

/**
 * The next claim key at each server, which only rises: a restore call looks past no more than some unused keys in a
 * row, so that swaps with others must leave no gap. By url and not by name, as a host may change that one; two servers
 * may see the same claim key, which tells them no secret: preimages come from the ids of swaps, and those are random.
 */
export const swapKeys = table({
  name: 'swap_keys',
  columns: {
    node: { type: 'text' },
    key_id: { type: 'text' },
    /** `SelfCustodialSwapProvider.url` */
    url: { type: 'text' },
    network: { type: 'text' },
    next_index: { type: 'integer' },
  },
  key: ['node', 'key_id', 'url'],
})

/** Health of a provider by outcomes, and its quarantine. */
export const swapProviders = table({
  name: 'swap_providers',
  columns: {
    node: { type: 'text' },
    /** Its name. */
    provider: { type: 'text' },
    network: { type: 'text' },
    created: { type: 'integer' },
    completed: { type: 'integer' },
    failed: { type: 'integer' },
    refused: { type: 'integer' },
    /** In a row; each makes the next quarantine longer. */
    failures: { type: 'integer' },
    /** Sum over completed ones, in milliseconds. */
    milliseconds: { type: 'integer' },
    quarantined_until: { type: 'time', nullable: true },
    /** Not to be asked again before the operator says so. */
    disabled_reason: { type: 'text', nullable: true },
    says: { type: 'text', nullable: true },
    updated_at: { type: 'time' },
  },
  key: ['node', 'provider'],
})

/** Value under way, bounded: of all swaps together (`all`), and with each provider (`provider/<name>`). */
export const swapTotals = table({
  name: 'swap_totals',
  columns: {
    node: { type: 'text' },
    scope: { type: 'text' },
    network: { type: 'text' },
    amount_msat: { type: 'msat' },
  },
  key: ['node', 'scope'],
})

/** What swaps and other levers may cost in a period, worst cases of what is in flight included. */
export const liquidityBudgets = table({
  name: 'liquidity_budgets',
  columns: {
    node: { type: 'text' },
    /** UTC day. */
    period: { type: 'text' },
    network: { type: 'text' },
    spent_msat: { type: 'msat' },
  },
  key: ['node', 'period'],
})
