import { afterAll, test } from 'vitest'
import type { Operation } from '../../parity/operation.ts'
import { createPairs } from '../../parity/start-pair.ts'

/*
 * What the simulated network once did differently, one case each. Each case stands for itself: it may
 * find the channels and invoices of earlier ones.
 */

const pairs = createPairs()
afterAll(() => pairs.remove())

function equal(name: string, operations: readonly Operation[]): void {
  test(name, () => pairs.use((pair) => pair.run(operations)), 240_000)
}

const invoice: Operation = {
  kind: 'create-invoice',
  amountMsat: 50_000_000n,
  description: 'memo',
  isPrivate: false,
  expirySeconds: 3600,
}
const pay: Operation = {
  kind: 'pay',
  to: 'peer',
  amountMsat: 20_000_000n,
  isOpenAmount: false,
  feeLimitMsat: 100_000n,
}
const open: Operation = {
  kind: 'open-channel',
  opener: 'tested',
  to: 'peer',
  capacitySat: 1_000_000n,
  isPrivate: false,
  satPerVbyte: 5,
  coins: 'largest',
}
const close: Operation = { kind: 'close-channel', closer: 'us', slot: -1, isForce: false }
const mine = (blocks: number): Operation => ({ kind: 'mine', blocks })

equal('an own invoice knows blinded routes', [invoice])

equal('a memo that is too long is refused without a reason of its own', [
  { ...invoice, description: 'too-long' },
])

equal('of a payment that has ended the failed attempts are forgotten', [
  { ...pay, spoiled: 'canceled' },
  { kind: 'pay-again', slot: -1, feeLimitMsat: 1_000n },
])

equal('a payment that is refused since it exists takes an index', [
  pay,
  { kind: 'pay-again', slot: -1, feeLimitMsat: 1_000n },
  pay,
])

equal('payment indexes go on in the next block of a thousand after a restart', [
  pay,
  { kind: 'restart' },
  pay,
  { kind: 'restart' },
  { kind: 'restart' },
  pay,
])

equal('bad parameters are refused by a node that is down', [
  { kind: 'stop' },
  { kind: 'list-payments', after: 0, limit: 0 },
  { kind: 'list-invoices', after: 0, limit: 1001 },
  { ...invoice, expirySeconds: 0 },
  { ...invoice, description: 'too-long' },
  { ...pay, feeLimitMsat: -1n },
  { kind: 'write-policy', slot: 0, baseFeeMsat: 0n, feeRatePpm: 0, timeLockDeltaBlocks: 0 },
  { kind: 'estimate-feerate', blocks: 1 },
  { kind: 'restart' },
])

equal('a feerate is never below 253 sat per 1000 weight units', [
  { kind: 'estimate-feerate', blocks: 2 },
  { kind: 'estimate-feerate', blocks: 144 },
])

equal('a funding locks its coins, costs by its weight and expires after 2016 blocks', [
  open,
  mine(1),
  { ...open, coins: 'two', satPerVbyte: 17 },
  mine(6),
])

equal('the confirmations of a new channel follow its size; small ones are open at the first', [
  { ...open, capacitySat: 20_000n },
  mine(1),
  { ...open, capacitySat: 12_000_000n },
  mine(6),
])

equal('of two channels to the same peer the one with more room carries', [
  { ...open, capacitySat: 700_000n },
  mine(6),
  { ...pay, amountMsat: 90_000_000n },
  { ...pay, amountMsat: 95_000_000n },
])

equal('what is published again has the new label', [
  open,
  { kind: 'publish', what: 'known' },
  mine(6),
  { kind: 'publish', what: 'known' },
])

equal('a start gives the funding of a channel that is not open yet its label back', [
  open,
  { kind: 'publish', what: 'known' },
  { kind: 'restart' },
  mine(1),
  { kind: 'publish', what: 'known' },
  { kind: 'restart' },
  mine(6),
])

equal('both ends agree on the fee of a cooperative close, and lists keep the balances', [
  open,
  mine(6),
  { ...close, satPerVbyte: 10 },
  mine(4),
  { ...open, opener: 'peer' },
  mine(6),
  { ...close, closer: 'other' },
  mine(4),
])

equal('a channel leaves graph and policies with the block that closes it', [
  open,
  mine(6),
  { kind: 'find-node', which: 'peer' },
  close,
  { kind: 'find-node', which: 'peer' },
  mine(1),
  { kind: 'find-node', which: 'peer' },
  { kind: 'write-policy', slot: -1, baseFeeMsat: 0n, feeRatePpm: 0, timeLockDeltaBlocks: 80 },
  mine(3),
])

equal('an end without an output is done at the third confirmation', [
  { ...open, opener: 'peer', capacitySat: 300_000n },
  mine(6),
  { ...close, closer: 'other', isForce: true },
  mine(2),
])

equal('closed by force by the other end: active and hanging until it is believed', [
  open,
  mine(6),
  { ...pay, amountMsat: 100_000_000n },
  { ...close, closer: 'other', isForce: true, leavesOtherUnaware: true },
  mine(1),
  mine(1),
  mine(4),
])

equal('closed by force by us: waits 144 blocks, sweeps before the last, and leaves a ghost', [
  open,
  mine(6),
  { ...pay, amountMsat: 100_000_000n },
  { ...close, isForce: true },
  mine(4),
  { kind: 'mine', blocks: 136, atOnce: true },
  mine(8),
  { kind: 'restart' },
])

equal('what is paid into a channel that the other end has closed hangs, and then fails', [
  { kind: 'close-channel', closer: 'other', slot: 0, isForce: true, leavesOtherUnaware: true },
  { kind: 'start-paying', amountMsat: 600_000_000n },
  mine(4),
])

equal('a held payment that is canceled after a restart of its payer has failed by its payee', [
  { kind: 'pay-hold', amountMsat: 20_000_000n },
  { kind: 'restart' },
  { kind: 'cancel-hold', slot: -1 },
])

equal('the time lock of a policy has at least 24 blocks', [
  { kind: 'write-policy', slot: 0, baseFeeMsat: 0n, feeRatePpm: 0, timeLockDeltaBlocks: 23 },
  { kind: 'write-policy', slot: 0, baseFeeMsat: 0n, feeRatePpm: 0, timeLockDeltaBlocks: 24 },
])

equal('who asks for a force close while the other end closes cooperatively wanted it, too', [
  open,
  mine(6),
  { ...close, closer: 'other' },
  { kind: 'close-again', slot: 0, isForce: true },
  mine(4),
])
