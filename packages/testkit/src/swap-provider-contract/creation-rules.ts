import assert from 'node:assert/strict'
import type { SwapRefusal } from '@payment-node/core'
import type { ProviderFault } from './environment.ts'
import { priced } from './price-rules.ts'
import type { Rule } from './rule.ts'
import { rejectionOf } from './rule.ts'

const unusable: readonly ProviderFault[] = [
  'wrong-types',
  'negative-numbers',
  'huge-numbers',
  'hostile-id',
  'onchain-amount-missing',
]

const refusals: readonly (readonly [ProviderFault, SwapRefusal])[] = [
  ['creation-refused', 'insufficient-liquidity'],
  ['pair-hash-stale', 'quote-stale'],
  ['limits-change', 'above-maximum'],
  ['too-many-requests', 'rate-limited'],
]

/** Creating swaps. */
export const creationRules: readonly Rule[] = [
  {
    rule: 'the server gets the amount, the hash, the key, the metadata and the expiry that core gave',
    why: 'the hash and the key bind the swap to us; the metadata is what rescues it without a database; an invoice that lives long keeps money waiting',
    async run({ connect, newSwap, swaps }) {
      const swap = newSwap()
      const { providerId } = await connect().create(swap)
      const known = swaps().find(({ terms }) => terms.providerId === providerId)
      assert.ok(known, 'the server has no such swap')
      const { terms: _, expirySeconds, ...got } = known
      const { invoiceExpirySeconds, priceId: __, ...gave } = swap
      assert.deepEqual(got, gave)
      assert.equal(expirySeconds, invoiceExpirySeconds, 'invoiceExpirySeconds')
    },
  },
  {
    rule: 'the terms are the whole answer, as it came',
    why: 'core rebuilds the script tree from them, and stores them whole before it pays: what is missing cannot be claimed',
    async run({ connect, newSwap, swaps }) {
      const { raw, ...terms } = await connect().create(newSwap())
      const known = swaps().find((one) => one.terms.providerId === terms.providerId)
      assert.deepEqual(terms, known?.terms)
      assert.ok(raw !== undefined && JSON.stringify(raw).length > 200, 'raw is not the answer')
    },
  },
  {
    rule: 'what is wrong in the terms is passed on for core to see',
    why: 'a third leaf, and an invoice for miner fees, are how money is lost; a plugin that leaves them out hides them',
    needs: ['extra-leaf', 'miner-fee-invoice'],
    async run({ connect, newSwap, misbehave }) {
      misbehave('extra-leaf')
      const { leaves } = await connect().create(newSwap())
      assert.equal(Object.keys(leaves).length, 3, 'the third leaf is missing')
      misbehave('miner-fee-invoice')
      const { minerFeeInvoice } = await connect().create(newSwap())
      assert.equal(typeof minerFeeInvoice, 'string', 'minerFeeInvoice is missing')
    },
  },
  {
    rule: 'a hash makes one swap: again it is refused as hash-used, and may have been made',
    why: 'two swaps of one preimage lose one of them',
    async run({ connect, newSwap, swaps }) {
      const provider = connect()
      const swap = newSwap()
      await provider.create(swap)
      const before = swaps().length
      const error = await rejectionOf(provider, 'create', connect().create(swap), 'swap.refused')
      assert.equal(error.details.reason, 'hash-used')
      assert.equal(error.details.outcome, 'unknown')
      assert.equal(swaps().length, before, 'the server has one swap more')
    },
  },
  ...refusals.map(
    ([fault, reason]): Rule => ({
      rule: `a creation that the server refuses (${fault}) is refused as ${reason}, and nothing was made`,
      why: 'each reason has another answer: another amount, another quote, a pause, another provider',
      needs: [fault],
      async run({ connect, newSwap, misbehave, swaps, amountSat }) {
        const provider = connect()
        const { priceId } = await provider.quote(amountSat)
        const before = swaps().length
        misbehave(fault)
        const work = provider.create(priced(newSwap(), priceId))
        const error = await rejectionOf(provider, 'create', work, 'swap.refused')
        assert.deepEqual(
          { reason: error.details.reason, outcome: error.details.outcome },
          { reason, outcome: 'none' },
        )
        assert.equal(swaps().length, before, 'the server has one swap more')
      },
    }),
  ),
  {
    rule: 'a creation whose answer is lost is unknown, and is sent once',
    why: 'the swap may exist: core looks for it, and never uses its hash again',
    needs: ['creation-answer-lost'],
    async run({ connect, newSwap, misbehave, swaps, struck }) {
      const provider = connect()
      misbehave('creation-answer-lost')
      const [before, times] = [swaps().length, struck('creation-answer-lost')]
      const work = provider.create(newSwap())
      const error = await rejectionOf(provider, 'create', work, 'swap.provider-failed')
      assert.equal(error.details.outcome, 'unknown')
      assert.equal(swaps().length, before + 1, 'how many swaps the server made')
      assert.equal(struck('creation-answer-lost'), times + 1, 'how often it was sent')
    },
  },
  ...unusable.map(
    (fault): Rule => ({
      rule: `terms that cannot be (${fault}) are no terms, and their outcome is unknown`,
      why: 'half a swap is worse than none: it would be paid and could not be claimed',
      needs: [fault],
      async run({ connect, newSwap, misbehave }) {
        misbehave(fault)
        const provider = connect()
        const work = provider.create(newSwap())
        const error = await rejectionOf(provider, 'create', work, 'swap.provider-failed')
        assert.equal(error.details.outcome, 'unknown')
      },
    }),
  ),
]
