import * as bitcoin from 'bitcoinjs-lib'
import { expect, test } from 'vitest'
import { verifyLockup } from '../../../src/swaps/kit/verify-lockup.ts'
import type { VerifiedSwap } from '../../../src/swaps/kit/verify-reverse-terms.ts'
import { swapVectors } from './btcd-vectors.ts'
import { agreeSwap, change, fromHex, lockUp } from './swap-server.ts'

const { verified } = await agreeSwap()
const { script, outputKey } = verified.tree
const amount = verified.onchainAmountSat
const ours = { script, valueSat: amount }

function reasonOf(transaction: string | Uint8Array, expectedTxid?: string): string {
  const verdict = verifyLockup(verified, transaction, expectedTxid)
  return verdict.ok ? 'accepted' : verdict.refusal.reason
}

test('the output that is exactly ours is found, with the id that bitcoinjs-lib computes', () => {
  for (const valueSat of [amount, amount + 1n]) {
    const transaction = lockUp([change, { script, valueSat }])
    const expected = { ok: true, lockup: { txid: transaction.getId(), vout: 1, valueSat } }
    expect(verifyLockup(verified, transaction.toHex(), transaction.getId())).toEqual(expected)
    expect(verifyLockup(verified, transaction.toBuffer())).toEqual(expected)
    expect(verifyLockup(verified, transaction.toHex())).toEqual(expected)
    transaction.setWitness(0, [])
    expect(verifyLockup(verified, transaction.toHex())).toEqual(expected)
  }
})

test('each wrong lockup has its name', () => {
  const good = lockUp([change, ours])
  const { payments } = bitcoin
  const endless = lockUp([{ script: new Uint8Array(4_000_000), valueSat: 1n }, ours])
  const coinbase = lockUp([ours], new Uint8Array(32))
  const cases: readonly (readonly [name: string, reason: string, found: string])[] = [
    ['no output of ours', 'output-missing', reasonOf(lockUp([change]).toHex())],
    [
      'P2WSH of the key',
      'output-type-differs',
      reasonOf(
        lockUp([{ script: payments.p2wsh({ hash: outputKey }).output!, valueSat: amount }]).toHex(),
      ),
    ],
    [
      'bare P2TR inside P2SH bytes',
      'output-type-differs',
      reasonOf(lockUp([{ script: new Uint8Array([...script, 0x51]), valueSat: amount }]).toHex()),
    ],
    [
      'version 2',
      'output-type-differs',
      reasonOf(
        lockUp([{ script: new Uint8Array([0x52, ...script.slice(1)]), valueSat: amount }]).toHex(),
      ),
    ],
    [
      'another key',
      'output-missing',
      reasonOf(
        lockUp([
          {
            script: new Uint8Array([...script.slice(0, -1), script.at(-1)! ^ 1]),
            valueSat: amount,
          },
        ]).toHex(),
      ),
    ],
    [
      'a satoshi too little',
      'amount-too-small',
      reasonOf(lockUp([{ script, valueSat: amount - 1n }]).toHex()),
    ],
    ['in two outputs', 'output-twice', reasonOf(lockUp([ours, ours]).toHex())],
    ['new coins', 'coinbase', reasonOf(coinbase.toHex())],
    ['another transaction', 'txid-differs', reasonOf(good.toHex(), lockUp([ours]).getId())],
    ['not hex', 'transaction-malformed', reasonOf('hello')],
    ['no text', 'transaction-malformed', reasonOf({ hex: good.toHex() } as never)],
    ['nothing', 'transaction-malformed', reasonOf(undefined as never)],
    ['empty', 'transaction-malformed', reasonOf('')],
    ['cut short', 'transaction-malformed', reasonOf(good.toHex().slice(0, -2))],
    ['with a tail', 'transaction-malformed', reasonOf(`${good.toHex()}00`)],
    ['larger than a block', 'transaction-malformed', reasonOf(endless.toHex())],
    ['the same as bytes', 'transaction-malformed', reasonOf(endless.toBuffer())],
  ]
  const wrong = cases.filter(([, reason, found]) => reason !== found)
  expect(wrong).toEqual([])
})

test("btcd's lockups are found, and not by each other's swaps", () => {
  for (const [at, { name, lockup, outputKey: key }] of swapVectors.entries()) {
    const tree = { ...verified.tree, script: fromHex(lockup.script), outputKey: fromHex(key) }
    const swap: VerifiedSwap = { ...verified, tree, onchainAmountSat: BigInt(lockup.amountSat) }
    expect(verifyLockup(swap, lockup.transaction, lockup.transactionId), name).toEqual({
      ok: true,
      lockup: {
        txid: lockup.transactionId,
        vout: lockup.outputIndex,
        valueSat: BigInt(lockup.amountSat),
      },
    })
    const other = swapVectors[(at + 1) % swapVectors.length]!.lockup.transaction
    expect(verifyLockup(swap, other).ok, name).toBe(false)
  }
})
