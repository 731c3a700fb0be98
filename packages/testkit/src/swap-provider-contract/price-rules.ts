import assert from 'node:assert/strict'
import type { Rule } from './rule.ts'
import { rejectionOf } from './rule.ts'

/** Who the provider is, its limits and its quotes. */
export const priceRules: readonly Rule[] = [
  {
    rule: 'a provider says its contract, its custody, its name and its url',
    why: 'core refuses other contracts, tells two kinds of providers apart by their custody, books by the name, and asks about each swap at the url that it was created on',
    async run({ connect }) {
      const provider = connect()
      assert.equal(provider.contractVersion, 1, 'contractVersion')
      assert.equal(provider.custody, 'self', 'custody')
      assert.match(provider.name, /^[\w.-]{1,64}$/, 'name')
      assert.ok(/^https?:\/\//.test(provider.url) && !provider.url.endsWith('/'), 'url')
      assert.equal(connect().url, provider.url, 'two instances with the same options differ')
    },
  },
  {
    rule: 'limits are positive amounts, the smaller one first',
    why: 'amounts are cut into pieces between them',
    async run({ connect, amountSat }) {
      const { minimumSat, maximumSat } = await connect().limits()
      assert.equal(typeof minimumSat, 'bigint', 'minimumSat is no bigint')
      assert.equal(typeof maximumSat, 'bigint', 'maximumSat is no bigint')
      assert.ok(minimumSat > 0n && minimumSat <= maximumSat, `${minimumSat} to ${maximumSat}`)
      assert.ok(amountSat >= minimumSat && amountSat <= maximumSat, 'the amount of the test')
    },
  },
  {
    rule: 'a quote is all-in: what it leaves is what the swap will pay, but for a satoshi of rounding',
    why: 'the cheapest quote is taken, and a creation that says anything else is refused as a cheat',
    async run({ connect, newSwap, amountSat }) {
      const provider = connect()
      const quote = await provider.quote(amountSat)
      assert.equal(quote.amountSat, amountSat, 'amountSat')
      for (const name of ['serviceSat', 'lockupSat', 'claimSat', 'prepayAtRiskSat'] as const) {
        assert.equal(typeof quote[name], 'bigint', `${name} is no bigint`)
      }
      assert.equal(quote.prepayAtRiskSat, 0n, 'nothing is ever prepaid for a swap that we claim')
      const { onchainAmountSat } = await provider.create(priced(newSwap(), quote.priceId))
      const leftSat = amountSat - quote.serviceSat - quote.lockupSat
      const says = `the quote leaves ${leftSat} sat, the swap pays ${onchainAmountSat} sat`
      assert.ok(onchainAmountSat === leftSat || onchainAmountSat === leftSat + 1n, says)
    },
  },
  {
    rule: 'a quote lasts a while, and not for ever',
    why: 'one that has expired is never taken, one that never does is taken when it is wrong',
    async run({ connect, amountSat }) {
      const now = Date.now()
      const { expiresAt } = await connect().quote(amountSat)
      assert.ok(expiresAt > now + 1000, 'it expires at once')
      assert.ok(expiresAt < now + 86_400_000, 'it lasts more than a day')
    },
  },
  {
    rule: 'an amount outside of the limits is refused by name',
    why: 'core makes it smaller or leaves it, and does not take the provider for broken',
    async run({ connect }) {
      const provider = connect()
      const { minimumSat, maximumSat } = await provider.limits()
      const few = await rejectionOf(provider, 'quote', provider.quote(minimumSat - 1n))
      assert.equal(few.details.reason, 'below-minimum')
      const many = await rejectionOf(provider, 'quote', provider.quote(maximumSat + 1n))
      assert.equal(many.details.reason, 'above-maximum')
    },
  },
  {
    rule: 'prices that nobody can mean are no quote',
    why: 'a negative fee and a limit above all money there is would win every comparison',
    needs: ['pairs-absurd'],
    async run({ connect, misbehave, amountSat }) {
      misbehave('pairs-absurd')
      const provider = connect()
      await rejectionOf(provider, 'limits', provider.limits())
      await rejectionOf(provider, 'quote', connect().quote(amountSat))
    },
  },
  {
    rule: 'a server that makes no such swaps is refused, not broken',
    why: 'it is asked again later, and nobody is woken',
    needs: ['pairs-empty'],
    async run({ connect, misbehave }) {
      misbehave('pairs-empty')
      const provider = connect()
      await rejectionOf(provider, 'limits', provider.limits(), 'swap.refused')
    },
  },
]

/** The same swap at the prices of a quote. */
export function priced<T extends object>(swap: T, priceId: string | undefined): T {
  return { ...swap, ...(priceId !== undefined && { priceId }) }
}
