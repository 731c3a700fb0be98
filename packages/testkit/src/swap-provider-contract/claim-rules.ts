import assert from 'node:assert/strict'
import type { ProviderFault, SwapProviderEnvironment } from './environment.ts'
import type { Rule } from './rule.ts'
import { rejectionOf } from './rule.ts'

const without: readonly ProviderFault[] = [
  'claim-refused',
  'claim-keeps-preimage',
  'no-partial-signature',
]

async function lockedUp(given: SwapProviderEnvironment): Promise<string> {
  const { providerId } = await given.connect().create(given.newSwap())
  await given.lockUp(providerId)
  return providerId
}

/** The provider's half of a cooperative claim. */
export const claimRules: readonly Rule[] = [
  {
    rule: 'the half of a signature comes as it is, in hex',
    why: 'core checks it, completes it and publishes the claim',
    async run(given) {
      const request = await given.claimRequest(await lockedUp(given))
      const half = await given.connect().requestClaimSignature(request)
      assert.deepEqual(Object.keys(half).sort(), ['partialSignature', 'publicNonce'])
      assert.match(half.publicNonce, /^[0-9a-f]{132}$/, 'publicNonce')
      assert.match(half.partialSignature, /^[0-9a-f]{64}$/, 'partialSignature')
    },
  },
  ...without.map(
    (fault): Rule => ({
      rule: `a claim that gets no signature (${fault}) rejects, and no error repeats the preimage`,
      why: 'core then claims by the script, without the provider; errors go to logs and to people',
      needs: [fault],
      async run(given) {
        const request = await given.claimRequest(await lockedUp(given))
        given.misbehave(fault)
        const provider = given.connect()
        const work = provider.requestClaimSignature(request)
        const error = await rejectionOf(provider, 'requestClaimSignature', work)
        assert.ok(!deepText(error).includes(request.preimage), 'the error holds the preimage')
      },
    }),
  ),
]

/** All that an error shows, with its causes. */
function deepText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, stack, cause } = error
  return [message, stack, JSON.stringify(error), cause && deepText(cause)].join('\n')
}
