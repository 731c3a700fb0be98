import { createECDH } from 'node:crypto'
import bolt11 from 'bolt11'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeInvoice, type InvoiceText } from '../../src/network/bolt11-invoice.ts'
import { decodeInvoice } from '../../src/network/decode-bolt11.ts'
import { isSignedBy } from '../../src/network/verify-invoice-signature.ts'

const privateKey = new Uint8Array(32).fill(9)
const pair = createECDH('secp256k1')
pair.setPrivateKey(privateKey)
const publicKey = pair.getPublicKey('hex', 'compressed')

const text: InvoiceText = {
  network: 'regtest',
  createdAt: 1_767_225_600_000,
  paymentHash: 'ab'.repeat(32),
  paymentSecret: 'cd'.repeat(32),
  amountMsat: 1_234_567n,
  memo: 'Käse ☕',
  expirySeconds: 3600,
  minFinalCltv: 80,
  routeHints: [],
}

test('what is written is read back, for any amount, memo, expiry, network and hints', () => {
  const hint = fc.record({
    publicKey: fc.constant(publicKey),
    channelId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    baseFeeMsat: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
    feeRatePpm: fc.nat(2 ** 31 - 1),
    timeLockDeltaBlocks: fc.nat(65_535),
  })
  const texts = fc.record({
    network: fc.constantFrom('regtest', 'mainnet', 'testnet', 'signet', 'simnet'),
    createdAt: fc.integer({ min: 1, max: 2 ** 33 }).map((seconds) => seconds * 1000),
    amountMsat: fc.option(fc.bigInt({ min: 1n, max: 21n * 10n ** 17n })),
    memo: fc.string({ unit: 'grapheme', maxLength: 60 }),
    expirySeconds: fc.integer({ min: 1, max: 31_536_000 }),
    routeHints: fc.array(hint, { maxLength: 3 }),
  })
  fc.assert(
    fc.property(texts, (changes) => {
      const written = { ...text, ...changes } as InvoiceText
      const read = decodeInvoice(encodeInvoice(written, privateKey), written.network)
      expect(read).toMatchObject({
        paymentHash: written.paymentHash,
        paymentSecret: written.paymentSecret,
        destination: publicKey,
        amountMsat: written.amountMsat,
        createdAt: written.createdAt,
        expirySeconds: written.expirySeconds,
        description: written.memo,
        minFinalCltv: 80,
        routeHints: written.routeHints.map((one) => [one]),
      })
    }),
    { numRuns: 100 },
  )
})

test('a description hash excludes the description', () => {
  const descriptionHash = 'ef'.repeat(32)
  const read = decodeInvoice(encodeInvoice({ ...text, descriptionHash }, privateKey), 'regtest')
  expect(read).toMatchObject({ descriptionHash, description: '' })
})

test('features are what LND sets: TLV onion and payment secret required, parts allowed', () => {
  const { features, hasPaymentSecret } = decodeInvoice(encodeInvoice(text, privateKey), 'regtest')
  expect(hasPaymentSecret).toBe(true)
  expect(features).toEqual([
    { bit: 8, name: 'tlv-onion', isRequired: true, isKnown: true },
    { bit: 14, name: 'payment-addr', isRequired: true, isKnown: true },
    { bit: 17, name: 'multi-path-payments', isRequired: false, isKnown: true },
    { bit: 25, name: 'route-blinding', isRequired: false, isKnown: true },
  ])
})

test('features that nobody knows are named unknown, required or not', () => {
  const bits = [false, false, true, false, false, true]
  const unsigned = bolt11.encode(
    {
      network: { bech32: 'bcrt', pubKeyHash: 0x6f, scriptHash: 0xc4, validWitnessVersions: [0, 1] },
      timestamp: 1_767_225_600,
      tags: [
        { tagName: 'payment_hash', data: text.paymentHash },
        { tagName: 'description', data: '' },
        {
          tagName: 'feature_bits',
          data: { word_length: 6, extra_bits: { start_bit: 20, bits } },
        },
      ],
    },
    false,
  )
  const signed = bolt11.sign(unsigned, Buffer.from(privateKey)).paymentRequest!
  const read = decodeInvoice(signed, 'regtest')
  expect(read.features).toEqual([
    { bit: 22, name: 'unknown', isRequired: true, isKnown: false },
    { bit: 25, name: 'route-blinding', isRequired: false, isKnown: true },
  ])
  expect([read.hasPaymentSecret, read.amountMsat, read.expirySeconds]).toEqual([false, null, 3600])
})

test('each kind of broken text is refused for its reason', () => {
  const good = encodeInvoice(text, privateKey)
  const flip = good.endsWith('q') ? 'p' : 'q'
  const refusals: Record<string, [string, string]> = {
    'another network': [
      encodeInvoice({ ...text, network: 'mainnet' }, privateKey),
      'wrong-network',
    ],
    signet: [encodeInvoice({ ...text, network: 'signet' }, privateKey), 'wrong-network'],
    'a flipped letter': [good.slice(0, -1) + flip, 'checksum'],
    'a foreign amount': [good.replace('lnbcrt12345670p', 'lnbcrt22345670p'), 'checksum'],
    'the key of somebody else': [signedBySomebodyElse(), 'signature'],
    'an unknown prefix': ['lnxx1qqqqqq', 'malformed'],
    nothing: ['', 'malformed'],
    'the prefix alone': ['lnbcrt1', 'malformed'],
  }
  const wrong: string[] = []
  for (const [name, [broken, reason]] of Object.entries(refusals)) {
    try {
      decodeInvoice(broken, 'regtest')
      wrong.push(`${name}: accepted`)
    } catch (error) {
      const found = (error as { details?: { reason?: string } }).details?.reason
      if (found !== reason) wrong.push(`${name}: ${found} instead of ${reason}`)
    }
  }
  expect(wrong).toEqual([])
})

test('the second opinion on signatures sees another key, another text and another signature', () => {
  const good = encodeInvoice(text, privateKey)
  const { signature } = bolt11.decode(good) as { signature: string }
  const other = createECDH('secp256k1')
  other.setPrivateKey(new Uint8Array(32).fill(3))
  expect(isSignedBy(good, signature, publicKey)).toBe(true)
  expect(isSignedBy(good, signature, other.getPublicKey('hex', 'compressed'))).toBe(false)
  expect(isSignedBy(good.replace('12345670p', '92345670p'), signature, publicKey)).toBe(false)
  expect(isSignedBy(good, signature.replace(/^../, '01'), publicKey)).toBe(false)
})

/** Names its payee in `n`, and the signature is of another key: one bit of it was changed. */
function signedBySomebodyElse(): string {
  const unsigned = bolt11.encode(
    {
      network: { bech32: 'bcrt', pubKeyHash: 0x6f, scriptHash: 0xc4, validWitnessVersions: [0, 1] },
      timestamp: 1_767_225_600,
      tags: [
        { tagName: 'payment_hash', data: text.paymentHash },
        { tagName: 'description', data: '' },
        { tagName: 'payee_node_key', data: publicKey },
      ],
    },
    false,
  )
  const signed = bolt11.sign(unsigned, Buffer.from(privateKey)).paymentRequest!
  const words = [...signed.slice('lnbcrt1'.length, -6)].map((letter) => charset.indexOf(letter))
  words[words.length - 60]! ^= 1
  return `lnbcrt1${[...words, ...checksum('lnbcrt', words)].map((word) => charset[word]).join('')}`
}

const charset = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** BIP173. */
function checksum(prefix: string, words: readonly number[]): number[] {
  const letters = [...prefix].map((letter) => letter.charCodeAt(0))
  const values = [
    ...letters.map((code) => code >> 5),
    0,
    ...letters.map((code) => code & 31),
    ...words,
    ...new Array<number>(6).fill(0),
  ]
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
  let sum = 1
  for (const value of values) {
    const top = sum >> 25
    sum = ((sum & 0x1ffffff) << 5) ^ value
    generator.forEach((term, bit) => {
      if ((top >> bit) & 1) sum ^= term
    })
  }
  sum ^= 1
  return [0, 1, 2, 3, 4, 5].map((position) => (sum >> (5 * (5 - position))) & 31)
}
