import { isAmount, sat, verifyWebhook } from '@payment-node/core'
import { createVirtualClock } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import type { Channel } from '../../src/channels/channel-view.ts'
import type { ChannelClosing } from '../../src/channels/closing-view.ts'
import type { ChannelOpening } from '../../src/channels/opening-view.ts'
import type { Context } from '../../src/context.ts'
import { newEvent } from '../../src/events/new-event.ts'
import { readEvent } from '../../src/events/read-event.ts'
import type { EventType, NodeSnapshot, PaymentNodeEvents } from '../../src/events.ts'
import type { Invoice } from '../../src/invoices/invoice-view.ts'
import type { KeeperDecision } from '../../src/keeper/decision-view.ts'
import type { LiquidityRun } from '../../src/liquidity/run-view.ts'
import type { Payout } from '../../src/payouts/payout-view.ts'
import type { PeerMark } from '../../src/peers/peer-mark.ts'
import type { Proof } from '../../src/proof/proof-view.ts'
import type { Comparison } from '../../src/safety/difference-view.ts'
import type { Swap } from '../../src/swaps/swap-view.ts'
import { systemRandom } from '../../src/system-random.ts'
import type { OnchainTransaction } from '../../src/transactions/transaction-view.ts'
import type { WebhookEndpoint } from '../../src/webhooks/endpoint-view.ts'
import { eventBody } from '../../src/webhooks/event-body.ts'
import { signWebhook } from '../../src/webhooks/sign-webhook.ts'
import { newSecret } from '../../src/webhooks/webhook-secret.ts'

const node: NodeSnapshot = {
  publicKey: '02',
  network: 'simnet',
  alias: '5 sat',
  version: '0.20.0',
  warnings: [],
}
const comparison: Comparison = { reasons: ['counter-ahead'], differences: {}, says: '7 sat' }
const bounds = { low: sat(1), high: sat(2) }
const proof: Proof = {
  verdict: 'surplus',
  at: 1,
  difference: sat(3),
  assets: [
    { place: 'wallet', ...bounds },
    { place: 'channels', ...bounds },
  ],
  total: bounds,
  expected: bounds,
  owed: sat(4),
  operator: sat(-5),
  inFlight: sat(0),
  unbooked: sat(6),
  says: 'so',
}
const invoice: Invoice = {
  id: 'i',
  partner: 'm1',
  state: 'settled',
  amount: null,
  paid: sat(10),
  fee: sat(1),
  commission: sat(2),
  net: sat(7),
  availableAt: null,
  isAdopted: false,
  isLate: false,
  paymentRequest: 'ln',
  paymentHash: 'ab',
  // The host's: text, whatever it looks like.
  memo: '10 sat',
  descriptionHash: null,
  isPrivate: false,
  metadata: { amount: '10 sat', fee: '1 msat' },
  idempotencyKey: '10 sat',
  traceparent: null,
  createdAt: 1,
  expiresAt: 2,
  endedAt: 3,
}
const payout: Payout = {
  id: 'p',
  partner: 'm1',
  state: 'queued',
  reason: null,
  purpose: 'refund',
  invoice: 'i',
  debt: sat(11),
  destination: 'bc1',
  destinationKind: 'onchain-address',
  amount: sat(12),
  feeLimit: sat(13),
  feesPaidBy: 'partner',
  fee: sat(14),
  paymentHash: '',
  preimage: null,
  attempt: null,
  queue: {
    reason: 'collecting',
    isQuick: false,
    isReleased: false,
    ceiling: null,
    deadline: null,
    worstFee: sat(15),
  },
  swap: null,
  transaction: null,
  idempotencyKey: 'k',
  traceparent: null,
  createdAt: 1,
  updatedAt: 2,
}
const transaction: OnchainTransaction = {
  id: 't',
  purpose: 'payouts',
  state: 'published',
  reason: null,
  transactionId: null,
  feerate: 2,
  fee: sat(16),
  inputs: [],
  outputs: [{ payout: 'p', address: 'bc1', amount: sat(17) }],
  parent: null,
  confirmedHeight: null,
  createdAt: 1,
  updatedAt: 2,
}
const opening: ChannelOpening = {
  id: 'o',
  source: 'keeper',
  state: 'pending',
  reason: null,
  peer: '03',
  alias: '18 sat',
  capacity: sat(18),
  feerate: 1,
  feeLimit: sat(19),
  fee: sat(20),
  outpoints: [],
  channelPoint: null,
  createdAt: 1,
  updatedAt: 2,
}
const closing: ChannelClosing = {
  channelPoint: 'c',
  state: 'intended',
  reason: null,
  isForce: false,
  feerate: null,
  isReplaced: false,
  decision: null,
  says: '21 sat',
  closingTransaction: null,
  createdAt: 1,
  updatedAt: 2,
}
const channel: Channel = {
  channelPoint: 'c',
  channelId: null,
  peer: '03',
  peerAlias: '22 sat',
  state: 'active',
  capacity: sat(22),
  local: sat(23),
  remote: sat(24),
  sendable: sat(25),
  receivable: sat(26),
  isInitiator: true,
  isPrivate: false,
  pendingHtlcs: 0,
  updateCount: 0,
  memo: null,
  closeType: null,
  closedBy: null,
  closeHeight: null,
  attribution: null,
  ownership: 'ours',
  noCloseBefore: null,
}
const peer: PeerMark = {
  publicKey: '03',
  state: 'blacklisted',
  reason: 'operator',
  says: '27 sat',
  until: null,
  isWaived: false,
  failures: 0,
  evidence: { asked: '27 sat' },
  since: 1,
}
const decision: KeeperDecision = {
  id: 'd',
  mode: 'recommend',
  verdict: 'open',
  reason: '28 sat',
  peer: '03',
  capacity: sat(28),
  cost: sat(29),
  details: { needed: '29 sat' },
  opening: null,
  decidedAt: 1,
}
const endpoint: WebhookEndpoint = {
  id: 'e',
  partner: null,
  url: 'https://receiver.example/',
  types: [],
  state: 'active',
  reason: null,
  failingSince: null,
  secrets: [],
  createdAt: 1,
  updatedAt: 2,
}

const swap: Swap = {
  id: 's',
  request: 's',
  provider: '5 sat',
  custody: 'self',
  state: 'claimed',
  reason: null,
  source: 'operator',
  decision: null,
  payout: null,
  urgency: 'normal',
  amount: sat(100),
  onchain: sat(97),
  destination: 'bcrt1',
  restDestination: null,
  destinationKind: 'wallet',
  paymentHash: 'ab',
  providerId: 'x',
  timeoutHeight: 10,
  lockup: 'cd:0',
  claims: 1,
  revealedAt: 1,
  limits: { service: sat(3), routing: sat(1), claim: sat(2), prepay: sat(0) },
  costs: { service: sat(3), routing: null, claim: sat(1), prepay: sat(0) },
  createdAt: 1,
  updatedAt: 2,
  endedAt: 3,
}

const option = {
  lever: 'swap',
  subject: '1 sat',
  payout: null,
  provider: '1 sat',
  amount: sat(1),
  receivable: sat(1),
  cost: sat(2),
  worst: sat(3),
  ppm: 1,
} as const
const run: LiquidityRun = {
  id: '1 sat',
  mode: 'act',
  verdict: 'act',
  reason: 'inbound-low',
  says: '1 sat',
  urgency: 'low',
  inboundShare: 1,
  expectedShare: 2,
  missing: sat(1),
  sendable: sat(2),
  receivable: sat(3),
  movable: sat(4),
  budgetLeft: sat(5),
  feerate: 1.5,
  noOffers: [{ provider: '1 sat', reason: '1 sat' }],
  outOf: ['1 sat'],
  actions: [{ ...option, outcome: { did: 'swap', swaps: ['1 sat'] } }],
  rejected: [{ ...option, refusal: 'not-needed' }],
  times: 1,
  decidedAt: 1,
  lastAt: 2,
}

/** One of each type; the compiler asks for those that are missing. */
const all: { readonly [T in EventType]: PaymentNodeEvents[T] } = {
  'node.ready': { node },
  'node.degraded': { reason: 'unreachable', says: '1 sat' },
  'node.recovered': { node, downFor: 1 },
  'node.books-behind': { comparison },
  'node.behind': { comparison },
  'books.short': { comparison },
  'books.uncompared': { says: '8 sat' },
  'books.compared': { uncomparedFor: 1 },
  'books.surplus': { proof },
  'invoice.created': { invoice },
  'invoice.settled': { invoice },
  'invoice.available': { invoice },
  'invoice.expired': { invoice },
  'invoice.canceled': { invoice },
  'partner.destination-changed': {
    change: {
      partner: 'm1',
      kind: 'offchain',
      from: null,
      to: 'a@b.example',
      requestedAt: 1,
      effectiveAt: 2,
    },
  },
  'payout.queued': { payout },
  'payout.canceled': { payout },
  'payout.sending': { payout },
  'payout.succeeded': { payout },
  'payout.failed': { payout },
  'payout.unknown': { payout },
  'payout.revived': { payout },
  'transaction.published': { transaction },
  'transaction.bumped': { transaction },
  'transaction.confirmed': { transaction },
  'transaction.reorganized': { transaction },
  'transaction.final': { transaction },
  'transaction.stuck': { transaction, fundsAtRisk: false, says: '1 sat' },
  'transaction.conflicted': { transaction },
  'transaction.revived': { transaction },
  'channel.intended': { opening },
  'channel.open-failed': { opening },
  'channel.stuck': { opening },
  'channel.abandoned': { opening },
  'channel.close-intended': { closing },
  'channel.close-refused': { closing },
  'channel.opening': { channel },
  'channel.active': { channel },
  'channel.inactive': { channel },
  'channel.closing': { channel },
  'channel.closed': { channel },
  'channel.adopted': { channel },
  'peer.blacklisted': { peer },
  'peer.cooled-down': { peer },
  'peer.allowed': { peer, reason: '1 sat' },
  'keeper.paused': { reason: '1 sat' },
  'keeper.resumed': { reason: '1 sat' },
  'keeper.blocked': { reason: 'x', says: '1 sat' },
  'keeper.below-minimum': { active: 1, minimum: 2 },
  'keeper.restored': { active: 2, minimum: 2 },
  'keeper.mass-close': { closes: 3, within: '24h' },
  'keeper.recommended': { decision },
  'liquidity.paused': { reason: '1 sat' },
  'liquidity.resumed': { reason: '1 sat' },
  'liquidity.blocked': { reason: 'no-offer', says: '1 sat', inboundShare: 1, runId: '1 sat' },
  'liquidity.recommended': { run },
  'liquidity.acting': { run },
  'swap.created': { swap },
  'swap.verified': { swap },
  'swap.paying': { swap },
  'swap.held': { swap },
  'swap.lockup-overdue': { swap },
  'swap.lockup-confirmed': { swap },
  'swap.revealed': { swap },
  'swap.claimed': { swap },
  'swap.failed': { swap },
  'swap.lost': { swap },
  'swap.deadline-near': { swap, blocksLeft: 12 },
  'swap.paid-twice': { swap, transactionId: 'ab', says: '1 sat' },
  'swap.needs-operator': { swap },
  'swap.provider-disabled': { provider: 'x', reason: '1 sat', says: '2 sat' },
  'webhook.disabled': { endpoint },
  'webhook.enabled': { endpoint },
}

test('every event comes back from the log and from a webhook as it was: amounts as amounts, text as text', () => {
  const clock = createVirtualClock()
  const context = { clock, random: systemRandom } as unknown as Context
  const secret = newSecret(systemRandom)
  const timestamp = String(Math.floor(clock.now() / 1000))
  const identity = { publicKey: '02', network: 'simnet' } as const
  let amounts = 0
  for (const [name, data] of Object.entries(all)) {
    const type = name as EventType
    const written = newEvent(context, identity, type, 'subject', data as never)
    const stored = { ...written, cursor: 7n }
    const read = readEvent(stored)
    expect(read.data, `${type} of the log`).toEqual(data)
    const body = eventBody(stored)
    const headers = signWebhook([secret], { id: stored.id, timestamp, body })
    const received = verifyWebhook(secret, headers, body, { now: clock.now() })
    expect(received, `${type} of a webhook`).toEqual(read)
    // Deep equality asks nothing of a class: count them, too.
    const count = (value: unknown): number =>
      isAmount(value)
        ? 1
        : typeof value === 'object' && value !== null
          ? Object.values(value).reduce<number>((sum, one) => sum + count(one), 0)
          : 0
    expect(count(read.data), type).toBe(count(data))
    amounts += count(data)
  }
  expect(amounts).toBeGreaterThan(100)
})
