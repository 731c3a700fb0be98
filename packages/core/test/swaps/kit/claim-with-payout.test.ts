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
import { openCooperativeClaim } from '../../../src/swaps/kit/open-cooperative-claim.ts'
import { signScriptClaim } from '../../../src/swaps/kit/sign-script-claim.ts'
import { agreeSwap, buildOutput, destination, fromHex, toHex } from './swap-server.ts'

const { verified, keys } = await agreeSwap()
const auxiliary = new Uint8Array(32).fill(3)
const { payments, networks } = bitcoin
const addresses = [
  payments.p2pkh({ hash: new Uint8Array(20).fill(1), network: networks.regtest }).address!,
  payments.p2sh({ hash: new Uint8Array(20).fill(2), network: networks.regtest }).address!,
  payments.p2wpkh({ hash: new Uint8Array(20).fill(4), network: networks.regtest }).address!,
  payments.p2wsh({ hash: new Uint8Array(32).fill(3), network: networks.regtest }).address!,
  payments.p2tr({ pubkey: verified.tree.outputKey, network: networks.regtest }).address!,
]
const value = verified.onchainAmountSat
const lockup: ClaimPlan['lockup'] = { txid: 'ab'.repeat(32), vout: 1, valueSat: value }
/** Of the wallet's address in these plans: P2WPKH. */
const dust = 294n
const partner = scriptOf(addresses[2]!)
const plan: ClaimPlan = {
  verified,
  lockup,
  path: 'script',
  feerate: 5,
  isRevealed: false,
  maximumFeeSat: 10_000n,
}

function scriptOf(address: string): Uint8Array {
  const read = readAddress(address, 'regtest', (data) => bitcoin.crypto.sha256(data))
  if (!read.isPayable) throw new Error(read.says)
  return read.script
}

function claimOf(change: Partial<ClaimPlan>): UnsignedClaim {
  const build = buildClaim({ ...plan, ...change })
  if (!build.ok) throw new Error(build.refusal.reason)
  return build.claim
}

/** `partner + wallet - fee`, or why there is none. */
function shapeOf(restSat: bigint, change: Partial<ClaimPlan>): string {
  const payout = { script: partner, amountSat: value - restSat }
  const build = buildClaim({ ...plan, payout, ...change })
  if (!build.ok) return build.refusal.reason
  const { outs } = bitcoin.Transaction.fromHex(build.claim.transaction)
  const names = outs.map(({ script, value: paid }) => {
    const name = toHex(script) === toHex(partner) ? 'partner' : 'wallet'
    return name === 'partner' && paid !== payout.amountSat ? `partner ${paid}` : name
  })
  expect(build.claim.paysPayout).toBe(names[0] === 'partner')
  const total = outs.reduce((sum, { value: paid }) => sum + paid, 0n)
  expect(value - total, 'the fee').toBe(build.claim.feeSat)
  return `${names.join(' + ')} - ${build.claim.feeSat}`
}

test('a claim with a payout parses in bitcoinjs-lib: the partner first and exactly, then the rest; its signature verifies', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...addresses),
      fc.constantFrom(...addresses, destination),
      fc.bigInt({ min: 1n, max: value * 2n }),
      fc.bigInt({ min: value, max: 10n ** 12n }),
      fc.double({ min: 0.1, max: 2000, noNaN: true }),
      fc.boolean(),
      (to, wallet, amountSat, valueSat, feerate, isRevealed) => {
        const payout = { script: scriptOf(to), amountSat }
        const swap = { ...verified, destination: { address: wallet, script: scriptOf(wallet) } }
        const locked = { ...lockup, valueSat }
        const built = buildClaim({
          ...plan,
          verified: swap,
          lockup: locked,
          payout,
          feerate,
          isRevealed,
        })
        if (!built.ok) {
          // Once it is revealed there is always a claim of such a lockup.
          expect(isRevealed, built.refusal.says).toBe(false)
          return
        }
        const { claim } = built
        const signed = signScriptClaim(claim, keys, auxiliary)
        const transaction = bitcoin.Transaction.fromHex(signed.transaction)
        expect([transaction.version, transaction.locktime, transaction.ins.length]).toEqual([
          2, 0, 1,
        ])
        expect(transaction.ins[0]!.sequence).toBe(0xfffffffd)
        expect(toHex(transaction.ins[0]!.hash.slice().reverse())).toBe(locked.txid)
        expect(transaction.virtualSize()).toBe(claim.virtualBytes)
        expect(transaction.getId()).toBe(signed.txid)
        const paid = transaction.outs.map(({ script, value: sat }) => [toHex(script), sat] as const)
        const rest = [toHex(scriptOf(wallet)), claim.outputSat] as const
        const partners = [toHex(payout.script), amountSat] as const
        if (!claim.paysPayout) expect(paid).toEqual([rest])
        else expect(paid).toEqual(claim.outputSat === 0n ? [partners] : [partners, rest])
        const total = paid.reduce((sum, [, sat]) => sum + sat, 0n)
        expect(valueSat - total).toBe(claim.feeSat)
        expect(claim.feeSat >= BigInt(Math.ceil(feerate * claim.virtualBytes))).toBe(
          !claim.isFeeCapped,
        )
        if (claim.outputSat !== 0n)
          expect(claim.outputSat >= dustLimitSat(outputTypeOf(wallet))).toBe(true)
        if (!isRevealed) {
          expect(claim.paysPayout).toBe(true)
          expect(claim.feeSat <= plan.maximumFeeSat).toBe(true)
        }
        const [signature, , leaf] = transaction.ins[0]!.witness
        const output = buildOutput(verified)
        const leafHash = bitcoin.crypto.taggedHash(
          'TapLeaf',
          Buffer.concat([Uint8Array.of(0xc0, leaf!.length), leaf!]),
        )
        const hash = transaction.hashForWitnessV1(0, [output.script], [valueSat], 0, leafHash)
        const key = fromHex(verified.claimPublicKey.slice(2))
        expect(curve.verifySchnorr(hash, key, signature!)).toBe(true)
      },
    ),
    { numRuns: 150 },
  )
})

test('with the help of the provider both outputs are what is signed for', () => {
  const payout = { script: partner, amountSat: value - 50_000n }
  const claim = claimOf({ path: 'cooperative', payout })
  const attempt = openCooperativeClaim(
    claim,
    keys,
    Uint8Array.from({ length: 32 }, (_, at) => at),
  )
  const transaction = bitcoin.Transaction.fromHex(attempt.transaction)
  expect(transaction.outs.map(({ value: sat }) => sat)).toEqual([
    payout.amountSat,
    50_000n - claim.feeSat,
  ])
  const { script } = buildOutput(verified)
  expect(toHex(claim.signatureHash)).toBe(
    toHex(transaction.hashForWitnessV1(0, [script], [value], 0x00)),
  )
})

test('the fee comes out of the rest; what is dust is fee; the payout is whole, or the wallet has it all', () => {
  // With two outputs 171 virtual bytes by script, with one 140.
  const both = 171n * 5n
  const one = 140n * 5n
  const revealed = { isRevealed: true }
  const rows: readonly (readonly [
    name: string,
    restSat: bigint,
    change: Partial<ClaimPlan>,
    found: string,
  ])[] = [
    ['plenty', 50_000n, {}, `partner + wallet - ${both}`],
    ['just no dust', both + dust, {}, `partner + wallet - ${both}`],
    ['dust goes to the fee', both + dust - 1n, {}, `partner - ${both + dust - 1n}`],
    ['just the fee of one output', one, {}, `partner - ${one}`],
    ['less than the fee', one - 1n, {}, 'payout-unaffordable'],
    ['nothing beside it', 0n, {}, 'payout-unaffordable'],
    ['more than is locked up', -1n, {}, 'payout-unaffordable'],
    ['a payout that nobody relays', value - 545n, {}, 'payout-unaffordable'],
    ['the least that is relayed', value - 546n, {}, `partner + wallet - ${both}`],
    ['revealed, a payout that nobody relays', value - 545n, revealed, `wallet - ${one}`],
    ['at the limit', 50_000n, { maximumFeeSat: both }, `partner + wallet - ${both}`],
    ['above the limit', 50_000n, { maximumFeeSat: both - 1n }, 'fee-above-limit'],
    [
      'dust that would be above the limit',
      both + dust - 1n,
      { maximumFeeSat: both + dust - 2n },
      'payout-unaffordable',
    ],
    [
      'revealed, the limit is gone',
      50_000n,
      { ...revealed, maximumFeeSat: 1n },
      `partner + wallet - ${both}`,
    ],
    ['revealed, dust', both + dust - 1n, revealed, `partner - ${both + dust - 1n}`],
    ['revealed, it would take of the payout', one - 1n, revealed, `wallet - ${one}`],
    ['revealed, more than is locked up', -1n, revealed, `wallet - ${one}`],
    [
      'revealed, whatever it costs',
      50_000n,
      { ...revealed, feerate: 1e9 },
      `wallet - ${value - dust}`,
    ],
    [
      'a replacement pays for its relay out of the rest',
      50_000n,
      { ...revealed, replaces: { feeSat: 20_000n, virtualBytes: 171 } },
      `partner + wallet - ${20_171n}`,
    ],
    [
      'a replacement that takes all of the rest',
      20_140n,
      { ...revealed, replaces: { feeSat: 20_000n, virtualBytes: 171 } },
      'partner - 20140',
    ],
    [
      'a replacement that the rest does not pay for',
      20_139n,
      { ...revealed, replaces: { feeSat: 20_000n, virtualBytes: 171 } },
      'wallet - 20140',
    ],
  ]
  expect(
    rows
      .filter(([, rest, change, found]) => shapeOf(rest, change) !== found)
      .map(([name, rest, change]) => `${name}: ${shapeOf(rest, change)}`),
  ).toEqual([])
})
