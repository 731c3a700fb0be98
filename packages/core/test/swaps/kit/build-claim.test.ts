import * as bitcoin from 'bitcoinjs-lib'
import fc from 'fast-check'
import * as curve from 'tiny-secp256k1'
import { expect, test } from 'vitest'
import { readAddress } from '../../../src/domain/onchain-address.ts'
import { dustLimitSat, outputTypeOf } from '../../../src/domain/transaction-size.ts'
import {
  buildClaim,
  type ClaimPlan,
  type UnsignedClaim,
} from '../../../src/swaps/kit/build-claim.ts'
import { buildReverseTree } from '../../../src/swaps/kit/build-reverse-tree.ts'
import { signScriptClaim } from '../../../src/swaps/kit/sign-script-claim.ts'
import { verifyLockup } from '../../../src/swaps/kit/verify-lockup.ts'
import { swapVectors } from './btcd-vectors.ts'
import {
  agreeSwap,
  buildOutput,
  change,
  destination,
  fromHex,
  identity,
  lockUp,
  swapKey,
  toHex,
} from './swap-server.ts'

const { verified, keys } = await agreeSwap()
const lockup = lockupOf(verified.onchainAmountSat)
const auxiliary = new Uint8Array(32).fill(3)
const plan: ClaimPlan = {
  verified,
  lockup,
  path: 'script',
  feerate: 5,
  isRevealed: false,
  maximumFeeSat: 10_000n,
}

const { payments, networks } = bitcoin
const destinations: Readonly<Record<string, string>> = {
  p2pkh: payments.p2pkh({ hash: new Uint8Array(20).fill(1), network: networks.regtest }).address!,
  p2sh: payments.p2sh({ hash: new Uint8Array(20).fill(2), network: networks.regtest }).address!,
  p2wpkh: destination,
  p2wsh: payments.p2wsh({ hash: new Uint8Array(32).fill(3), network: networks.regtest }).address!,
  p2tr: payments.p2tr({ pubkey: verified.tree.outputKey, network: networks.regtest }).address!,
}

function lockupOf(valueSat: bigint): ClaimPlan['lockup'] {
  const transaction = lockUp([change, { script: verified.tree.script, valueSat }])
  const verdict = verifyLockup(verified, transaction.toHex())
  if (!verdict.ok) throw new Error(verdict.refusal.reason)
  return verdict.lockup
}

function payingTo(address: string): ClaimPlan['verified'] {
  const read = readAddress(address, 'regtest', (data) => bitcoin.crypto.sha256(data))
  if (!read.isPayable) throw new Error(read.says)
  return { ...verified, destination: { address: read.address, script: read.script } }
}

function claimOf(change: Partial<ClaimPlan>): UnsignedClaim {
  const build = buildClaim({ ...plan, ...change })
  if (!build.ok) throw new Error(build.refusal.reason)
  return build.claim
}

function reasonOf(change: Partial<ClaimPlan>): string {
  const build = buildClaim({ ...plan, ...change })
  return build.ok ? `fee ${build.claim.feeSat}` : build.refusal.reason
}

/** Every rule of a claim, by bitcoinjs-lib alone. */
function inspectClaim(claim: UnsignedClaim, hex: string): bitcoin.Transaction {
  const transaction = bitcoin.Transaction.fromHex(hex)
  expect(transaction.version).toBe(2)
  expect(transaction.locktime).toBe(0)
  expect(transaction.ins).toHaveLength(1)
  expect(transaction.outs).toHaveLength(1)
  expect(toHex(transaction.ins[0]!.hash.slice().reverse())).toBe(claim.lockup.txid)
  expect(transaction.ins[0]!.index).toBe(claim.lockup.vout)
  expect(transaction.ins[0]!.sequence).toBe(0xfffffffd)
  expect(transaction.ins[0]!.script).toHaveLength(0)
  expect(toHex(transaction.outs[0]!.script)).toBe(toHex(claim.verified.destination.script))
  expect(transaction.outs[0]!.value).toBe(claim.lockup.valueSat - claim.feeSat)
  expect(transaction.getId()).toBe(claim.txid)
  expect(transaction.virtualSize()).toBe(claim.virtualBytes)
  return transaction
}

test('a claim by script to every kind of address parses in bitcoinjs-lib, and its signature verifies', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(destinations)),
      fc.bigInt({ min: verified.onchainAmountSat, max: 10n ** 12n }),
      fc.double({ min: 0.1, max: 60, noNaN: true }),
      (address, valueSat, feerate) => {
        const claim = claimOf({ verified: payingTo(address), lockup: lockupOf(valueSat), feerate })
        const signed = signScriptClaim(claim, keys, auxiliary)
        const transaction = inspectClaim(claim, signed.transaction)
        const [signature, preimage, leaf, controlBlock, ...rest] = transaction.ins[0]!.witness
        expect(rest).toEqual([])
        expect(signature).toHaveLength(64)
        expect(toHex(bitcoin.crypto.sha256(preimage!))).toBe(verified.paymentHash)
        const output = buildOutput(verified)
        expect(toHex(leaf!)).toBe(toHex(output.claimLeaf))
        expect(toHex(controlBlock!)).toBe(toHex(output.claimControlBlock))
        const leafHash = bitcoin.crypto.taggedHash(
          'TapLeaf',
          Buffer.concat([Uint8Array.of(0xc0, leaf!.length), leaf!]),
        )
        const hash = transaction.hashForWitnessV1(0, [output.script], [valueSat], 0, leafHash)
        expect(
          curve.verifySchnorr(hash, fromHex(verified.claimPublicKey.slice(2)), signature!),
        ).toBe(true)
        expect(signed).toMatchObject({ txid: transaction.getId(), feeSat: claim.feeSat })
      },
    ),
    { numRuns: 40 },
  )
})

test("claims are what btcd's engine accepted: transaction, both signature hashes and witness", () => {
  for (const vector of swapVectors) {
    const tree = buildReverseTree({
      paymentHash: vector.paymentHash,
      claimPublicKey: vector.clientPublicKey,
      refundPublicKey: vector.serverPublicKey,
      timeoutHeight: vector.timeoutHeight,
    })
    const script = fromHex(vector.claim.destinationScript)
    const address = bitcoin.address.fromOutputScript(script, networks.regtest)
    const { transactionId: txid, outputIndex: vout, amountSat } = vector.lockup
    const feeSat = BigInt(amountSat - vector.claim.amountSat)
    const swap = {
      ...verified,
      tree,
      paymentHash: vector.paymentHash,
      claimPublicKey: vector.clientPublicKey,
      onchainAmountSat: 1n,
      destination: { address, script },
    }
    const shared: ClaimPlan = {
      verified: swap,
      lockup: { txid, vout, valueSat: BigInt(amountSat) },
      path: 'cooperative',
      feerate: 0.001,
      isRevealed: false,
      maximumFeeSat: feeSat,
      // Its next fee is the vector's.
      replaces: { feeSat: feeSat - 99n, virtualBytes: 99 },
    }
    const scale = (virtualBytes: number): ClaimPlan['replaces'] => ({
      feeSat: feeSat - BigInt(virtualBytes),
      virtualBytes,
    })
    const bytes = bitcoin.Transaction.fromHex(vector.claim.cooperative).virtualSize()
    const cooperative = claimOf({ ...shared, replaces: scale(bytes)! })
    expect(cooperative.transaction, vector.name).toBe(vector.claim.unsigned)
    expect(toHex(cooperative.signatureHash), vector.name).toBe(vector.claim.keyPathSighash)
    const scriptBytes = bitcoin.Transaction.fromHex(vector.claim.scriptPath).virtualSize()
    const byScript = claimOf({ ...shared, path: 'script', replaces: scale(scriptBytes)! })
    expect(byScript.transaction, vector.name).toBe(vector.claim.unsigned)
    expect(toHex(byScript.signatureHash), vector.name).toBe(vector.claim.claimLeafSighash)
    expect([cooperative.virtualBytes, byScript.virtualBytes], vector.name).toEqual([
      bytes,
      scriptBytes,
    ])
    const place = { swapId: '00', claimIndex: 0, keyId: '' }
    const preimage = fromHex(vector.preimage)
    const claimPrivateKey = fromHex(vector.clientSecretKey)
    const { paymentHash, claimPublicKey } = swap
    const ours = { ...place, preimage, claimPrivateKey, paymentHash, claimPublicKey }
    const signed = signScriptClaim(byScript, ours, auxiliary)
    const [, ...witness] = bitcoin.Transaction.fromHex(signed.transaction).ins[0]!.witness
    const [, ...accepted] = bitcoin.Transaction.fromHex(vector.claim.scriptPath).ins[0]!.witness
    expect(witness.map(toHex), vector.name).toEqual(accepted.map(toHex))
  }
})

test('with a P2WPKH output a claim has 99 virtual bytes, and 140 by script', () => {
  expect(claimOf({ path: 'cooperative' }).virtualBytes).toBe(99)
  expect(claimOf({ path: 'script' }).virtualBytes).toBe(140)
  expect(claimOf({ path: 'cooperative', feerate: 7 }).feeSat).toBe(693n)
  expect(claimOf({ path: 'script', feerate: 1.01 }).feeSat).toBe(142n)
})

test('the fee keeps its limit before the reveal, and may take all but dust after it', () => {
  const value = lockup.valueSat
  const rich = { maximumFeeSat: value * 2n }
  const rows: readonly (readonly [name: string, change: Partial<ClaimPlan>, found: string])[] = [
    ['at the limit', { maximumFeeSat: 700n }, 'fee 700'],
    ['above the limit', { maximumFeeSat: 699n }, 'fee-above-limit'],
    ['down to dust', { ...rich, feerate: Number(value - 294n) / 140 }, `fee ${value - 294n}`],
    ['below dust', { ...rich, feerate: Number(value - 293n) / 140 }, 'output-below-dust'],
    ['revealed, the limit is gone', { isRevealed: true, maximumFeeSat: 699n }, 'fee 700'],
    ['revealed, more than there is', { isRevealed: true, feerate: 1e308 }, `fee ${value - 294n}`],
    [
      'a lockup below the agreed amount',
      { lockup: { ...lockup, valueSat: value - 1n } },
      'lockup-too-small',
    ],
    [
      'nothing but dust',
      {
        verified: { ...verified, onchainAmountSat: 1n },
        lockup: { ...lockup, valueSat: 294n },
        isRevealed: true,
      },
      'output-below-dust',
    ],
  ]
  expect(
    rows
      .filter(([, change, found]) => reasonOf(change) !== found)
      .map(([name, change]) => `${name}: ${reasonOf(change)}`),
  ).toEqual([])
  expect(claimOf({ isRevealed: true, feerate: 1e9 }).isFeeCapped).toBe(true)
  expect(claimOf({ isRevealed: true }).isFeeCapped).toBe(false)
})

test('no output is ever dust, whatever the address', () => {
  for (const [type, address] of Object.entries(destinations)) {
    const claim = claimOf({ verified: payingTo(address), isRevealed: true, feerate: 1e6 })
    expect(claim.outputSat, type).toBe(dustLimitSat(outputTypeOf(address)))
  }
})

test('a replacement pays more, by its own relay and by its feerate, or is refused', () => {
  const value = lockup.valueSat
  const replaces = { feeSat: 700n, virtualBytes: 140 }
  const rows: readonly (readonly [name: string, change: Partial<ClaimPlan>, found: string])[] = [
    ['a higher feerate', { feerate: 9, replaces }, 'fee 1260'],
    ['the same feerate is raised by the relay', { feerate: 5, replaces }, 'fee 840'],
    ['a lower feerate too', { feerate: 1, replaces }, 'fee 840'],
    ['a shorter one still pays more', { path: 'cooperative', feerate: 5, replaces }, 'fee 799'],
    [
      'a longer one still has a higher feerate',
      { feerate: 5, replaces: { feeSat: 693n, virtualBytes: 99 } },
      'fee 981',
    ],
    ['not above the limit', { feerate: 5, maximumFeeSat: 839n, replaces }, 'fee-above-limit'],
    [
      'revealed, with all that is left',
      { isRevealed: true, replaces: { feeSat: value - 294n - 140n, virtualBytes: 140 } },
      `fee ${value - 294n}`,
    ],
    [
      'revealed, one satoshi short',
      { isRevealed: true, replaces: { feeSat: value - 293n - 140n, virtualBytes: 140 } },
      'replacement-unaffordable',
    ],
  ]
  expect(
    rows
      .filter(([, change, found]) => reasonOf(change) !== found)
      .map(([name, change]) => `${name}: ${reasonOf(change)}`),
  ).toEqual([])
})

test('a feerate that is none is a mistake of the caller', () => {
  for (const feerate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => buildClaim({ ...plan, feerate })).toThrow(RangeError)
})

test("another swap's keys sign nothing", async () => {
  const claim = claimOf({})
  const key = await swapKey()
  const { deriveSwapKeys } = await import('../../../src/swaps/kit/derive-swap-keys.ts')
  for (const change of [{ swapId: 'f'.repeat(32) }, { claimIndex: keys.claimIndex + 1 }]) {
    const { swapId, claimIndex } = keys
    const other = deriveSwapKeys(key, identity, { swapId, claimIndex, ...change })
    expect(() => signScriptClaim(claim, other, auxiliary)).toThrow(
      expect.objectContaining({ code: 'keys.mismatch' }),
    )
  }
  expect(() => signScriptClaim(claimOf({ path: 'cooperative' }), keys, auxiliary)).toThrow(
    RangeError,
  )
})
