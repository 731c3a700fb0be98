import { inspect } from 'node:util'
import * as bitcoin from 'bitcoinjs-lib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DecodedInvoice } from '../../../src/ports/lightning-node.ts'
import {
  type ChainView,
  type ReverseLimits,
  type ReverseRequest,
  reverifyReverseTerms,
  type TermsRefusalReason,
  verifyReverseTerms,
} from '../../../src/swaps/kit/verify-reverse-terms.ts'
import {
  buildOutput,
  chain,
  fromHex,
  identity,
  limits,
  offerSwap,
  prefixes,
  type RawTerms,
  serverPublicKey,
  toHex,
  writeInvoice,
} from './swap-server.ts'

/** One honest swap, to be spoiled in one place. */
interface Case {
  readonly request: ReverseRequest
  readonly terms: RawTerms
  readonly invoice: DecodedInvoice
  readonly chain: ChainView
  readonly limits: ReverseLimits
}

const honest = await offerSwap()
const good: Case = { ...honest, chain, limits }

function reasonOf(spoiled: Case): string {
  const verdict = verifyReverseTerms(
    spoiled.request,
    spoiled.terms,
    spoiled.invoice,
    spoiled.chain,
    spoiled.limits,
  )
  return verdict.ok ? 'accepted' : verdict.refusal.reason
}

const withTerms = (change: Partial<RawTerms>): Case => ({
  ...good,
  terms: { ...good.terms, ...change },
})
const withInvoice = (change: Partial<DecodedInvoice>): Case => ({
  ...good,
  invoice: { ...good.invoice, ...change },
})
const withLimits = (change: Partial<ReverseLimits>): Case => ({
  ...good,
  limits: { ...limits, ...change },
})
const withRequest = (change: Partial<ReverseRequest>): Case => ({
  ...good,
  request: { ...good.request, ...change },
})
const withLeaf = (name: string, change: { version?: number; script?: string }): Case =>
  withTerms({
    leaves: { ...good.terms.leaves, [name]: { ...good.terms.leaves[name]!, ...change } },
  })

/** A server that is consistent in itself about an output that is not the agreed one. */
function consistent(change: {
  paymentHash?: string
  claimPublicKey?: string
  refundPublicKey?: string
  timeoutHeight?: number
}): Partial<RawTerms> {
  const { paymentHash, claimPublicKey } = honest.request
  const { timeoutHeight } = honest.terms
  const parts = {
    paymentHash,
    claimPublicKey,
    refundPublicKey: serverPublicKey,
    timeoutHeight,
    ...change,
  }
  const output = buildOutput(parts)
  return {
    refundPublicKey: parts.refundPublicKey,
    timeoutHeight: parts.timeoutHeight,
    lockupAddress: bitcoin.payments.p2tr({
      pubkey: output.outputKey,
      network: bitcoin.networks.regtest,
    }).address!,
    leaves: {
      claimLeaf: { version: 192, script: toHex(output.claimLeaf) },
      refundLeaf: { version: 192, script: toHex(output.refundLeaf) },
    },
  }
}

test('honest terms are accepted on every network, with the output that bitcoinjs-lib builds', async () => {
  for (const network of Object.keys(prefixes) as (keyof typeof prefixes)[]) {
    const destination = bitcoin.payments.p2tr({
      pubkey: buildOutput({ ...honest.request, timeoutHeight: 7 }).outputKey,
      network: { ...bitcoin.networks.regtest, bech32: prefixes[network] },
    }).address!
    const { request, terms, invoice } = await offerSwap({ network, destination })
    const verdict = verifyReverseTerms(request, terms, invoice, chain, limits)
    if (!verdict.ok) throw new Error(`${network}: ${inspect(verdict.refusal)}`)
    const { verified } = verdict
    expect(verified.lockupAddress, network).toBe(terms.lockupAddress)
    expect(verified.onchainAmountSat).toBe(99_038n)
    expect(verified.destination.address).toBe(destination)
    expect(reverifyReverseTerms(request, terms, invoice)).toEqual(verdict)
  }
})

test('each way to cheat has its name', () => {
  const p2wsh = bitcoin.payments.p2wsh({
    hash: buildOutput({ ...honest.request, timeoutHeight: honest.terms.timeoutHeight }).outputKey,
    network: bitcoin.networks.regtest,
  }).address!
  const otherKey = identity.publicKey
  const { paymentHash, claimPublicKey, amountSat, quote } = honest.request
  const { timeoutHeight } = honest.terms
  // The aggregate in the wrong order: the classic mistake.
  const swapped = bitcoin.payments.p2tr({
    internalPubkey: buildOutput({
      paymentHash,
      timeoutHeight,
      claimPublicKey: serverPublicKey,
      refundPublicKey: claimPublicKey,
    }).internalKey,
    scriptTree: [
      { output: fromHex(honest.terms.leaves.claimLeaf!.script) },
      { output: fromHex(honest.terms.leaves.refundLeaf!.script) },
    ],
    network: bitcoin.networks.regtest,
  }).address!
  const mainnet = bitcoin.payments.p2tr({
    address: honest.terms.lockupAddress,
    network: bitcoin.networks.regtest,
  }).pubkey!
  const feature = (bit: number, isKnown: boolean): Case =>
    withInvoice({ features: [{ bit, name: 'x', isRequired: true, isKnown }] })
  const cheats: readonly (readonly [name: string, reason: TermsRefusalReason, spoiled: Case])[] = [
    [
      'a miner fee invoice in the answer',
      'prepayment-demanded',
      withTerms({ raw: { minerFeeInvoice: 'lnbcrt1' } }),
    ],
    ['the same, empty', 'prepayment-demanded', withTerms({ raw: { minerFeeInvoice: null } })],
    [
      'the same, passed on by the plugin',
      'prepayment-demanded',
      withTerms({ minerFeeInvoice: 'x' } as Partial<RawTerms>),
    ],
    [
      'a quote with a prepayment',
      'prepayment-demanded',
      withRequest({ quote: { ...quote, prepayAtRiskSat: 1n } }),
    ],
    ['other metadata', 'metadata-differs', withTerms({ metadata: '01ab' })],
    ['our key as refund key', 'refund-key-ours', withTerms({ refundPublicKey: claimPublicKey })],
    [
      'our key, negated',
      'refund-key-ours',
      withTerms({
        refundPublicKey: (claimPublicKey.startsWith('02') ? '03' : '02') + claimPublicKey.slice(2),
      }),
    ],
    [
      'a refund key off the curve',
      'refund-key-invalid',
      withTerms({ refundPublicKey: `02${'00'.repeat(31)}05` }),
    ],
    [
      'no claim leaf',
      'leaf-missing',
      withTerms({ leaves: { refundLeaf: honest.terms.leaves.refundLeaf! } }),
    ],
    [
      'no refund leaf',
      'leaf-missing',
      withTerms({ leaves: { claimLeaf: honest.terms.leaves.claimLeaf! } }),
    ],
    [
      'a third leaf',
      'leaf-extra',
      withTerms({
        leaves: { ...honest.terms.leaves, covenantClaimLeaf: { version: 192, script: '51' } },
      }),
    ],
    ['another version of the claim leaf', 'leaf-version', withLeaf('claimLeaf', { version: 0xc4 })],
    ['another version of the refund leaf', 'leaf-version', withLeaf('refundLeaf', { version: 0 })],
    [
      'claim leaf for another hash',
      'claim-leaf-differs',
      withTerms(consistent({ paymentHash: '22'.repeat(32) })),
    ],
    [
      'claim leaf for another key',
      'claim-leaf-differs',
      withTerms(consistent({ claimPublicKey: otherKey })),
    ],
    [
      'claim leaf without the size check',
      'claim-leaf-differs',
      withLeaf('claimLeaf', { script: honest.terms.leaves.claimLeaf!.script.slice(8) }),
    ],
    [
      'refund leaf with an earlier timeout',
      'refund-leaf-differs',
      withLeaf('refundLeaf', {
        script: toHex(buildOutput({ paymentHash, claimPublicKey, timeoutHeight: 1010 }).refundLeaf),
      }),
    ],
    [
      'refund leaf for another key',
      'refund-leaf-differs',
      withLeaf('refundLeaf', {
        script: toHex(
          buildOutput({ paymentHash, claimPublicKey, timeoutHeight, refundPublicKey: otherKey })
            .refundLeaf,
        ),
      }),
    ],
    [
      'a timeout that is not the leaf’s',
      'refund-leaf-differs',
      withTerms({ timeoutHeight: timeoutHeight + 1 }),
    ],
    ['P2WSH of the output key', 'address-differs', withTerms({ lockupAddress: p2wsh })],
    [
      'keys aggregated in the other order',
      'address-differs',
      withTerms({ lockupAddress: swapped }),
    ],
    [
      'an address of another network',
      'address-differs',
      withTerms({ lockupAddress: bitcoin.payments.p2tr({ pubkey: mainnet }).address! }),
    ],
    [
      'an invoice of another network',
      'invoice-wrong-network',
      withTerms({ invoice: writeInvoice(paymentHash, 100_000_000n, 'mainnet') }),
    ],
    [
      'an invoice with a wrong checksum',
      'invoice-malformed',
      withTerms({
        invoice: `${honest.terms.invoice.slice(0, -1)}${honest.terms.invoice.endsWith('q') ? 'p' : 'q'}`,
      }),
    ],
    [
      'an invoice for another hash',
      'invoice-hash-differs',
      withInvoice({ paymentHash: '22'.repeat(32) }),
    ],
    [
      'an invoice for a millisatoshi more',
      'invoice-amount-differs',
      withInvoice({ amountMsat: 100_000_001n }),
    ],
    ['an invoice for less', 'invoice-amount-differs', withInvoice({ amountMsat: 99_999_000n })],
    ['an invoice for any amount', 'invoice-amount-differs', withInvoice({ amountMsat: null })],
    [
      'an invoice of our own node',
      'invoice-own-node',
      withInvoice({ destination: honest.request.ownPublicKey }),
    ],
    [
      'an invoice without payment secret',
      'invoice-unpayable',
      withInvoice({ hasPaymentSecret: false }),
    ],
    ['an invoice with blinded paths', 'invoice-unpayable', withInvoice({ hasBlindedPaths: true })],
    ['an AMP invoice', 'invoice-unpayable', feature(30, true)],
    ['an unknown required feature', 'invoice-unpayable', feature(1000, false)],
    ['an expired invoice', 'invoice-expired', withInvoice({ createdAt: chain.now - 900_000 })],
    ['an invoice that is about to expire', 'invoice-expired', withInvoice({ expirySeconds: 59 })],
    [
      'a last hop that freezes for long',
      'invoice-timelock-too-long',
      withInvoice({ minFinalCltv: 401 }),
    ],
    ['a satoshi less on chain', 'onchain-amount-differs', withTerms({ onchainAmountSat: 99_037n })],
    [
      'two satoshis more on chain',
      'onchain-amount-differs',
      withTerms({ onchainAmountSat: 99_040n }),
    ],
    [
      'a quote for another amount',
      'onchain-amount-differs',
      withRequest({ quote: { ...quote, amountSat: amountSat + 1n } }),
    ],
    [
      'less than is worth it',
      'onchain-amount-too-small',
      withLimits({ minimumOnchainSat: 99_039n }),
    ],
    [
      'a satoshi above the budget',
      'cost-above-limit',
      withLimits({ maximumCostSat: 962n + 1_500n - 1n }),
    ],
    [
      'a timeout in 71 blocks',
      'timeout-too-soon',
      withTerms(consistent({ timeoutHeight: chain.tip + 71 })),
    ],
    ['a timeout in the past', 'timeout-too-soon', withTerms(consistent({ timeoutHeight: 900 }))],
    [
      'a timeout in 301 blocks',
      'timeout-too-late',
      withTerms(consistent({ timeoutHeight: chain.tip + 301 })),
    ],
    [
      'a destination of another network',
      'destination-refused',
      withRequest({ destination: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4' }),
    ],
    [
      'a destination with a wrong checksum',
      'destination-refused',
      withRequest({ destination: `${honest.request.destination.slice(0, -1)}b` }),
    ],
    [
      'a destination that anybody could spend',
      'destination-refused',
      withRequest({ destination: 'bcrt1pfeesnyr2tx' }),
    ],
  ]
  expect(reasonOf(good)).toBe('accepted')
  const wrong = cheats.flatMap(([name, reason, spoiled]) => {
    const found = reasonOf(spoiled)
    return found === reason ? [] : [`${name}: ${found} instead of ${reason}`]
  })
  expect(wrong).toEqual([])
})

test('each bound is reached before it refuses', () => {
  const atBounds: readonly (readonly [name: string, allowed: Case])[] = [
    ['72 blocks', withTerms(consistent({ timeoutHeight: chain.tip + 72 }))],
    ['300 blocks', withTerms(consistent({ timeoutHeight: chain.tip + 300 }))],
    ['the whole budget', withLimits({ maximumCostSat: 962n + 1_500n })],
    ['the least on chain', withLimits({ minimumOnchainSat: 99_038n })],
    ['400 blocks at the last hop', withInvoice({ minFinalCltv: 400 })],
    ['a minute left', withInvoice({ expirySeconds: 60 })],
    ['our own metadata', withTerms({ metadata: '01aa' })],
  ]
  for (const [name, allowed] of atBounds) expect(reasonOf(allowed), name).toBe('accepted')
})

test('what is no answer is malformed, in the field that is wrong', () => {
  const fields: readonly (readonly [field: string, values: readonly unknown[]])[] = [
    ['terms', [undefined, null, 7, 'text', [], () => {}]],
    ['providerId', [undefined, 7, '', 'a/../b', 'a b', 'x'.repeat(65), 'a\n']],
    [
      'invoice',
      [
        undefined,
        {},
        '',
        honest.terms.invoice.toUpperCase(),
        `${honest.terms.invoice}\n`,
        `ln${'q'.repeat(4096)}`,
      ],
    ],
    [
      'lockupAddress',
      [undefined, [], '', honest.terms.lockupAddress.toUpperCase(), 'q'.repeat(91)],
    ],
    [
      'refundPublicKey',
      [
        undefined,
        2,
        serverPublicKey.slice(2),
        `04${serverPublicKey.slice(2)}`,
        serverPublicKey.toUpperCase(),
        `${serverPublicKey}00`,
        new Uint8Array(33),
      ],
    ],
    [
      'timeoutHeight',
      [
        undefined,
        '1144',
        -1,
        0,
        1144.5,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        2 ** 53,
        500_000_000,
        1144n,
      ],
    ],
    ['onchainAmountSat', [undefined, 99_038, '99038', 0n, -1n, 2_100_000_000_000_001n, 10n ** 40n]],
    ['metadata', [null, 7, 'xyz', 'abc', '00'.repeat(1025)]],
    [
      'leaves',
      [
        undefined,
        null,
        [],
        { claimLeaf: null },
        { claimLeaf: { version: '192', script: '51' } },
        { claimLeaf: { version: -1, script: '51' } },
        { claimLeaf: { version: 256, script: '51' } },
        { claimLeaf: { version: 192, script: 51 } },
        { claimLeaf: { version: 192, script: '5' } },
        { claimLeaf: { version: 192, script: '5G' } },
        { claimLeaf: { version: 192, script: '51'.repeat(257) } },
        Object.fromEntries(
          Array.from({ length: 17 }, (_, at) => [at, { version: 192, script: '51' }]),
        ),
      ],
    ],
  ]
  const wrong: string[] = []
  for (const [field, values] of fields) {
    for (const value of values) {
      const terms = field === 'terms' ? value : { ...honest.terms, [field]: value }
      const verdict = verifyReverseTerms(honest.request, terms, honest.invoice, chain, limits)
      const found = verdict.ok ? 'accepted' : `${verdict.refusal.reason} ${verdict.refusal.field}`
      if (found !== `terms-malformed ${field}`) wrong.push(`${field} ${inspect(value)}: ${found}`)
    }
  }
  expect(wrong).toEqual([])
})

test('any altered character of the terms is refused', () => {
  const { providerId: _, raw: __, ...checked } = honest.terms
  const text = JSON.stringify(checked, (_name, value) =>
    typeof value === 'bigint' ? `${value}n` : value,
  )
  // Of the letters and digits that stand for something; names of fields are not the provider's.
  const places = [...text.matchAll(/(?<=:)("?)([^",{}]+)/g)].flatMap((match) =>
    Array.from({ length: match[2]!.length }, (_each, at) => match.index + match[1]!.length + at),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...places),
      fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyzA-'),
      (place, letter) => {
        fc.pre(text[place] !== letter)
        const altered = text.slice(0, place) + letter + text.slice(place + 1)
        // A satoshi more than agreed is accepted.
        fc.pre(!altered.includes('"99039n"'))
        let terms: unknown
        try {
          terms = JSON.parse(altered, (_name, value) =>
            typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
          )
        } catch {
          return
        }
        const whole = { ...(terms as object), providerId: 'a', raw: {} }
        expect(reasonOf({ ...good, terms: whole as RawTerms })).not.toBe('accepted')
      },
    ),
    { numRuns: 400 },
  )
})

test('a satoshi more than agreed comes of rounding: it is what must be locked up then', () => {
  const verdict = verifyReverseTerms(
    honest.request,
    { ...honest.terms, onchainAmountSat: 99_039n },
    honest.invoice,
    chain,
    limits,
  )
  expect(verdict).toMatchObject({ ok: true, verified: { onchainAmountSat: 99_039n } })
})

test('on resume, height, expiry and price no longer matter, and all else does', () => {
  const late = { ...honest.invoice, createdAt: 0 }
  expect(reverifyReverseTerms(honest.request, honest.terms, late).ok).toBe(true)
  const spoiled = { ...honest.terms, onchainAmountSat: 99_037n }
  expect(reverifyReverseTerms(honest.request, spoiled, late)).toMatchObject({
    refusal: { reason: 'onchain-amount-differs' },
  })
})

test('without a height of our own node nothing is verified', () => {
  for (const tip of [Number.NaN, -1, 1.5, undefined])
    expect(() =>
      verifyReverseTerms(
        honest.request,
        honest.terms,
        honest.invoice,
        { tip, now: chain.now } as ChainView,
        limits,
      ),
    ).toThrow(RangeError)
})
