import { type AdoptOptions, adoptChannel } from './channels/adopt-channel.ts'
import type { Channel, ChannelOwnership } from './channels/channel-view.ts'
import type { ChannelClosing } from './channels/closing-view.ts'
import { listChannels } from './channels/list-channels.ts'
import { type ClosingFilter, listClosings } from './channels/list-closings.ts'
import { listOpenings, type OpeningFilter } from './channels/list-openings.ts'
import {
  getOpening,
  type OpenInput,
  type OpenOptions,
  openChannel,
} from './channels/open-channel.ts'
import type { ChannelOpening } from './channels/opening-view.ts'
import { type CloseInput, requestClose } from './channels/request-close.ts'
import type { Context } from './context.ts'
import { eventsAfter } from './events/events-after.ts'
import type { AnyEvent } from './events.ts'
import { type FeeStatus, feeStatus } from './fees/fee-status.ts'
import { type AdoptInput, adoptInvoice } from './invoices/adopt-invoice.ts'
import { cancelInvoice } from './invoices/cancel-invoice.ts'
import { createInvoice, type InvoiceInput, type InvoiceOptions } from './invoices/create-invoice.ts'
import { getInvoice } from './invoices/get-invoice.ts'
import type { Invoice } from './invoices/invoice-view.ts'
import { type InvoiceFilter, listInvoices } from './invoices/list-invoices.ts'
import { type WaitOptions, waitUntilSettled } from './invoices/wait-until-settled.ts'
import type { KeeperDecision } from './keeper/decision-view.ts'
import { depositAddress } from './keeper/deposit-address.ts'
import { type KeeperReport, keeperReport } from './keeper/keeper-report.ts'
import { type KeeperStatus, keeperStatus } from './keeper/keeper-status.ts'
import { type DecisionFilter, listDecisions } from './keeper/list-decisions.ts'
import { type KeeperPause, pauseKeeper, resumeKeeper } from './keeper/pause-keeper.ts'
import {
  type Correction,
  type CorrectionInput,
  type CorrectionOptions,
  correctBalance,
} from './ledger/correct.ts'
import {
  type ImportedOpening,
  importOpening,
  type OpeningBalance,
} from './ledger/import-opening.ts'
import { type JournalEntry, type JournalInput, readJournal } from './ledger/journal.ts'
import { journalCsv } from './ledger/journal-csv.ts'
import { type Balances, readBalances } from './ledger/read-balances.ts'
import type { LedgerRange } from './ledger/read-range.ts'
import { readStatement, type Statement, type StatementInput } from './ledger/statement.ts'
import { statementCsv } from './ledger/statement-csv.ts'
import {
  type LiquidityStatus,
  liquidityStatus,
  recommendLiquidity,
} from './liquidity/liquidity-status.ts'
import { explainRun, listRuns } from './liquidity/list-runs.ts'
import {
  type LiquidityPause,
  pauseLiquidity,
  resumeLiquidity,
} from './liquidity/pause-liquidity.ts'
import type { LiquidityRun } from './liquidity/run-view.ts'
import type { Page, PageInput } from './pages.ts'
import { getPartner } from './partners/get-partner.ts'
import { listDestinations, type PartnerDestination } from './partners/list-destinations.ts'
import { listPartners } from './partners/list-partners.ts'
import type { Partner } from './partners/partner-view.ts'
import type { PartnerInput } from './partners/read-partner-input.ts'
import { upsertPartner } from './partners/upsert-partner.ts'
import { cancelPayout } from './payouts/cancel-payout.ts'
import { estimatePayout, type PayoutEstimate } from './payouts/estimate-payout.ts'
import { getPayout } from './payouts/get-payout.ts'
import { type AttemptEvidence, listEvidence } from './payouts/list-evidence.ts'
import { listPayouts, type PayoutFilter } from './payouts/list-payouts.ts'
import type { Payout } from './payouts/payout-view.ts'
import { type RefundInput, refundInvoice } from './payouts/refund-invoice.ts'
import { releasePayout } from './payouts/release-payout.ts'
import { type PayoutInput, type PayoutOptions, requestPayout } from './payouts/request-payout.ts'
import { type ResolveEvidence, resolvePayout } from './payouts/resolve-payout.ts'
import { type AutomaticRun, runAutomatic } from './payouts/run-automatic.ts'
import { allowPeer } from './peers/allow-peer.ts'
import { blockPeer } from './peers/block-peer.ts'
import { listPeerMarks, type PeerMarkFilter } from './peers/list-peer-marks.ts'
import type { PeerMark } from './peers/peer-mark.ts'
import type { Proof } from './proof/proof-view.ts'
import { proveBooks } from './proof/prove-books.ts'
import { listFees, type RoutingFees } from './routing/list-fees.ts'
import { type IncomePeriod, type RoutingIncome, readIncome } from './routing/read-income.ts'
import type { Difference } from './safety/difference-view.ts'
import { halt, resume, type SafetyStatus, safetyStatus } from './safety/halt.ts'
import { type DifferenceFilter, listDifferences } from './safety/list-differences.ts'
import { giveUpSwap } from './swaps/delegated/give-up.ts'
import { enableProvider } from './swaps/enable-provider.ts'
import { explainSwap, type SwapExplanation } from './swaps/explain-swap.ts'
import { getSwap } from './swaps/get-swap.ts'
import { listProviders, type SwapProviderHealth } from './swaps/list-providers.ts'
import { listSwaps, type SwapFilter } from './swaps/list-swaps.ts'
import { quoteSwaps, type SwapOffer, type SwapQuestion } from './swaps/quote-swaps.ts'
import { type RaisedLimits, raiseLimits } from './swaps/raise-limits.ts'
import {
  requestByOperator,
  type SwapInput,
  type SwapRequestOptions,
} from './swaps/request-by-operator.ts'
import type { Swap } from './swaps/swap-view.ts'
import { createEndpoint, type WebhookInput } from './webhooks/create-endpoint.ts'
import type { WebhookDelivery } from './webhooks/delivery-view.ts'
import type { WebhookEndpoint, WebhookEndpointWithSecret } from './webhooks/endpoint-view.ts'
import { getEndpoint } from './webhooks/find-endpoint.ts'
import { type DeliveryFilter, listDeliveries } from './webhooks/list-deliveries.ts'
import { listEndpoints, type WebhookFilter } from './webhooks/list-endpoints.ts'
import { removeEndpoint } from './webhooks/remove-endpoint.ts'
import { type Replayed, type ReplayInput, replay } from './webhooks/replay.ts'
import { type RotateOptions, rotateSecret } from './webhooks/rotate-secret.ts'
import { sendTest, type WebhookTestAnswer } from './webhooks/send-test.ts'
import { disableEndpoint, enableEndpoint } from './webhooks/switch-endpoint.ts'
import { updateEndpoint, type WebhookChange } from './webhooks/update-endpoint.ts'

/** Asking to be paid. */
export interface InvoicesRoom {
  /**
   * Creates a one-time invoice, on LND first and then in the books; it is given out when both have it.
   * With an `idempotencyKey` (one per partner), repeating the call gives the same invoice.
   */
  create(input: InvoiceInput, options?: InvoiceOptions): Promise<Invoice>
  /** Throws `invoice.not-found`. */
  get(id: string): Promise<Invoice>
  /** Newest first, page by page. */
  list(filter?: InvoiceFilter): Promise<Page<Invoice>>
  /** Ends an open invoice: no payment can settle it afterwards. Throws `invoice.settled` when a payment was faster. */
  cancel(id: string): Promise<Invoice>
  /**
   * Takes over an invoice that another program made in this LND: what is or was paid to it is credited to the
   * partner, once. Safe to repeat. Throws `partner.not-found`, `node.invoice-not-found`, `invoice.not-adoptable`.
   */
  adopt(input: AdoptInput): Promise<Invoice>
  /** Resolves when it is paid and credited. Throws `invoice.expired`, `invoice.canceled`, `wait.aborted`. */
  waitUntilSettled(id: string, options?: WaitOptions): Promise<Invoice>
}

/** Paying partners. */
export interface PayoutsRoom {
  /**
   * Reserves amount and worst-case fee at once and pays in the background: off chain as soon as the
   * channels can send it, on chain `quick` at once, else when the feerate is acceptable. The same key of the
   * same partner gives the same payout for ever, also when it has failed: try again under a new key.
   */
  request(input: PayoutInput, options: PayoutOptions): Promise<Payout>
  /** What a payout would cost, before it is asked for: stores nothing. Throws as `request`. */
  estimate(input: PayoutInput): Promise<PayoutEstimate>
  /**
   * Pays a settled invoice back to a given destination, never more than was received in all; its partner
   * is debited. Throws `invoice.not-found`, `invoice.not-settled`, `refund.above-received`, and as `request`.
   */
  refund(input: RefundInput, options: PayoutOptions): Promise<Payout>
  /** Throws `payout.not-found`. */
  get(id: string): Promise<Payout>
  /**
   * What each try rests on, in LND's words and those of an operator's verdict; oldest first, none on chain. For
   * the operator: it is no part of the payout, which its partner and his endpoints see. Throws `payout.not-found`.
   */
  evidence(id: string): Promise<readonly AttemptEvidence[]>
  /** Newest first, page by page. */
  list(filter?: PayoutFilter): Promise<Page<Payout>>
  /**
   * Lets a queued on-chain payout go now, whatever the feerate below the hard ceiling. One that waits as
   * `maybe-paid`, of either kind, was not paid and goes on. Throws `payout.not-queued`.
   */
  release(id: string): Promise<Payout>
  /**
   * Ends a queued on-chain payout without paying; its reservation returns. Throws `payout.not-queued`,
   * `payout.maybe-paid`.
   */
  cancel(id: string): Promise<Payout>
  /**
   * Looks at all partners with automatic payouts now, as `payouts.automatic` of the options does by itself.
   * Safe to call at any time, from any process. After these books were an old copy the schedule waits for it: call
   * it when the balances are right. Throws `safety.halted`, `node.unavailable`.
   */
  runAutomatic(): Promise<AutomaticRun>
  /**
   * The operator's verdict on a payout that LND does not end, refused against LND's own word; and on one that waits
   * as `maybe-paid`, since newer books may have paid it.
   */
  resolve(id: string, verdict: 'succeeded' | 'failed', evidence: ResolveEvidence): Promise<Payout>
}

/** The merchants whose balances are kept. */
export interface PartnersRoom {
  /**
   * Creates the partner, or changes what is given; the rest stays. A changed payout destination takes effect
   * after `partners.destinationCoolDown`, and is told by the event `partner.destination-changed`. Throws
   * `payout.destination-unsupported`, `payout.destination-invalid`.
   */
  upsert(input: PartnerInput): Promise<Partner>
  /** Throws `partner.not-found`. */
  get(id: string): Promise<Partner>
  /** Newest first, page by page. */
  list(page?: PageInput): Promise<Page<Partner>>
  /** Where the partner was, is and will be paid, newest first. Throws `partner.not-found`. */
  destinations(id: string): Promise<readonly PartnerDestination[]>
}

/** The node's channels. */
export interface ChannelsRoom {
  /** Open, opening and closing channels. */
  list(): Promise<readonly Channel[]>
  /**
   * Opens a channel in the background, from coins that are chosen and stored first. Throws
   * `channel.opening-under-way`, `channel.above-cap`, `channel.above-ceiling`, `channel.over-budget`,
   * `channel.wallet-too-small`, `peer.blacklisted`, `idempotency.conflict`, `safety.halted`.
   */
  open(input: OpenInput, options: OpenOptions): Promise<ChannelOpening>
  /** One opening. Throws `channel.opening-not-found`. */
  opening(id: string): Promise<ChannelOpening>
  /** The keeper's and the operator's openings, newest first, page by page. */
  openings(filter?: OpeningFilter): Promise<Page<ChannelOpening>>
  /**
   * Closes a channel in the background; asking again is safe, and with `force` takes up a close that waits
   * for its peer. Nothing is opened in its place without `replace`. Throws `channel.not-found`, `channel.not-open`.
   */
  close(channelPoint: string, input: CloseInput): Promise<ChannelClosing>
  /** What the operator wanted closed and how far it is, by channel point, page by page. */
  closings(filter?: ClosingFilter): Promise<Page<ChannelClosing>>
  /**
   * Says what may be done with a channel that this library did not open, and before when the autopilot must not
   * close it. Throws `channel.not-found`.
   */
  adopt(channelPoint: string, ownership: ChannelOwnership, options?: AdoptOptions): Promise<Channel>
}

/** What keeps enough channels to peers of the list. */
export interface KeeperRoom {
  /** Opens nothing new by itself, in every process and across restarts; pausing again replaces the reason. */
  pause(reason: string): Promise<KeeperPause>
  /** Throws `keeper.not-paused`, and `keeper.paused` when somebody paused it again meanwhile. */
  resume(reason: string): Promise<KeeperPause>
  /** How many channels there are and are wanted, what it would do now, the list, and what is missing on chain. */
  status(filter?: { readonly limit?: number }): Promise<KeeperStatus>
  /** Where to send coins for channels: the same address until something has arrived there. */
  depositAddress(): Promise<string>
  /** What it decided and why, newest first, page by page. */
  decisions(filter?: DecisionFilter): Promise<Page<KeeperDecision>>
  /** What it did, or would have done, since a moment (default: a week ago), with its cost. */
  report(filter?: { readonly since?: number }): Promise<KeeperReport>
}

/** What keeps the node able to receive, at the lowest cost. */
export interface LiquidityRoom {
  /** Starts nothing new, in every process and across restarts; what is under way goes on. */
  pause(reason: string): Promise<LiquidityPause>
  /** Throws `liquidity.not-paused`. */
  resume(reason: string): Promise<LiquidityPause>
  /** How it stands, and the decision in force. Works while LND is away. */
  status(): Promise<LiquidityStatus>
  /** What the policy would do now, whatever the mode; asks providers for prices, stores nothing. Throws `node.unavailable`. */
  recommend(): Promise<LiquidityRun>
  /** What it decided and why, also when it did nothing, newest first, page by page. */
  decisions(filter?: PageInput): Promise<Page<LiquidityRun>>
  /** One decision: what it saw, what it took and what it rejected. Throws `liquidity.run-not-found`. */
  explain(run: string): Promise<LiquidityRun>
}

/** Peers that no channel is opened to. */
export interface PeersRoom {
  /** The marked peers with reason and evidence, by public key, page by page. */
  list(filter?: PeerMarkFilter): Promise<Page<PeerMark>>
  /** No channel is opened to this peer until it is allowed; channels that it has stay. */
  block(publicKey: string, reason: string): Promise<PeerMark>
  /** Takes the mark away; answers what it was. Throws `peer.not-marked`. */
  allow(publicKey: string, reason: string): Promise<PeerMark>
}

/** The books. */
export interface LedgerRoom {
  /** All balances from one snapshot. */
  balances(): Promise<Balances>
  /** What a partner was owed and why, oldest first, page by page, each with opening and closing balance. Throws `partner.not-found`. */
  statement(partner: string, input?: StatementInput): Promise<Statement>
  /** The same as CSV, amounts in sat with three decimals. Throws `partner.not-found`. */
  statementCsv(partner: string, range?: LedgerRange): Promise<string>
  /** Every booking with its debits and credits, oldest first, page by page. */
  journal(input?: JournalInput): Promise<Page<JournalEntry>>
  /** The same as CSV for accounting tools, a row per line. */
  journalCsv(range?: LedgerRange): Promise<string>
  /**
   * Moves an amount between the operator and a partner, with a reason; no money moves in LND. Throws
   * `partner.not-found`, `ledger.insufficient-balance`, `ledger.operator-short`, `idempotency.conflict`.
   */
  correct(input: CorrectionInput, options: CorrectionOptions): Promise<Correction>
  /**
   * Takes over what the books before these owed to partners, once per partner, all of a call or none of it.
   * Throws `partner.not-found`, `ledger.operator-short`, `idempotency.conflict`.
   */
  importOpening(
    balances: readonly OpeningBalance[],
    options: CorrectionOptions,
  ): Promise<ImportedOpening>
  /**
   * Does LND have what the books say? Reads LND's own balances, place by place, against what partners are
   * owed and the operator has. The leading process does the same all the time: a surplus is booked as the operator's,
   * missing value halts outgoing money. Throws `node.unavailable`, `node.macaroon-rejected`.
   */
  prove(): Promise<Proof>
}

/** Forwarding other people's payments. */
export interface RoutingRoom {
  /** What routing earned per UTC day and channel since the books began. */
  income(period: IncomePeriod): Promise<RoutingIncome>
  /** What every channel asks now, and what the rule of the option `routing` would ask. Throws `node.unavailable`. */
  fees(): Promise<readonly RoutingFees[]>
}

/** What the chain asks. */
export interface FeesRoom {
  /** The feerate (sat/vB), what is low, and what would be decided about a payout now. Throws `node.unavailable`. */
  status(): Promise<FeeStatus>
}

/** The durable log. */
export interface EventsRoom {
  /** Events after a cursor (`"0"` for all), in order; gaps between cursors mean nothing. */
  after(cursor: string, options?: { readonly limit?: number }): Promise<readonly AnyEvent[]>
}

/** The kill switch. */
export interface SafetyRoom {
  /**
   * Stops outgoing money at once, in every process and across restarts; what LND has in flight is followed to its end,
   * and a swap whose payment is held is claimed all the same: that takes what is ours, and starts nothing.
   */
  halt(reason: string): Promise<SafetyStatus>
  /** Lets money out again. Throws `safety.not-halted`. */
  resume(reason: string): Promise<SafetyStatus>
  /** Whether outgoing money is halted, and why. */
  status(): Promise<SafetyStatus>
  /**
   * What LND and the books tell differently, newest first: payments that the books do not know, channels
   * that LND shows in an older state. `resume()` accepts what is open.
   */
  differences(filter?: DifferenceFilter): Promise<Page<Difference>>
}

/** Lightning money that becomes on-chain money, which makes the node able to receive again. */
export interface SwapsRoom {
  /** What every provider asks for an amount, all in; the cheapest acceptable offer first. Throws `node.unavailable`. */
  quote(question: SwapQuestion): Promise<readonly SwapOffer[]>
  /**
   * Swaps an amount with the cheapest acceptable provider, in the background; more than one swap when it is above a
   * limit. With `payout` the claim itself pays a queued on-chain payout. Throws `swap.no-offer`, `swap.above-cap`,
   * `swap.over-budget`, `safety.halted`, `idempotency.conflict`; with a payout `payout.not-found`,
   * `payout.not-queued`, `payout.in-swap`, `payout.maybe-paid`.
   */
  request(input: SwapInput, options: SwapRequestOptions): Promise<readonly Swap[]>
  /** Throws `swap.not-found`. */
  get(id: string): Promise<Swap>
  /** Newest first, page by page. */
  list(filter?: SwapFilter): Promise<Page<Swap>>
  /** Why it is where it is: price, offers that were not taken, claims. Throws `swap.not-found`. */
  explain(id: string): Promise<SwapExplanation>
  /** Lets a swap under way cost more. Throws `swap.not-found`, `swap.not-live`, `swap.over-budget`. */
  raiseLimits(id: string, limits: RaisedLimits): Promise<Swap>
  /**
   * Ends a daemon's swap that needs somebody, by what LND knows of its payments; what was paid is booked as lost. And a
   * swap of custody `self` that says `payment-forgotten`: its worker ends it by what the chain says, at its next look.
   * Throws `swap.not-found`, `swap.not-live`, `node.unavailable`.
   */
  giveUp(id: string, reason: string): Promise<Swap>
  /** The providers of the options, and how they have done so far. */
  providers(): Promise<readonly SwapProviderHealth[]>
  /** Asks a provider again that was disabled or is in quarantine. */
  enableProvider(name: string): Promise<SwapProviderHealth>
}

/** Where events are sent to, signed by Standard Webhooks 1.0.0; receivers check with `verifyWebhook`. */
export interface WebhooksRoom {
  /**
   * Sends the events from now on to a URL, at least once each, in any order, with the event's id as
   * `webhook-id`. The secret is given out here and never again. Throws `partner.not-found`,
   * `webhook.too-many`, `http.refused` for a URL that is never asked.
   */
  create(input: WebhookInput): Promise<WebhookEndpointWithSecret>
  /** Newest first, page by page, without secrets. */
  list(filter?: WebhookFilter): Promise<Page<WebhookEndpoint>>
  /** Throws `webhook.not-found`. */
  get(id: string): Promise<WebhookEndpoint>
  /** Changes its URL or its types. Throws `webhook.not-found`, `http.refused`. */
  update(id: string, change: WebhookChange): Promise<WebhookEndpoint>
  /** Sends again, what is new and what is replayed; an active one stays as it is. Throws `webhook.not-found`. */
  enable(id: string): Promise<WebhookEndpoint>
  /** Sends nothing more; what waits is dropped. Throws `webhook.not-found`. */
  disable(id: string): Promise<WebhookEndpoint>
  /** Forgets the endpoint and its deliveries. Throws `webhook.not-found`. */
  remove(id: string): Promise<WebhookEndpoint>
  /** A new secret, given out here; those before sign as well for `keepFor`. Throws `webhook.not-found`. */
  rotateSecret(id: string, options?: RotateOptions): Promise<WebhookEndpointWithSecret>
  /** What was sent to an endpoint and what came of it, newest event first, page by page. Throws `webhook.not-found`. */
  deliveries(filter: DeliveryFilter): Promise<Page<WebhookDelivery>>
  /** Sends events again: one, a range of cursors, or all that failed. Throws `webhook.not-found`, `webhook.disabled`, `webhook.event-not-found`. */
  replay(input: ReplayInput): Promise<Replayed>
  /** Sends a signed event of the type `webhook.test` now, once; never throws for what the endpoint does. Throws `webhook.not-found`. */
  sendTest(id: string): Promise<WebhookTestAnswer>
}

/** The rooms of a node: each a noun, each verb a file of its own. */
export interface Rooms {
  readonly invoices: InvoicesRoom
  readonly payouts: PayoutsRoom
  readonly partners: PartnersRoom
  readonly channels: ChannelsRoom
  readonly keeper: KeeperRoom
  readonly liquidity: LiquidityRoom
  readonly peers: PeersRoom
  readonly routing: RoutingRoom
  readonly fees: FeesRoom
  readonly ledger: LedgerRoom
  readonly events: EventsRoom
  readonly safety: SafetyRoom
  readonly swaps: SwapsRoom
  readonly webhooks: WebhooksRoom
}

export function createRooms(context: Context): Rooms {
  return {
    invoices: {
      create: (input, options) => createInvoice(context, input, options),
      get: (id) => getInvoice(context, id),
      list: (filter) => listInvoices(context, filter),
      cancel: (id) => cancelInvoice(context, id),
      adopt: (input) => adoptInvoice(context, input),
      waitUntilSettled: (id, options) => waitUntilSettled(context, id, options),
    },
    payouts: {
      request: (input, options) => requestPayout(context, input, options),
      estimate: (input) => estimatePayout(context, input),
      refund: (input, options) => refundInvoice(context, input, options),
      get: (id) => getPayout(context, id),
      evidence: (id) => listEvidence(context, id),
      list: (filter) => listPayouts(context, filter),
      release: (id) => releasePayout(context, id),
      cancel: (id) => cancelPayout(context, id),
      runAutomatic: () => runAutomatic(context),
      resolve: (id, verdict, evidence) => resolvePayout(context, id, verdict, evidence),
    },
    partners: {
      upsert: (input) => upsertPartner(context, input),
      get: (id) => getPartner(context, id),
      list: (page) => listPartners(context, page),
      destinations: (id) => listDestinations(context, id),
    },
    channels: {
      list: () => listChannels(context),
      open: (input, options) => openChannel(context, input, options),
      opening: (id) => getOpening(context, id),
      openings: (filter) => listOpenings(context, filter),
      closings: (filter) => listClosings(context, filter),
      close: (channelPoint, input) => requestClose(context, channelPoint, input),
      adopt: (channelPoint, ownership, options) =>
        adoptChannel(context, channelPoint, ownership, options),
    },
    keeper: {
      pause: (reason) => pauseKeeper(context, reason),
      resume: (reason) => resumeKeeper(context, reason),
      status: (filter) => keeperStatus(context, filter),
      depositAddress: () => depositAddress(context),
      decisions: (filter) => listDecisions(context, filter),
      report: (filter) => keeperReport(context, filter),
    },
    liquidity: {
      pause: (reason) => pauseLiquidity(context, reason),
      resume: (reason) => resumeLiquidity(context, reason),
      status: () => liquidityStatus(context),
      recommend: () => recommendLiquidity(context),
      decisions: (filter) => listRuns(context, filter),
      explain: (run) => explainRun(context, run),
    },
    peers: {
      list: (filter) => listPeerMarks(context, filter),
      block: (publicKey, reason) => blockPeer(context, publicKey, reason),
      allow: (publicKey, reason) => allowPeer(context, publicKey, reason),
    },
    routing: {
      income: (period) => readIncome(context, period),
      fees: () => listFees(context),
    },
    ledger: {
      balances: () => readBalances(context),
      statement: (partner, input) => readStatement(context, partner, input),
      statementCsv: (partner, range) => statementCsv(context, partner, range),
      journal: (input) => readJournal(context, input),
      journalCsv: (range) => journalCsv(context, range),
      correct: (input, options) => correctBalance(context, input, options),
      importOpening: (balances, options) => importOpening(context, balances, options),
      prove: () => proveBooks(context),
    },
    fees: { status: () => feeStatus(context) },
    events: { after: (cursor, options) => eventsAfter(context, cursor, options) },
    safety: {
      halt: (reason) => halt(context, reason),
      resume: (reason) => resume(context, reason),
      status: () => safetyStatus(context),
      differences: (filter) => listDifferences(context, filter),
    },
    swaps: {
      quote: (question) => quoteSwaps(context, question),
      request: (input, options) => requestByOperator(context, input, options),
      get: (id) => getSwap(context, id),
      list: (filter) => listSwaps(context, filter),
      explain: (id) => explainSwap(context, id),
      raiseLimits: (id, limits) => raiseLimits(context, id, limits),
      giveUp: (id, reason) => giveUpSwap(context, id, reason),
      providers: () => listProviders(context),
      enableProvider: (name) => enableProvider(context, name),
    },
    webhooks: {
      create: (input) => createEndpoint(context, input),
      list: (filter) => listEndpoints(context, filter),
      get: (id) => getEndpoint(context, id),
      update: (id, change) => updateEndpoint(context, id, change),
      enable: (id) => enableEndpoint(context, id),
      disable: (id) => disableEndpoint(context, id),
      remove: (id) => removeEndpoint(context, id),
      rotateSecret: (id, options) => rotateSecret(context, id, options),
      deliveries: (filter) => listDeliveries(context, filter),
      replay: (input) => replay(context, input),
      sendTest: (id) => sendTest(context, id),
    },
  }
}
