import { expect, test } from 'vitest'
import {
  dustLimitSat,
  type OutputType,
  outputTypeOf,
  virtualBytesOf,
} from '../../src/domain/transaction-size.ts'

test('an address tells its output type by its form', () => {
  const rows: readonly (readonly [string, OutputType])[] = [
    ['1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', 'p2pkh'],
    ['mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn', 'p2pkh'],
    ['n2eMqTT929pb1RDNuqEnxdaLau1rxy3efi', 'p2pkh'],
    ['3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 'p2sh'],
    ['2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc', 'p2sh'],
    ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', 'p2wpkh'],
    ['BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4', 'p2wpkh'],
    ['bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080', 'p2wpkh'],
    ['tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7', 'p2wsh'],
    ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0', 'p2tr'],
    ['bc1sw50qgdz25j', 'p2tr'],
  ]
  const wrong = rows.filter(([address, type]) => outputTypeOf(address) !== type)
  expect(wrong).toEqual([])
})

test('the size of a transaction is what its parts weigh', () => {
  const rows: readonly (readonly [number, readonly OutputType[], number])[] = [
    // A P2WPKH input and two P2WPKH outputs: 141 virtual bytes, as every block explorer shows.
    [1, ['p2wpkh', 'p2wpkh'], 141],
    [1, ['p2wpkh'], 110],
    [2, ['p2wpkh', 'p2wpkh'], 209],
    [1, ['p2pkh', 'p2tr'], 156],
    [3, ['p2sh', 'p2tr'], 290],
    [1, Array.from({ length: 253 }, () => 'p2wpkh' as const), 7924],
  ]
  const wrong = rows
    .map(([inputs, outputs, expected]) => [virtualBytesOf({ inputs, outputs }), expected])
    .filter(([found, expected]) => found !== expected)
  expect(wrong).toEqual([])
})

test('dust is by type', () => {
  const types: readonly OutputType[] = ['p2pkh', 'p2sh', 'p2wpkh', 'p2wsh', 'p2tr']
  expect(types.map(dustLimitSat)).toEqual([546n, 540n, 294n, 330n, 330n])
})
