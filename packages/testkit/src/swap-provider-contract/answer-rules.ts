import assert from 'node:assert/strict'
import type { SelfCustodialSwapProvider } from '@payment-node/core'
import type { ProviderFault, SwapProviderEnvironment } from './environment.ts'
import type { Rule } from './rule.ts'
import { rejectionOf } from './rule.ts'

const unusable: readonly ProviderFault[] = [
  'server-error',
  'not-json',
  'empty-answer',
  'cut-answer',
  'huge-answer',
  'deep-answer',
  'redirected',
  'vanished',
]

/** Every call that asks the server once, and whether it changes something there. */
function callsOf(
  { newSwap, amountSat }: SwapProviderEnvironment,
  connect: () => SelfCustodialSwapProvider,
): Readonly<Record<string, { readonly isChange: boolean; run(): Promise<unknown> }>> {
  const swap = newSwap()
  const claim = {
    providerId: 'someswap1234',
    transaction: '00',
    inputIndex: 0,
    publicNonce: '02'.repeat(66),
    preimage: 'ab'.repeat(32),
  }
  return {
    limits: { isChange: false, run: () => connect().limits() },
    quote: { isChange: false, run: () => connect().quote(amountSat) },
    create: { isChange: true, run: () => connect().create(swap) },
    status: { isChange: false, run: () => connect().status('someswap1234') },
    requestClaimSignature: {
      isChange: true,
      run: () => connect().requestClaimSignature(claim),
    },
  }
}

/** Answers that are none. */
export const answerRules: readonly Rule[] = [
  ...unusable.map(
    (fault): Rule => ({
      rule: `an answer that is none (${fault}) is swap.provider-failed, for every call`,
      why: 'anything else that is thrown counts as a mistake of this node; and only "unknown" says that the server may have acted',
      needs: [fault],
      async run(given) {
        given.misbehave(fault)
        const provider = given.connect()
        const wrong: string[] = []
        for (const [call, { isChange, run }] of Object.entries(callsOf(given, given.connect))) {
          const error = await rejectionOf(provider, call, run(), 'swap.provider-failed')
          const { outcome } = error.details
          // Of a connection that broke nobody can say more.
          const isRight = isChange ? outcome === 'unknown' : outcome === 'none'
          if (!isRight && fault !== 'vanished') wrong.push(`${call}: outcome ${outcome}`)
          if (error.message.length > 2000)
            wrong.push(`${call}: a message of ${error.message.length}`)
        }
        assert.deepEqual(wrong, [])
      },
    }),
  ),
  {
    rule: 'a server that says "too many requests" is left alone for as long as it says',
    why: 'who goes on asking is locked out, with swaps under way',
    needs: ['too-many-requests'],
    async run({ connect, misbehave, struck }) {
      const provider = connect()
      misbehave('too-many-requests')
      const before = struck('too-many-requests')
      for (let time = 0; time < 3; time++) {
        const error = await rejectionOf(provider, 'limits', provider.limits(), 'swap.refused')
        assert.equal(error.details.reason, 'rate-limited')
      }
      assert.equal(struck('too-many-requests'), before + 1, 'how often it was asked')
    },
  },
  {
    rule: 'a signal ends a call that gets no answer',
    why: 'a provider that is silent must not delay the others, nor the end of the node',
    needs: ['silent'],
    async run({ connect, misbehave, struck, newSwap }) {
      misbehave('silent')
      const provider = connect()
      const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
        limits: (signal) => provider.limits(signal),
        create: (signal) => provider.create(newSwap(), signal),
        status: (signal) => provider.status('someswap1234', signal),
      }
      for (const [call, run] of Object.entries(calls)) {
        const ending = new AbortController()
        const before = struck('silent')
        const work = rejectionOf(provider, call, run(ending.signal), 'swap.provider-failed')
        while (struck('silent') === before) await new Promise((resolve) => setImmediate(resolve))
        ending.abort()
        const { outcome } = (await work).details
        assert.equal(outcome, call === 'create' ? 'unknown' : 'none', `${call}: outcome`)
      }
    },
  },
]
