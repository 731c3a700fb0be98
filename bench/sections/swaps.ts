import type { DecodedInvoice } from '@payment-node/core'
import { loadKey } from '../../packages/core/src/keys.ts'
import * as kit from '../../packages/core/src/swaps/kit/index.ts'
import type { Section } from '../bench.ts'
import { median, percentile, rangeOf } from '../statistics.ts'

const warmUp = 200
const rounds = 1000

/** What the swap kit costs: the checks before an invoice is paid, and the keys of a swap. */
export const swaps: Section = {
  name: 'swaps',
  says: "verification of a provider's answer, and a claim's keys and signatures",
  async measure({ report }) {
    report(`swaps: ${rounds} answers of a provider, each of another swap`)
    const key = await loadKey('swaps', Buffer.from('6f'.repeat(31).padEnd(64, '1'), 'hex'))
    const identity = { network: 'regtest', publicKey: `02${'ab'.repeat(32)}` } as const
    const keyTimes: number[] = []
    const verifyTimes: number[] = []
    const signTimes: number[] = []
    for (let round = 0; round < warmUp + rounds; round++) {
      const swapId = round.toString(16).padStart(32, '0')
      const beforeKeys = performance.now()
      const keys = kit.deriveSwapKeys(key, identity, { swapId, claimIndex: round })
      const afterKeys = performance.now()
      const { request, terms, invoice } = answerFor(keys, identity.publicKey)
      const beforeVerify = performance.now()
      const verdict = kit.verifyReverseTerms(request, terms, invoice, chain, limits)
      const afterVerify = performance.now()
      if (!verdict.ok) throw new Error(`refused: ${verdict.refusal.reason}`)
      const lockup = { txid: 'ab'.repeat(32), vout: 0, valueSat: terms.onchainAmountSat }
      const plan = { verified: verdict.verified, lockup, path: 'script' } as const
      const beforeSign = performance.now()
      const fee = { feerate: 5, isRevealed: true, maximumFeeSat: 0n }
      const build = kit.buildClaim({ ...plan, ...fee })
      if (!build.ok) throw new Error(`no claim: ${build.refusal.reason}`)
      kit.signScriptClaim(build.claim, keys, keys.preimage)
      const afterSign = performance.now()
      if (round < warmUp) continue
      keyTimes.push(afterKeys - beforeKeys)
      verifyTimes.push(afterVerify - beforeVerify)
      signTimes.push(afterSign - beforeSign)
    }
    const section = swaps.name
    const line = (what: string, times: readonly number[]) =>
      ({ section, what, value: median(times), range: rangeOf(times), unit: 'ms' }) as const
    return [
      { ...line("verification of a provider's answer", verifyTimes), target: { atMost: 5 } },
      {
        section,
        what: 'the same, p99',
        value: percentile(verifyTimes, 0.99),
        unit: 'ms',
      },
      line("a swap's preimage and claim key", keyTimes),
      line('a claim by script, built and signed', signTimes),
    ]
  },
}

const chain = { tip: 1000, now: 1_790_000_000_000 }
const limits = {
  ...kit.usualReverseBounds,
  minimumOnchainSat: 1n,
  maximumCostSat: 10_000n,
  routingLimitSat: 1000n,
  claimFeeSat: 500n,
}

/** The provider's public key: any point of the curve. */
const refundPublicKey = `02${'ab'.repeat(32)}`

/** An honest answer. The kit's own output is used: what is measured is checking it, not making it. */
function answerFor(
  { paymentHash, claimPublicKey }: kit.SwapKeys,
  ownPublicKey: string,
): {
  request: kit.ReverseRequest
  terms: { readonly onchainAmountSat: bigint }
  invoice: DecodedInvoice
} {
  const timeoutHeight = chain.tip + 144
  const tree = kit.buildReverseTree({ paymentHash, claimPublicKey, refundPublicKey, timeoutHeight })
  const amountSat = 1_000_000n
  const quote = {
    amountSat,
    serviceSat: 5000n,
    lockupSat: 462n,
    claimSat: 333n,
    prepayAtRiskSat: 0n,
    expiresAt: chain.now,
  }
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  return {
    request: {
      network: 'regtest',
      ownPublicKey,
      amountSat,
      paymentHash,
      claimPublicKey,
      metadata: '01',
      destination: kit.reverseTreeAddress(tree, 'regtest'),
      quote,
    },
    terms: {
      providerId: 'abcdef',
      // Its signature is LND's business; the kit looks at prefix and checksum.
      invoice: unsignedInvoice,
      lockupAddress: kit.reverseTreeAddress(tree, 'regtest'),
      refundPublicKey,
      timeoutHeight,
      onchainAmountSat: amountSat - quote.serviceSat - quote.lockupSat,
      leaves: {
        claimLeaf: { version: 192, script: hex(tree.claimLeaf) },
        refundLeaf: { version: 192, script: hex(tree.refundLeaf) },
      },
      raw: {},
    } as { readonly onchainAmountSat: bigint },
    invoice: {
      paymentHash,
      destination: `03${'cd'.repeat(32)}`,
      amountMsat: amountSat * 1000n,
      createdAt: chain.now,
      expirySeconds: 900,
      description: '',
      minFinalCltv: 159,
      features: [],
      hasPaymentSecret: true,
      hasBlindedPaths: false,
    },
  }
}

/** As long as a usual one, with a right checksum. */
const unsignedInvoice =
  'lnbcrt10m1q2zgu7wvcj6s5xx5s6jcvw7ugz2qykkyq2zgu7wvcj6s5xx5s6jcvw7ugz2qykkyq2zgu7wvcj6s5xx5s6jcvw7ugz2qykkyq2zgu7wvcj6s5xx5s6jcvw7ugz2qykkyq2zgu7wvcj6s5xx5s6jcvw7ugz2qykkyq2zgu7wvcj6s5xx5s6jcvw7ugz2qykkyq2zgu7wvcj6s5xx5s6jcvw7ugz2qykkyq2zgu7wvcj6s5xx5s6jcvw7ugz2qykkyq2zgu7wvcj6s5xx5s6jcvw7ugz2qykkyq2zgu7wvcj6s5xx5s6jcvw7ugz2qykkyq2zgu7wvcjk97uht'
