import { expect, test } from 'vitest'
import type { SwapRow } from '../../src/swaps/mark-swap.ts'
import { readSpending } from '../../src/swaps/read-spending.ts'
import { newSight } from '../../src/swaps/sight.ts'

/** BIP173's own example, of the network of tests. */
const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080'
const partner = '0014751e76e8199196d454941c45d1b3a323f1433bd6'
const wallet = `5120${'ab'.repeat(32)}`
const stranger = `5120${'cd'.repeat(32)}`

/** A transaction with these outputs, hex. */
function paying(outputs: readonly (readonly [script: string, sat: number])[]): string {
  const little = (value: number): string => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt(value))
    return bytes.toString('hex')
  }
  const byte = (value: number): string => value.toString(16).padStart(2, '0')
  const input = `${'11'.repeat(32)}0000000000fdffffff`
  const body = outputs.map(([script, sat]) => `${little(sat)}${byte(script.length / 2)}${script}`)
  return `0200000001${input}${byte(outputs.length)}${body.join('')}00000000`
}

function rowOf(payoutMsat: bigint | null, destinationScript: string): SwapRow {
  const verified = { script: '', destinationScript }
  return {
    network: 'regtest',
    destination: address,
    payout_msat: payoutMsat,
    verified,
  } as unknown as SwapRow
}

test('whose a spending is, and whether it pays the payout, is read from its outputs: the exact amount, or nothing', async () => {
  const toPartner = (sat: number) => [partner, sat] as const
  const toWallet = [wallet, 900] as const
  const rows: readonly (readonly [
    name: string,
    outputs: readonly (readonly [script: string, sat: number])[],
    receivedSat: bigint | undefined,
    paysPayout: boolean,
  ])[] = [
    ['the payout and the rest', [toPartner(4000), toWallet], 4900n, true],
    ['in the other order', [toWallet, toPartner(4000)], 4900n, true],
    ['the payout alone', [toPartner(4000)], 4000n, true],
    ['the wallet alone', [toWallet], 900n, false],
    ['less than the payout', [toPartner(3999), toWallet], undefined, false],
    ['more than the payout', [toPartner(4001)], undefined, false],
    ['the payout, and once more', [toPartner(4000), toPartner(4000)], undefined, false],
    [
      'a stranger who leaves us dust',
      [
        [wallet, 330],
        [stranger, 4570],
      ],
      undefined,
      false,
    ],
    ['a stranger who pays the payout', [toPartner(4000), [stranger, 900]], undefined, false],
    ['a stranger', [[stranger, 4900]], undefined, false],
    ['a stranger gives the partner something', [toPartner(1), [stranger, 4800]], undefined, false],
  ]
  for (const [name, outputs, receivedSat, paysPayout] of rows) {
    const spending = { transactionId: 'ab', rawTransaction: paying(outputs), blockHeight: 7 }
    const sight = { ...newSight(), spending }
    expect(await readSpending(rowOf(4_000_000n, wallet), sight), name).toEqual({
      transactionId: 'ab',
      blockHeight: 7,
      receivedSat,
      paysPayout,
    })
  }
  // Without a payout the same address is its destination.
  const rawTransaction = paying([toPartner(4000)])
  const spending = { transactionId: 'ab', rawTransaction, blockHeight: 7 }
  const sight = { ...newSight(), spending }
  expect(await readSpending(rowOf(null, partner), sight)).toMatchObject({
    receivedSat: 4000n,
    paysPayout: false,
  })
})
