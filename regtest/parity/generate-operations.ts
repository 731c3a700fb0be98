import fc from 'fast-check'
import type { Operation } from './operation.ts'

const slot = fc.nat({ max: 7 })
const amountMsat = fc.oneof(
  fc.bigInt({ min: 1n, max: 5_000_000n }),
  fc.bigInt({ min: 5_000_000n, max: 150_000_000n }),
)
const blocks = fc.integer({ min: 1, max: 6 })
const kind = <K extends Operation['kind']>(value: K): fc.Arbitrary<K> => fc.constant(value)

const invoices: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: kind('create-invoice'),
      amountMsat: fc.option(amountMsat),
      description: fc.constantFrom('none', 'memo', 'hash', 'too-long'),
      isPrivate: fc.boolean(),
      expirySeconds: fc.constantFrom(3600, 86_400, 31_536_000, 0, 31_536_001),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('create-again'), slot }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kind('create-expiring'), amountMsat: fc.option(amountMsat) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('cancel-invoice'), slot }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('cancel-unknown') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('look-up-unknown') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('list-invoices'),
      after: slot,
      limit: fc.integer({ min: 0, max: 4 }),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: kind('receive'),
      slot,
      from: fc.constantFrom('peer', 'payee'),
      differenceMsat: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0n) },
        { weight: 1, arbitrary: fc.bigInt({ min: -1_000n, max: 50_000_000n }) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('receive-keysend') }) },
)

const feeLimitMsat = fc.constantFrom(100_000n, 1_000n, 0n)

const payments: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record(
      {
        kind: kind('pay'),
        to: fc.constantFrom('peer', 'payee'),
        amountMsat,
        isOpenAmount: fc.boolean(),
        feeLimitMsat,
        spoiled: fc.constantFrom('canceled', 'expired', 'with-amount', 'without-amount'),
      },
      { requiredKeys: ['kind', 'to', 'amountMsat', 'isOpenAmount', 'feeLimitMsat'] },
    ),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('pay-again'), slot, feeLimitMsat }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('pay-own'), slot }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('pay-malformed'),
      how: fc.constantFrom('other-network', 'changed-letter', 'no-invoice'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('decode'),
      slot,
      how: fc.constantFrom(
        'as-it-is',
        'upper-case',
        'other-network',
        'changed-letter',
        'no-invoice',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('track-unknown') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('list-payments'),
      after: slot,
      limit: fc.integer({ min: 0, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('pay-hold'), amountMsat }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('settle-hold'), slot }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('cancel-hold'), slot }) },
)

const channels: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('open-channel'),
      opener: fc.constantFrom('tested', 'tested', 'peer', 'payee'),
      to: fc.constantFrom('peer', 'peer', 'peer', 'payee', 'nobody', 'itself'),
      capacitySat: fc.oneof(
        { weight: 6, arbitrary: fc.bigInt({ min: 20_000n, max: 1_190_000n }) },
        { weight: 1, arbitrary: fc.constantFrom(19_999n, 16_777_215n, 16_777_216n) },
      ),
      isPrivate: fc.boolean(),
      satPerVbyte: fc.integer({ min: 1, max: 20 }),
      coins: fc.constantFrom(
        'largest',
        'largest',
        'largest',
        'smallest',
        'two',
        'unconfirmed',
        'spent',
        'unknown',
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        kind: kind('close-channel'),
        closer: fc.constantFrom('us', 'other'),
        slot,
        isForce: fc.boolean(),
        satPerVbyte: fc.integer({ min: 1, max: 20 }),
      },
      { requiredKeys: ['kind', 'closer', 'slot', 'isForce'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kind('close-again'), slot, isForce: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('close-unknown') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('abandon-unknown') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('connect'),
      to: fc.constantFrom('peer', 'payee'),
      isWrongAddress: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind('mine'), blocks }) },
)

const readings: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: kind('new-address'),
    type: fc.constantFrom('taproot', 'witness-public-key-hash'),
  }),
  fc.record({ kind: kind('estimate-feerate'), blocks: fc.integer({ min: 1, max: 144 }) }),
  fc.record({ kind: kind('required-reserve'), additional: fc.integer({ min: 0, max: 12 }) }),
  fc.record({ kind: kind('publish'), what: fc.constantFrom('known', 'garbage') }),
  fc.record({
    kind: kind('find-node'),
    which: fc.constantFrom('tested', 'peer', 'payee', 'nobody'),
  }),
  fc.record({
    kind: kind('write-policy'),
    slot,
    baseFeeMsat: fc.bigInt({ min: 0n, max: 5_000n }),
    feeRatePpm: fc.integer({ min: 0, max: 5_000 }),
    timeLockDeltaBlocks: fc.oneof(
      fc.integer({ min: 24, max: 144 }),
      fc.constantFrom(0, 23, 2016, 2017),
    ),
  }),
)

/** Operations while the process is up. */
const whileRunning: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 12, arbitrary: invoices },
  { weight: 12, arbitrary: payments },
  { weight: 7, arbitrary: channels },
  { weight: 3, arbitrary: readings },
)

const aFew = fc.array(whileRunning, { maxLength: 4 })

/** The process ends and comes back soon: all operations say the same while it is down. */
const outage: fc.Arbitrary<readonly Operation[]> = fc
  .record({ whileStopped: aFew, whileLocked: fc.option(aFew) })
  .map(({ whileStopped, whileLocked }) => [
    { kind: 'stop' },
    ...whileStopped,
    ...(whileLocked ? [{ kind: 'start-locked' } as const, ...whileLocked] : []),
    whileLocked ? { kind: 'unlock' } : { kind: 'restart' },
  ])

/** Operations of any kind in any order; those that take seconds come seldom. */
export const anySequence: fc.Arbitrary<readonly Operation[]> = fc
  // Without bias towards short ones: the networks take longer to start than most sequences to run.
  .noBias(
    fc.array(
      fc.oneof(
        { weight: 60, arbitrary: whileRunning.map((operation) => [operation]) },
        { weight: 1, arbitrary: outage },
        { weight: 1, arbitrary: fc.constant([{ kind: 'restart' } as const]) },
      ),
      { minLength: 1, maxLength: 60, size: 'max' },
    ),
  )
  .map((parts) => parts.flat())
