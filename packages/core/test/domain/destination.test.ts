import { expect, test } from 'vitest'
import {
  type DestinationKind,
  destinationKind,
  isForNetwork,
} from '../../src/domain/destination.ts'

const key = `02${'ab'.repeat(32)}`
const data = 'pvjluezpp5qqqsyqcyq5rqwzqfqypq'

const table: readonly [string, DestinationKind][] = [
  [`lnbc1${data}`, 'bolt11'],
  [`lnbc20m1${data}`, 'bolt11'],
  [`lnbc2500u1${data}`, 'bolt11'],
  [`lnbc9678785340p1${data}`, 'bolt11'],
  [`lntb20m1${data}`, 'bolt11'],
  [`lntbs1${data}`, 'bolt11'],
  [`lnbcrt500u1${data}`, 'bolt11'],
  [`lnsb1${data}`, 'bolt11'],
  [`LNBC20M1${data.toUpperCase()}`, 'bolt11'],
  // Damaged, but meant as an invoice: the node says what is wrong with it.
  ['lnbc20m1bio!', 'bolt11'],
  [`lno1${data}`, 'bolt12-offer'],
  [`LNO1${data.toUpperCase()}`, 'bolt12-offer'],
  [`lni1${data}`, 'bolt12-invoice'],
  [`lnr1${data}`, 'bolt12-invoice'],
  [
    'lnurl1dp68gurn8ghj7um9wfmxjcm99e3k7mf0v9cxj0m385ekvcenxc6r2c35xvukxefcv5mkvv34x5ekzd3ev56nyd3hxqurzepexejxxepnxscrvwfnv9nxzcn9xq6xyefhvgcxxcmyxymnserxfq5fns',
    'lnurl',
  ],
  ['lnurlp://shop.example/pay', 'lnurl'],
  ['lnurlw://shop.example/take', 'lnurl'],
  ['lnurlc://shop.example/open', 'lnurl'],
  ['keyauth://shop.example?tag=login', 'lnurl'],
  ['bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', 'bip21'],
  ['BITCOIN:BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ?amount=1', 'bip21'],
  [key, 'node-public-key'],
  [key.toUpperCase(), 'node-public-key'],
  [`${key}@127.0.0.1:9735`, 'node-public-key'],
  ['shop@example.com', 'lightning-address'],
  ['Shop@Pay.Example.com', 'lightning-address'],
  ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', 'onchain-address'],
  ['bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr', 'onchain-address'],
  ['tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx', 'onchain-address'],
  ['bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080', 'onchain-address'],
  ['BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ', 'onchain-address'],
  ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'onchain-address'],
  ['3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 'onchain-address'],
  ['mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn', 'onchain-address'],
  ['2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc', 'onchain-address'],
  ['', 'unknown'],
  ['hello', 'unknown'],
  ['12345', 'unknown'],
  ['lnbc', 'unknown'],
  ['lnxx1qqqq', 'unknown'],
  ['shop@localhost', 'unknown'],
  [key.slice(2), 'unknown'],
  [`04${key.slice(2)}`, 'unknown'],
  ['https://shop.example/pay', 'unknown'],
]

test('each kind of destination is named by its form', () => {
  for (const [text, kind] of table) expect(destinationKind(text), text).toBe(kind)
  const kinds = new Set(table.map(([, kind]) => kind))
  expect(kinds.size).toBe(9)
})

test('an invoice is for the network of its prefix alone', () => {
  const prefixes: Readonly<Record<string, readonly string[]>> = {
    bc: ['mainnet'],
    tb: ['testnet', 'testnet4'],
    tbs: ['signet'],
    bcrt: ['regtest'],
    sb: ['simnet'],
  }
  const networks = Object.values(prefixes).flat()
  for (const [prefix, own] of Object.entries(prefixes))
    for (const network of networks)
      for (const amount of ['', '20m', '2500u', '1', '10'])
        for (const text of [`ln${prefix}${amount}1${data}`, `LN${prefix}${amount}1${data}`])
          expect(isForNetwork(text, network), `${text} ${network}`).toBe(own.includes(network))
  expect(isForNetwork('hello', 'mainnet')).toBe(false)
  expect(isForNetwork(`lnbc1${data}`, 'other')).toBe(false)
})
