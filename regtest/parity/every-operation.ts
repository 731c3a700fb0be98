import type { Operation } from './operation.ts'

const hour = 3600
const money = { amountMsat: 50_000_000n, description: 'memo', isPrivate: false } as const
const payment = {
  to: 'peer',
  amountMsat: 20_000_000n,
  isOpenAmount: false,
  feeLimitMsat: 100_000n,
} as const
const channel = {
  opener: 'tested',
  to: 'peer',
  capacitySat: 1_000_000n,
  isPrivate: false,
  satPerVbyte: 5,
  coins: 'largest',
} as const
const policy = {
  slot: 0,
  baseFeeMsat: 2_500n,
  feeRatePpm: 1_500,
  timeLockDeltaBlocks: 40,
} as const

/** Each kind of operation by hand, in an order in which the later ones find what they need. */
const everyKind: Readonly<Record<Operation['kind'], readonly Operation[]>> = {
  'create-invoice': [
    { kind: 'create-invoice', ...money, expirySeconds: hour },
    { kind: 'create-invoice', ...money, expirySeconds: hour, amountMsat: null },
    { kind: 'create-invoice', ...money, expirySeconds: hour, description: 'hash' },
    { kind: 'create-invoice', ...money, expirySeconds: hour, description: 'none' },
    { kind: 'create-invoice', ...money, expirySeconds: hour, description: 'too-long' },
    { kind: 'create-invoice', ...money, expirySeconds: hour, amountMsat: 1_501n },
    { kind: 'create-invoice', ...money, expirySeconds: hour, amountMsat: 0n },
    { kind: 'create-invoice', ...money, expirySeconds: 0 },
    { kind: 'create-invoice', ...money, expirySeconds: hour, isPrivate: true },
  ],
  'create-again': [{ kind: 'create-again', slot: 0 }],
  'create-expiring': [
    { kind: 'create-expiring', amountMsat: null },
    { kind: 'receive', slot: -1, from: 'peer', differenceMsat: 0n },
  ],
  'cancel-invoice': [
    { kind: 'cancel-invoice', slot: 0 },
    { kind: 'cancel-invoice', slot: 0 },
  ],
  'cancel-unknown': [{ kind: 'cancel-unknown' }],
  'look-up-unknown': [{ kind: 'look-up-unknown' }],
  'list-invoices': [
    { kind: 'list-invoices', after: 1, limit: 2 },
    { kind: 'list-invoices', after: 1, limit: 0 },
  ],
  receive: [
    { kind: 'receive', slot: 0, from: 'peer', differenceMsat: 0n },
    { kind: 'receive', slot: 1, from: 'peer', differenceMsat: 0n },
    { kind: 'receive', slot: 1, from: 'peer', differenceMsat: 0n },
    { kind: 'receive', slot: 2, from: 'peer', differenceMsat: -1n },
    { kind: 'receive', slot: 2, from: 'payee', differenceMsat: 7_001n },
    { kind: 'receive', slot: 3, from: 'payee', differenceMsat: 0n },
    { kind: 'receive', slot: 4, from: 'peer', differenceMsat: 9_000_000_000n },
    { kind: 'cancel-invoice', slot: 1 },
  ],
  'receive-keysend': [{ kind: 'receive-keysend' }],
  pay: [
    { kind: 'pay', ...payment },
    { kind: 'pay', ...payment, to: 'payee' },
    { kind: 'pay', ...payment, to: 'payee', feeLimitMsat: 0n },
    { kind: 'pay', ...payment, to: 'payee', isOpenAmount: true },
    { kind: 'pay', ...payment, to: 'payee', amountMsat: 1n },
    { kind: 'pay', ...payment, spoiled: 'canceled' },
    { kind: 'pay', ...payment, spoiled: 'expired' },
    { kind: 'pay', ...payment, spoiled: 'with-amount' },
    { kind: 'pay', ...payment, isOpenAmount: true, spoiled: 'without-amount' },
    { kind: 'pay', ...payment, amountMsat: 9_000_000_000n },
    { kind: 'pay', ...payment, feeLimitMsat: -1n },
  ],
  'pay-again': [
    { kind: 'pay-again', slot: 0, feeLimitMsat: 1_000n },
    { kind: 'pay-again', slot: 2, feeLimitMsat: 0n },
    { kind: 'pay-again', slot: 2, feeLimitMsat: 100_000n },
  ],
  'pay-own': [{ kind: 'pay-own', slot: 3 }],
  'pay-malformed': [
    { kind: 'pay-malformed', how: 'other-network' },
    { kind: 'pay-malformed', how: 'changed-letter' },
    { kind: 'pay-malformed', how: 'no-invoice' },
  ],
  decode: [
    { kind: 'decode', slot: 0, how: 'as-it-is' },
    { kind: 'decode', slot: 0, how: 'upper-case' },
    { kind: 'decode', slot: 0, how: 'other-network' },
    { kind: 'decode', slot: 0, how: 'changed-letter' },
    { kind: 'decode', slot: 0, how: 'no-invoice' },
  ],
  'track-unknown': [{ kind: 'track-unknown' }],
  'list-payments': [
    { kind: 'list-payments', after: 2, limit: 3 },
    { kind: 'list-payments', after: 2, limit: 1001 },
  ],
  'start-paying': [{ kind: 'start-paying', amountMsat: 15_000_000n }],
  'pay-hold': [
    { kind: 'pay-hold', amountMsat: 30_000_000n },
    { kind: 'pay-hold', amountMsat: 31_000_000n },
    { kind: 'pay-again', slot: -1, feeLimitMsat: 0n },
    { kind: 'close-channel', closer: 'us', slot: 0, isForce: false },
    { kind: 'close-channel', closer: 'other', slot: 0, isForce: false },
  ],
  'settle-hold': [
    { kind: 'settle-hold', slot: 0 },
    { kind: 'settle-hold', slot: 0 },
  ],
  'cancel-hold': [
    { kind: 'cancel-hold', slot: 1 },
    { kind: 'settle-hold', slot: 1 },
  ],
  'open-channel': [
    { kind: 'open-channel', ...channel, coins: 'unknown' },
    { kind: 'open-channel', ...channel, to: 'nobody' },
    { kind: 'open-channel', ...channel, to: 'itself' },
    { kind: 'open-channel', ...channel, to: 'payee' },
    { kind: 'open-channel', ...channel, capacitySat: 19_999n },
    { kind: 'open-channel', ...channel, capacitySat: 16_777_216n },
    { kind: 'open-channel', ...channel },
    { kind: 'open-channel', ...channel },
    { kind: 'open-channel', ...channel, coins: 'spent' },
    { kind: 'open-channel', ...channel, coins: 'unconfirmed' },
    { kind: 'mine', blocks: 6 },
    { kind: 'open-channel', ...channel, isPrivate: true, capacitySat: 700_000n },
    { kind: 'mine', blocks: 6 },
    { kind: 'pay', ...payment },
    { kind: 'create-invoice', ...money, expirySeconds: hour, isPrivate: true },
    { kind: 'receive', slot: -1, from: 'peer', differenceMsat: 0n },
  ],
  connect: [
    { kind: 'connect', to: 'peer', isWrongAddress: false },
    { kind: 'connect', to: 'payee', isWrongAddress: true },
    { kind: 'connect', to: 'payee', isWrongAddress: false },
    { kind: 'open-channel', ...channel, opener: 'payee', capacitySat: 3_000_000n },
  ],
  mine: [{ kind: 'mine', blocks: 6 }],
  forward: [{ kind: 'forward', amountMsat: 1_500_000_000n }],
  'write-policy': [
    { kind: 'write-policy', ...policy },
    { kind: 'write-policy', ...policy, timeLockDeltaBlocks: 0 },
    { kind: 'write-policy', ...policy, timeLockDeltaBlocks: 17 },
    { kind: 'write-policy', ...policy, timeLockDeltaBlocks: 2017 },
  ],
  'find-node': [
    { kind: 'find-node', which: 'tested' },
    { kind: 'find-node', which: 'payee' },
    { kind: 'find-node', which: 'nobody' },
  ],
  'new-address': [
    { kind: 'new-address', type: 'taproot' },
    { kind: 'new-address', type: 'witness-public-key-hash' },
  ],
  'estimate-feerate': [
    { kind: 'estimate-feerate', blocks: 1 },
    { kind: 'estimate-feerate', blocks: 6 },
  ],
  'required-reserve': [
    { kind: 'required-reserve', additional: 3 },
    { kind: 'required-reserve', additional: 12 },
  ],
  publish: [
    { kind: 'publish', what: 'known' },
    { kind: 'publish', what: 'garbage' },
  ],
  'close-channel': [{ kind: 'close-channel', closer: 'us', slot: 1, isForce: false }],
  'close-again': [
    { kind: 'close-again', slot: 0, isForce: false },
    { kind: 'mine', blocks: 4 },
    { kind: 'close-again', slot: 0, isForce: false },
    { kind: 'close-channel', closer: 'us', slot: 1, isForce: true },
    { kind: 'close-again', slot: 0, isForce: true },
    { kind: 'close-again', slot: 0, isForce: false },
  ],
  'close-unknown': [{ kind: 'close-unknown' }],
  'abandon-unknown': [{ kind: 'abandon-unknown' }],
  stop: [
    { kind: 'stop' },
    { kind: 'create-invoice', ...money, expirySeconds: hour },
    { kind: 'pay', ...payment },
    { kind: 'open-channel', ...channel },
    { kind: 'mine', blocks: 2 },
  ],
  'start-locked': [
    { kind: 'start-locked' },
    { kind: 'create-invoice', ...money, expirySeconds: hour },
    { kind: 'pay', ...payment },
    { kind: 'find-node', which: 'peer' },
  ],
  unlock: [{ kind: 'unlock' }],
  restart: [
    { kind: 'pay-hold', amountMsat: 12_000_000n },
    { kind: 'restart' },
    { kind: 'settle-hold', slot: -1 },
    // Our output of a close by the other end is swept into the wallet.
    { kind: 'close-channel', closer: 'other', slot: 0, isForce: true },
    { kind: 'mine', blocks: 6 },
  ],
}

/** One sequence with all of them. */
export const everyOperation: readonly Operation[] = Object.values(everyKind).flat()
