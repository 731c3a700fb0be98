export type { AdoptOptions } from './channels/adopt-channel.ts'
export type { ChannelOptions, Mode } from './channels/channel-options.ts'
export type { Channel, ChannelOwnership, ChannelState } from './channels/channel-view.ts'
export type { ChannelClosing } from './channels/closing-view.ts'
export type { ClosingFilter } from './channels/list-closings.ts'
export type { OpeningFilter } from './channels/list-openings.ts'
export type { OpenInput, OpenOptions } from './channels/open-channel.ts'
export type { ChannelOpening } from './channels/opening-view.ts'
export { parsePeerList } from './channels/parse-peer-list.ts'
export { type PeerList, peerList } from './channels/peer-list.ts'
export type { CloseInput } from './channels/request-close.ts'
export { Amount, type AmountInput, isAmount, msat, parseAmount, sat } from './domain/amount.ts'
export type { AttemptState, PayoutState } from './domain/attempt.ts'
export { type ChannelLiquidity, channelLiquidity, nodeLiquidity } from './domain/channel.ts'
export type { CloseAttribution, CloseCause } from './domain/close-attribution.ts'
export type { ClosingState } from './domain/closing.ts'
export type { ComparisonReason } from './domain/compare-with-node.ts'
export type { DestinationKind } from './domain/destination.ts'
export type { Duration } from './domain/duration.ts'
export type { FeeReason, FeeVerdict } from './domain/fee-policy.ts'
export type { InvoiceState } from './domain/invoice.ts'
export type { Account, PartnerAccount, TransactionKind, UnguardedAccount } from './domain/ledger.ts'
export type { RejectedOption } from './domain/liquidity-choice.ts'
export type { LiquidityNeed, Urgency } from './domain/liquidity-need.ts'
export type { LiquidityLever, LiquidityOption, OptionRefusal } from './domain/liquidity-options.ts'
export {
  cheapestLever,
  type LiquidityPlan,
  type LiquidityPolicy,
  type LiquidityReason,
} from './domain/liquidity-policy.ts'
export type {
  ChannelOffer,
  LiquidityChannel,
  LiquiditySettings,
  LiquiditySnapshot,
  PayablePartner,
  PayoutByClaim,
  SwapOffer as LiquiditySwapOffer,
} from './domain/liquidity-snapshot.ts'
export type { OpeningState } from './domain/opening.ts'
export type { PartnerDestinationKind } from './domain/partner-destination.ts'
export { type PayoutReason, payoutReasons } from './domain/payout-reason.ts'
export type { PeerEntry } from './domain/peer-entry.ts'
export type { PeerListContent, ReadPeerList } from './domain/peer-list.ts'
export type { ProofVerdict } from './domain/proof.ts'
export type { DelegatedSwapState, SwapState } from './domain/swap.ts'
export type { TransactionState } from './domain/transaction.ts'
export * from './errors.ts'
export type * from './events.ts'
export type { FeeOptions } from './fees/fee-options.ts'
export type { FeeStatus } from './fees/fee-status.ts'
export { type MempoolSpaceOptions, mempoolSpace } from './fees/mempool-source.ts'
export type { AllowedHost, HttpOptions } from './http/http-options.ts'
export { openHttp } from './http/open-http.ts'
export type { AdoptInput } from './invoices/adopt-invoice.ts'
export type { InvoiceCommission, InvoiceInput, InvoiceOptions } from './invoices/create-invoice.ts'
export type { Invoice } from './invoices/invoice-view.ts'
export type { InvoiceFilter } from './invoices/list-invoices.ts'
export type { WaitOptions } from './invoices/wait-until-settled.ts'
export type { Bootstrap } from './keeper/bootstrap.ts'
export type { KeeperDecision } from './keeper/decision-view.ts'
export type { KeeperReport, ReportedOpening } from './keeper/keeper-report.ts'
export type { KeeperStatus } from './keeper/keeper-status.ts'
export type { DecisionFilter } from './keeper/list-decisions.ts'
export type { ListedPeerStatus } from './keeper/listed-peer-status.ts'
export type { KeeperPause } from './keeper/pause-keeper.ts'
export type { KeySource } from './keys.ts'
export type { Correction, CorrectionInput, CorrectionOptions } from './ledger/correct.ts'
export type { ImportedOpening, OpeningBalance } from './ledger/import-opening.ts'
export type { JournalEntry, JournalInput, JournalLine } from './ledger/journal.ts'
export type { Balances, PartnerBalance, WorldAccount } from './ledger/read-balances.ts'
export type { LedgerRange } from './ledger/read-range.ts'
export type { Statement, StatementInput, StatementLine } from './ledger/statement.ts'
export type { LiquidityOptions } from './liquidity/liquidity-options.ts'
export type { LiquidityStatus } from './liquidity/liquidity-status.ts'
export type { LiquidityPause } from './liquidity/pause-liquidity.ts'
export type { AskForInbound, InboundOffer } from './liquidity/read-channel-offers.ts'
export type { LiquidityRun, RunAction, RunOption, RunOutcome } from './liquidity/run-view.ts'
export { traceparentOf } from './metrics/read-traceparent.ts'
export type { PaymentNodeOptions, Role } from './options.ts'
export type { Page, PageInput } from './pages.ts'
export type { DestinationChanged } from './partners/change-destinations.ts'
export type { DestinationsInForce, WaitingDestination } from './partners/destinations-in-force.ts'
export type { PartnerDestination } from './partners/list-destinations.ts'
export type { PartnerOptions } from './partners/partner-options.ts'
export type { Partner } from './partners/partner-view.ts'
export type {
  PartnerFeeInput,
  PartnerInput,
  PartnerPayoutInput,
} from './partners/read-partner-input.ts'
export { createPaymentNode, type PaymentNode } from './payment-node.ts'
export type { PayoutEstimate } from './payouts/estimate-payout.ts'
export type { AttemptEvidence } from './payouts/list-evidence.ts'
export type { PayoutFilter } from './payouts/list-payouts.ts'
export type { AutomaticOptions, PayoutWaitOptions } from './payouts/payout-options.ts'
export type {
  Payout,
  PayoutAttempt,
  PayoutQueue,
  PayoutTransaction,
} from './payouts/payout-view.ts'
export type { PayoutTermsInput } from './payouts/read-terms.ts'
export type { RefundInput } from './payouts/refund-invoice.ts'
export type { PayoutInput, PayoutOptions } from './payouts/request-payout.ts'
export type { FeePayer } from './payouts/reservation.ts'
export type { ResolveEvidence } from './payouts/resolve-payout.ts'
export type { AutomaticRun, AutomaticWait } from './payouts/run-automatic.ts'
export type { PeerMarkFilter } from './peers/list-peer-marks.ts'
export type { PeerMark } from './peers/peer-mark.ts'
export type * from './ports/channel-source.ts'
export type * from './ports/clock.ts'
export type * from './ports/fee-source.ts'
export type * from './ports/http.ts'
export type * from './ports/lightning-node.ts'
export { type Logger, silentLogger } from './ports/logger.ts'
export type * from './ports/meter.ts'
export type * from './ports/node-chain.ts'
export type * from './ports/node-channels.ts'
export type * from './ports/node-onchain.ts'
export type * from './ports/node-watchtowers.ts'
export type * from './ports/random.ts'
export type * from './ports/storage.ts'
export type * from './ports/swap-provider.ts'
export type { AmountBounds, Proof } from './proof/proof-view.ts'
export type { Metadata } from './read-input.ts'
export {
  type LostSwap,
  type Rescue,
  type RescueOptions,
  rescueSwaps,
} from './rescue/rescue-swaps.ts'
export type {
  ChannelsRoom,
  EventsRoom,
  FeesRoom,
  InvoicesRoom,
  KeeperRoom,
  LedgerRoom,
  LiquidityRoom,
  PartnersRoom,
  PayoutsRoom,
  PeersRoom,
  Rooms,
  RoutingRoom,
  SafetyRoom,
  SwapsRoom,
  WebhooksRoom,
} from './rooms.ts'
export type { AskedFee, RoutingFees } from './routing/list-fees.ts'
export type {
  ChannelIncome,
  DayIncome,
  IncomePeriod,
  RoutedAmounts,
  RoutingIncome,
} from './routing/read-income.ts'
export type { RoutingOptions } from './routing/routing-options.ts'
export { counterFile } from './safety/counter-file.ts'
export type {
  Comparison,
  Difference,
  DifferenceKind,
  DifferenceState,
} from './safety/difference-view.ts'
export type { SafetyStatus } from './safety/halt.ts'
export type { IntentCounter } from './safety/intent-counter.ts'
export type { DifferenceFilter } from './safety/list-differences.ts'
export type { Status } from './status.ts'
export type { RejectedOffer, SwapClaim, SwapExplanation } from './swaps/explain-swap.ts'
export type { SwapProviderHealth } from './swaps/list-providers.ts'
export type { SwapFilter } from './swaps/list-swaps.ts'
export { loadSwapCode } from './swaps/load-swap-code.ts'
export type { SwapOffer, SwapPrice, SwapQuestion } from './swaps/quote-swaps.ts'
export type { RaisedLimits } from './swaps/raise-limits.ts'
export type { SwapInput, SwapLimitInput, SwapRequestOptions } from './swaps/request-by-operator.ts'
export type { SwapOptions } from './swaps/swap-options.ts'
export type { Swap, SwapCosts, SwapUrgency } from './swaps/swap-view.ts'
export { systemClock } from './system-clock.ts'
export { systemRandom } from './system-random.ts'
export { jobs, queueOf } from './tables/jobs.ts'
export { schema } from './tables/schema.ts'
export * from './tables/table.ts'
export type { StuckAdvice } from './transactions/explain-stuck.ts'
export type { TransactionPurpose } from './transactions/transaction-label.ts'
export type { TransactionOptions } from './transactions/transaction-options.ts'
export type { OnchainTransaction, TransactionOutput } from './transactions/transaction-view.ts'
export type { WebhookInput } from './webhooks/create-endpoint.ts'
export type { DeliveryState, WebhookDelivery } from './webhooks/delivery-view.ts'
export type { WebhookEndpoint, WebhookEndpointWithSecret } from './webhooks/endpoint-view.ts'
export type { DeliveryFilter } from './webhooks/list-deliveries.ts'
export type { WebhookFilter } from './webhooks/list-endpoints.ts'
export { partnerOfEvent } from './webhooks/partner-of.ts'
export type { WebhookHeaders } from './webhooks/read-webhook-headers.ts'
export type { Replayed, ReplayInput } from './webhooks/replay.ts'
export type { RotateOptions } from './webhooks/rotate-secret.ts'
export type { WebhookTestAnswer, WebhookTestEvent } from './webhooks/send-test.ts'
export { type TestWebhookInput, testWebhook } from './webhooks/test-webhook.ts'
export type { WebhookChange } from './webhooks/update-endpoint.ts'
export {
  type SignatureProblem,
  type VerifyOptions,
  verifyWebhook,
  type WebhookEvent,
} from './webhooks/verify-webhook.ts'
export type { WebhookOptions } from './webhooks/webhook-options.ts'
