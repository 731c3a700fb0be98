import type { Network } from '@payment-node/core'
import { PaymentNodeError } from '@payment-node/core'
import { bech32 } from '@scure/base'
import { Address, NETWORK, TEST_NETWORK } from '@scure/btc-signer'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ReadDestination, readDestination } from '../../src/destinations/read-destination.ts'
import { parseAddress } from '../../src/destinations/require-address.ts'

const main = 'mainnet' as const
const p2wpkh = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'
const p2tr = 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0'
const genesis = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'
const p2sh = '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy'
const invoice = 'lnbc2500u1pvjluezpp5qqqsyqcyq5rqwzqfqypq'
const signetInvoice = 'lntbs2500u1pvjluezpp5qqqsyqcyq5rqwzqfqypq'
const nodeKey = `02${'ab'.repeat(32)}`

const lnurl = (url: string): string =>
  bech32.encode('lnurl', bech32.toWords(new TextEncoder().encode(url)), false)
const payUrl = 'https://service.example/pay?id=1'

const read: readonly [string, Network, ReadDestination][] = [
  [invoice, main, { kind: 'bolt11', text: invoice }],
  [`LIGHTNING:${invoice.toUpperCase()}`, main, { kind: 'bolt11', text: invoice }],
  [`lightning://${invoice}`, main, { kind: 'bolt11', text: invoice }],
  [signetInvoice, 'signet', { kind: 'bolt11', text: signetInvoice }],
  [
    'satoshi@bitcoin.org',
    main,
    {
      kind: 'lightning-address',
      text: 'satoshi@bitcoin.org',
      url: 'https://bitcoin.org/.well-known/lnurlp/satoshi',
    },
  ],
  [
    'lightning:Sato-shi_1.x+shop@Pay.XN--BCHER-KVA.example',
    main,
    {
      kind: 'lightning-address',
      text: 'sato-shi_1.x+shop@pay.xn--bcher-kva.example',
      url: 'https://pay.xn--bcher-kva.example/.well-known/lnurlp/sato-shi_1.x+shop',
    },
  ],
  [
    'bob@127.0.0.1:8080',
    'regtest',
    {
      kind: 'lightning-address',
      text: 'bob@127.0.0.1:8080',
      url: 'http://127.0.0.1:8080/.well-known/lnurlp/bob',
    },
  ],
  // The example of LUD-01.
  [
    'LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35XVUKXEFCV5MKVV34X5EKZD3EV56NYD3HXQURZEPEXEJXXEPNXSCRVWFNV9NXZCN9XQ6XYEFHVGCXXCMYXYMNSERXFQ5FNS',
    main,
    {
      kind: 'lnurl',
      text: 'lnurl1dp68gurn8ghj7um9wfmxjcm99e3k7mf0v9cxj0m385ekvcenxc6r2c35xvukxefcv5mkvv34x5ekzd3ev56nyd3hxqurzepexejxxepnxscrvwfnv9nxzcn9xq6xyefhvgcxxcmyxymnserxfq5fns',
      url: 'https://service.com/api?q=3fc3645b439ce8e7f2553a69e5267081d96dcd340693afabe04be7b0ccd178df',
    },
  ],
  [lnurl(payUrl), main, { kind: 'lnurl', text: lnurl(payUrl), url: payUrl }],
  [
    `https://shop.example/page?LIGHTNING=${lnurl(payUrl).toUpperCase()}&a=1`,
    main,
    { kind: 'lnurl', text: lnurl(payUrl), url: payUrl },
  ],
  [
    'lnurlp://domain.com/path?a=1',
    main,
    {
      kind: 'lnurl',
      text: 'lnurlp://domain.com/path?a=1',
      url: 'https://domain.com/path?a=1',
    },
  ],
  [
    'LNURLP:domain.com:8443/path',
    main,
    { kind: 'lnurl', text: 'lnurlp://domain.com:8443/path', url: 'https://domain.com:8443/path' },
  ],
  [
    'lnurlp://localhost:81/pay',
    'regtest',
    { kind: 'lnurl', text: 'lnurlp://localhost:81/pay', url: 'http://localhost:81/pay' },
  ],
  [genesis, main, { kind: 'onchain-address', text: genesis, address: genesis }],
  [p2sh, main, { kind: 'onchain-address', text: p2sh, address: p2sh }],
  [p2wpkh.toUpperCase(), main, { kind: 'onchain-address', text: p2wpkh, address: p2wpkh }],
  [p2tr, main, { kind: 'onchain-address', text: p2tr, address: p2tr }],
  [`bitcoin:${p2wpkh}`, main, { kind: 'bip321', text: `bitcoin:${p2wpkh}`, address: p2wpkh }],
  [
    `BITCOIN:${p2wpkh.toUpperCase()}?AMOUNT=20.3&Label=Luke-Jr&message=Donation%20for%20project%20xyz&other=1&pop&`,
    main,
    {
      kind: 'bip321',
      text: `BITCOIN:${p2wpkh.toUpperCase()}?AMOUNT=20.3&Label=Luke-Jr&message=Donation%20for%20project%20xyz&other=1&pop&`,
      address: p2wpkh,
      amountMsat: 2_030_000_000_000n,
      label: 'Luke-Jr',
      message: 'Donation for project xyz',
    },
  ],
  [
    `bitcoin:?lightning=${invoice.toUpperCase()}&amount=.00000001`,
    main,
    {
      kind: 'bip321',
      text: `bitcoin:?lightning=${invoice.toUpperCase()}&amount=.00000001`,
      invoice,
      amountMsat: 1000n,
    },
  ],
  [
    `bitcoin:${genesis}?lightning=${invoice}&label=a%0Ab+c`,
    main,
    {
      kind: 'bip321',
      text: `bitcoin:${genesis}?lightning=${invoice}&label=a%0Ab+c`,
      address: genesis,
      invoice,
      label: 'a b+c',
    },
  ],
  // An LNURL beside an address is left aside: the address can be paid.
  [
    `bitcoin:${genesis}?lightning=${lnurl(payUrl)}`,
    main,
    { kind: 'bip321', text: `bitcoin:${genesis}?lightning=${lnurl(payUrl)}`, address: genesis },
  ],
  [
    `bitcoin:?bc=${p2tr}&lno=lno1abc`,
    main,
    { kind: 'bip321', text: `bitcoin:?bc=${p2tr}&lno=lno1abc`, address: p2tr },
  ],
]

test('every kind of destination is read in each of its spellings', () => {
  for (const [text, network, expected] of read)
    expect(readDestination(text, network), text).toEqual(expected)
})

const uri = `bitcoin:${p2wpkh}`
const invalid = 'payout.destination-invalid'
const unsupported = 'payout.destination-unsupported'
const anchor = 'bc1pfeessrawgf'
const future = 'bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs'

/** Text, network, code, and the details' reason or kind. */
const refused: readonly [unknown, Network, string, string][] = [
  [undefined, main, 'input.invalid', 'missing'],
  ['', main, 'input.invalid', 'empty'],
  [5, main, 'input.invalid', 'wrong-type'],
  ['a b', main, 'input.invalid', 'malformed'],
  ['x'.repeat(8193), main, 'input.invalid', 'too-long'],
  ['hello', main, unsupported, 'unknown'],
  ['https://shop.example/page', main, unsupported, 'unknown'],
  ['https://', main, unsupported, 'unknown'],
  [invoice, 'regtest', invalid, 'wrong-network'],
  [signetInvoice, 'testnet', invalid, 'wrong-network'],
  [
    'lno1pqpzwyq2p32x2um5ypmx2cm5dae8x93pqthvwfzadd7jejes8q9lhc4rvjxd022',
    main,
    unsupported,
    'bolt12-offer',
  ],
  ['lni1qqqq', main, unsupported, 'bolt12-invoice'],
  [nodeKey, main, unsupported, 'node-public-key'],
  [`${nodeKey}@127.0.0.1:9735`, main, unsupported, 'node-public-key'],
  ['₿satoshi@bitcoin.org', main, unsupported, 'bip353'],
  [`sp1qq${'q'.repeat(110)}`, main, unsupported, 'silent-payment'],
  ['lnurlw://domain.com/take', main, unsupported, 'lnurl-withdraw'],
  ['keyauth://domain.com/login', main, unsupported, 'lnurl-auth'],
  ['LNURLC://domain.com/open', main, unsupported, 'lnurl-channel'],
  [lnurl('https://domain.com/?tag=login&k1=00'), main, unsupported, 'lnurl-auth'],
  [lnurl('https://domain.com/?tag=withdrawRequest'), main, unsupported, 'lnurl-withdraw'],
  [lnurl('http://domain.com/pay'), main, invalid, 'insecure'],
  [lnurl('ftp://domain.com/pay'), 'regtest', invalid, 'insecure'],
  [lnurl('file:///etc/passwd'), main, invalid, 'insecure'],
  [lnurl('http://abc.onion/pay'), main, unsupported, 'onion'],
  [lnurl('https://user:word@domain.com/pay'), main, invalid, 'malformed'],
  [lnurl('https://bücher.example/pay'), main, invalid, 'not-ascii'],
  [lnurl('hello'), main, invalid, 'malformed'],
  [`${lnurl(payUrl).slice(0, -1)}q`, main, invalid, 'checksum'],
  ['lnurl1', main, invalid, 'checksum'],
  ['lnurlp://', main, invalid, 'malformed'],
  ['bob@abc.onion', main, unsupported, 'onion'],
  ['bob@bücher.example', main, invalid, 'not-ascii'],
  // The sign for kelvin, whose small letter is k.
  ['bob@ban\u212a.example', main, invalid, 'not-ascii'],
  ['bo/b@example.com', main, invalid, 'user'],
  ['..@example.com', main, invalid, 'user'],
  ['@example.com', main, invalid, 'user'],
  ['bob%2f@example.com', main, invalid, 'user'],
  ['bob@', main, invalid, 'domain'],
  ['bob@localhost', main, invalid, 'domain'],
  ['bob@localhost:80', main, invalid, 'domain'],
  ['bob@example.com:8443', main, invalid, 'domain'],
  ['bob@example.com/path', main, invalid, 'domain'],
  ['bob@-a.example', main, invalid, 'domain'],
  [`bob@${'a.'.repeat(130)}example`, main, invalid, 'domain'],
  ['bob@169.254.169.254', main, invalid, 'domain'],
  ['bob@2130706433', main, invalid, 'domain'],
  ['bob@127.1', main, invalid, 'domain'],
  ['bob@0x7f.0x1', main, invalid, 'domain'],
  ['bob@[::1]', main, invalid, 'domain'],
  ['bob@alice@example.com', main, invalid, 'malformed'],
  [p2wpkh, 'testnet', invalid, 'wrong-network'],
  [p2wpkh, 'regtest', invalid, 'wrong-network'],
  [genesis, 'signet', invalid, 'wrong-network'],
  [`${p2wpkh.slice(0, -1)}5`, main, invalid, 'checksum'],
  [`${genesis.slice(0, -1)}b`, main, invalid, 'checksum'],
  [`B${p2wpkh.slice(1)}`, main, invalid, 'mixed-case'],
  [future, main, invalid, 'witness-version'],
  ['BC1SW50QGDZ25J', main, invalid, 'witness-version'],
  [anchor, main, invalid, 'pay-to-anchor'],
  // Of BIP350: the wrong kind of checksum, and wrong lengths.
  ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd', main, invalid, 'checksum'],
  ['BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KEMEAWH', main, invalid, 'checksum'],
  ['BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P', main, invalid, 'malformed'],
  ['bc1gmk9yu', main, invalid, 'malformed'],
  ['bc1pw5dgrnzv', main, invalid, 'malformed'],
  ['bitcoin:', main, invalid, 'empty'],
  ['bitcoin:?amount=1', main, invalid, 'empty'],
  [`bitcoin:?tb=${p2wpkh}`, main, invalid, 'wrong-network'],
  [`bitcoin:?lightning=${lnurl(payUrl)}`, main, invalid, 'empty'],
  ['bitcoin:?lno=lno1abc', main, unsupported, 'bolt12-offer'],
  ['bitcoin:?sp=sp1abc', main, unsupported, 'silent-payment'],
  [`${uri}?lightning=${signetInvoice}`, main, invalid, 'wrong-network'],
  [`${uri}?req-somethingyoudontunderstand=50`, main, invalid, 'required-parameter'],
  [`${uri}?REQ-x`, main, invalid, 'required-parameter'],
  [`${uri}?%72eq-x=1`, main, invalid, 'required-parameter'],
  [`${uri}?amount=1&AMOUNT=2`, main, invalid, 'duplicate'],
  [`${uri}?label=a&label=a`, main, invalid, 'duplicate'],
  [`${uri}?lightning=${invoice}&lightning=${invoice}`, main, invalid, 'duplicate'],
  [`${uri}?label=%ff`, main, invalid, 'malformed'],
  [`${uri}?a=1?b=2`, main, invalid, 'malformed'],
  ...(['50,000.00', '-1', '1e3', '', '.', '0', '0.000000001', '21000000.00000001', '1.2.3'].map(
    (amount) => [`${uri}?amount=${amount}`, main, invalid, 'amount'] as const,
  ) as [string, Network, string, string][]),
]

test('what cannot be paid is refused with the reason', () => {
  for (const [text, network, code, reason] of refused) {
    const error = errorOf(() => readDestination(text, network))
    expect(error?.code, String(text)).toBe(code)
    const { details } = error as { details: { reason?: string; kind?: string } }
    expect(details.reason ?? details.kind, String(text)).toBe(reason)
  }
})

/** What our networks are for the library that this reading is compared with. */
const asSigner = {
  mainnet: NETWORK,
  testnet: TEST_NETWORK,
  signet: TEST_NETWORK,
  testnet4: TEST_NETWORK,
  regtest: { ...TEST_NETWORK, bech32: 'bcrt' },
  simnet: { ...TEST_NETWORK, bech32: 'sb', pubKeyHash: 0x3f, scriptHash: 0x7b },
}
const everyNetwork = Object.keys(asSigner) as Network[]

test('addresses of every type and network are read exactly as another library writes them', () => {
  const hash = fc.uint8Array({ minLength: 20, maxLength: 20 })
  const long = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const output = fc.oneof(
    hash.map((bytes) => ({ type: 'pkh' as const, hash: bytes })),
    hash.map((bytes) => ({ type: 'sh' as const, hash: bytes })),
    hash.map((bytes) => ({ type: 'wpkh' as const, hash: bytes })),
    long.map((bytes) => ({ type: 'wsh' as const, hash: bytes })),
    // The generator's x coordinate: a key that is on the curve.
    fc.constant({
      type: 'tr' as const,
      pubkey: Buffer.from(
        '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
        'hex',
      ),
    }),
  )
  void fc.assert(
    fc.property(output, fc.constantFrom(...everyNetwork), (script, network) => {
      const address = Address(asSigner[network]).encode(script)
      const destination = readDestination(address, network)
      expect(destination).toEqual({ kind: 'onchain-address', text: address, address })
      expect(parseAddress(address, network)).toMatchObject({ type: `p2${script.type}` })
    }),
  )
})

test('an old address of simnet that begins as its witness addresses do is read as what it is', () => {
  const address = 'Sb19x9RrsKjDDRj7hPewjxSL1XsRurYqeS'
  expect(parseAddress(address, 'simnet')).toMatchObject({ isPayable: true, type: 'p2pkh', address })
  expect(readDestination(address, 'simnet')).toMatchObject({ kind: 'onchain-address', address })
})

test('one wrong letter in an address or LNURL is never read as another destination', () => {
  const texts = [p2wpkh, p2tr, genesis, p2sh, lnurl(payUrl)]
  const letters = [...'023456789acdefghjklmnpqrstuvwxyzABCDEFGH']
  void fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.nat(),
      fc.constantFrom(...letters),
      (text, place, letter) => {
        const at = place % text.length
        const damaged = text.slice(0, at) + letter + text.slice(at + 1)
        fc.pre(damaged !== text)
        expect(errorOf(() => readDestination(damaged, main))).toBeDefined()
      },
    ),
    { numRuns: 1000 },
  )
})

test('amounts of URIs are exact to the satoshi', () => {
  void fc.assert(
    fc.property(fc.bigInt(1n, 21n * 10n ** 14n), fc.nat(3), (satoshi, zeros) => {
      const whole = satoshi / 100_000_000n
      const fraction = String(satoshi % 100_000_000n).padStart(8, '0')
      const text = `${uri}?amount=${whole}.${fraction}${'0'.repeat(zeros)}`
      expect(readDestination(text, main)).toMatchObject({ amountMsat: satoshi * 1000n })
    }),
  )
})

test('no text makes anything but a destination or a typed refusal, and what was read reads the same again', () => {
  const piece = fc.constantFrom(
    ...['bitcoin:', 'lightning:', 'LNURL1', 'lnurlp://', 'https://', '@', '?', '&', '=', 'amount='],
    ...['req-', '%', '%41', '₿', 'bc1', 'BC1P', 'lnbc1', '.', ':', '/', '[::1]', 'xn--', '\u212a'],
    ...['lightning=', invoice, p2wpkh, p2tr, genesis, lnurl(payUrl), 'example.com', 'tag=login'],
  )
  const text = fc
    .array(fc.oneof({ weight: 3, arbitrary: piece }, fc.string({ unit: 'binary', maxLength: 6 })), {
      maxLength: 8,
    })
    .map((pieces) => pieces.join(''))
  void fc.assert(
    fc.property(text, fc.constantFrom(...everyNetwork), (given, network) => {
      let destination: ReadDestination
      try {
        destination = readDestination(given, network)
      } catch (error) {
        if (!PaymentNodeError.is(error)) throw error
        return
      }
      expect(readDestination(destination.text, network)).toEqual(destination)
    }),
    { numRuns: 1000 },
  )
})

function errorOf(read: () => unknown): PaymentNodeError | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (!PaymentNodeError.is(error)) throw error
    return error
  }
}
