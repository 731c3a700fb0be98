import { hexToBytes } from '@noble/hashes/utils.js'
import type { BoltzFault } from '@payment-node/testkit/boltz-server'
import { compareBytes, tagSchnorr, taprootTweakPubkey } from '@scure/btc-signer/utils.js'
import { address as addresses } from 'bitcoinjs-lib'
import { expect, test, vi } from 'vitest'
import type { ReadOutput } from '../../src/swaps/kit/read-terms.ts'
import { readTransaction } from '../../src/swaps/kit/read-transaction.ts'
import { openSwaps } from './swap-stand.ts'

/**
 * Checks that are taken out of core's code for now: reasons of refusals, and `own-script` (that the script is built
 * here, and not taken from the provider), `own-chain` (that LND's chain has the lockup, and not the provider's word),
 * `lockup-amount` and `deadline`.
 */
const removed = vi.hoisted(() => new Set<string>())

vi.mock('../../src/swaps/kit/terms-refusal.ts', async (original) => {
  const real = await original<typeof import('../../src/swaps/kit/terms-refusal.ts')>()
  return {
    refuseTerms: (...given: Parameters<typeof real.refuseTerms>) =>
      removed.has(given[0]) ? undefined : real.refuseTerms(...given),
  }
})
vi.mock('../../src/swaps/kit/build-reverse-tree.ts', async (original) => {
  const real = await original<typeof import('../../src/swaps/kit/build-reverse-tree.ts')>()
  const buildReverseTree: typeof real.buildReverseTree = (parts) => {
    const own = real.buildReverseTree(parts)
    const { leaves, lockupAddress } = parts as Partial<ReadOutput>
    if (!removed.has('own-script') || !leaves || lockupAddress === undefined) return own
    // As a client does that believes what it is told: leaves, and where the money is.
    const told = (name: string, mine: Uint8Array): Uint8Array => {
      const script = leaves.get(name)?.script
      return script === undefined ? mine : hexToBytes(script)
    }
    const [claimLeaf, refundLeaf] = [
      told('claimLeaf', own.claimLeaf),
      told('refundLeaf', own.refundLeaf),
    ]
    const hashOf = (leaf: Uint8Array): Uint8Array =>
      tagSchnorr('TapLeaf', Uint8Array.of(real.leafVersion, leaf.length), leaf)
    const [claimLeafHash, refundLeafHash] = [hashOf(claimLeaf), hashOf(refundLeaf)]
    const root = tagSchnorr('TapBranch', ...[claimLeafHash, refundLeafHash].sort(compareBytes))
    const [, parity] = taprootTweakPubkey(own.internalKey, root)
    const { data, version } = addresses.fromBech32(lockupAddress)
    return {
      ...own,
      ...{ claimLeaf, refundLeaf, claimLeafHash, refundLeafHash, outputKey: data },
      tweak: tagSchnorr('TapTweak', own.internalKey, root),
      outputParity: parity === 0 ? 0 : 1,
      script: Uint8Array.of(0x50 + version, data.length, ...data),
    }
  }
  return { ...real, buildReverseTree }
})
vi.mock('../../src/swaps/kit/verify-lockup.ts', async (original) => {
  const real = await original<typeof import('../../src/swaps/kit/verify-lockup.ts')>()
  const verifyLockup: typeof real.verifyLockup = (verified, ...rest) =>
    real.verifyLockup(
      removed.has('lockup-amount') ? { ...verified, onchainAmountSat: 0n } : verified,
      ...rest,
    )
  return { ...real, verifyLockup }
})
vi.mock('../../src/swaps/kit/build-claim.ts', async (original) => {
  const real = await original<typeof import('../../src/swaps/kit/build-claim.ts')>()
  const buildClaim: typeof real.buildClaim = (plan) =>
    real.buildClaim(
      removed.has('lockup-amount')
        ? { ...plan, verified: { ...plan.verified, onchainAmountSat: 0n } }
        : plan,
    )
  return { ...real, buildClaim }
})
vi.mock('../../src/swaps/kit/check-reveal-allowed.ts', async (original) => {
  const real = await original<typeof import('../../src/swaps/kit/check-reveal-allowed.ts')>()
  const checkRevealAllowed: typeof real.checkRevealAllowed = (...given) => {
    const { allowed: _no, ...verdict } = real.checkRevealAllowed(...given)
    const isRemoved =
      removed.has('deadline') && 'reason' in verdict && verdict.reason === 'too-near-timeout'
    return isRemoved ? { allowed: true, ...verdict } : real.checkRevealAllowed(...given)
  }
  return { ...real, checkRevealAllowed }
})

vi.mock('../../src/swaps/see-lockup.ts', async (original) => {
  const real = await original<typeof import('../../src/swaps/see-lockup.ts')>()
  const judgeLockup: typeof real.judgeLockup = async (pursuit, row) => {
    const judged = await real.judgeLockup(pursuit, row)
    const told = pursuit.follower.sight.report?.lockupTransaction
    if (!removed.has('own-chain') || judged.word === 'ours' || told === undefined) return judged
    // As a client does that believes what it is told: the transaction, and that it will confirm.
    const transaction = readTransaction(told)!
    const valueSat = (row.onchain_msat ?? 0n) / 1000n
    const height = pursuit.context.live.info!.blockHeight
    return { word: 'ours', lockup: { txid: transaction.txid, vout: 0, valueSat, height } }
  }
  return { ...real, judgeLockup }
})

type Loss = 'nothing' | 'what was quoted' | 'more than the worst case' | 'all of it'

const amountSat = 1_000_000n

/** One swap with a provider that cheats: how it ends, and what is gone afterwards by LND and by the chain. */
async function live(fault: BoltzFault): Promise<readonly [end: string, loss: Loss]> {
  // Whoever cheats about the script keeps the preimage and helps with no claim either.
  const stand = openSwaps({ faults: [fault, 'claim-keeps-preimage'] })
  await stand.run(stand.node.start())
  const before = await stand.assets()
  const { id, limits } = await stand.ask(Number(amountSat))
  const worstMsat = limits.service!.msat + limits.routing!.msat + limits.claim!.msat
  const { state, reason } = await stand.untilEnded(id, 200)
  const lostMsat = before - (await stand.assets())
  await stand.run(stand.node.stop())
  const loss =
    lostMsat >= amountSat * 1000n
      ? 'all of it'
      : lostMsat > worstMsat
        ? 'more than the worst case'
        : lostMsat > 0n
          ? 'what was quoted'
          : 'nothing'
  return [reason === null ? state : `${state} ${reason}`, loss]
}

/** The check that kept the swap from going on; undefined: none that could be taken out. */
function checkBehind(end: string, fault: BoltzFault): string | undefined {
  const [state, ...reason] = end.split(' ')
  // Without the check of a key the arithmetic behind it throws: no check that could be taken out.
  if (end === 'failed-unpaid terms-damaged') return undefined
  if (state === 'failed-unpaid') return reason.join(' ')
  if (state !== 'returned') return undefined
  if (end.endsWith('amount-too-small')) return 'lockup-amount'
  if (end.endsWith('too-late-to-reveal')) return 'deadline'
  return fault.startsWith('lockup-') ? 'own-chain' : 'own-script'
}

/** Takes one check out after the other, as long as something keeps the provider from what it wants. */
async function withoutChecks(fault: BoltzFault): Promise<string> {
  removed.clear()
  for (;;) {
    const [end, loss] = await live(fault)
    const check = checkBehind(end, fault)
    if (check !== undefined && !removed.has(check)) removed.add(check)
    else return `without ${[...removed].join(', ')}: ${end.split(' ')[0]}, ${loss} is lost`
  }
}

/**
 * With its checks removed, how far each kind of cheating comes. Without the first ones all of the money is lost. Where the others come
 * to nothing all the same, something behind them holds: the script that is built here, LND, the price that was accepted.
 * Where nothing is told of a lockup, there is nothing to believe either.
 */
const losses: Partial<Readonly<Record<BoltzFault, string>>> = {
  'invoice-other-hash': 'without invoice-hash-differs: held, all of it is lost',
  'invoice-larger': 'without invoice-amount-differs: claimed, more than the worst case is lost',
  'claim-leaf-other-hash':
    'without claim-leaf-differs, address-differs, own-script: lost, all of it is lost',
  'claim-leaf-other-key':
    'without claim-leaf-differs, address-differs, own-script: lost, all of it is lost',
  'claim-leaf-other-version':
    'without leaf-version, address-differs, own-script: lost, all of it is lost',
  'refund-key-other':
    'without refund-leaf-differs, address-differs, own-script: lost, all of it is lost',
  'refund-leaf-without-timeout':
    'without refund-leaf-differs, address-differs, own-script: lost, all of it is lost',
  'extra-leaf': 'without leaf-extra, address-differs, own-script: lost, all of it is lost',
  'extra-leaf-hidden': 'without address-differs, own-script: lost, all of it is lost',
  'address-other-tree': 'without address-differs, own-script: lost, all of it is lost',
  'key-order-swapped': 'without address-differs, own-script: lost, all of it is lost',
  'key-untweaked': 'without address-differs, own-script: preimage-revealed, all of it is lost',
  'lockup-p2wsh': 'without own-chain: preimage-revealed, all of it is lost',
  'lockup-other-key': 'without own-chain: preimage-revealed, all of it is lost',
  'lockup-two-outputs': 'without own-chain: lost, all of it is lost',
  'lockup-unpublished': 'without own-chain: preimage-revealed, all of it is lost',
  'lockup-replaced': 'without own-chain: preimage-revealed, all of it is lost',
  'lockup-evicted': 'without own-chain: preimage-revealed, all of it is lost',
  'lockup-small': 'without lockup-amount: claimed, more than the worst case is lost',

  'lockup-dust': 'without lockup-amount, deadline: returned, nothing is lost',
  'lockup-low-fee': 'without own-chain: claimed, what was quoted is lost',
  'lockup-reorganized-and-replaced': 'without own-chain: claimed, what was quoted is lost',
  'invoice-smaller': 'without invoice-amount-differs: claimed, nothing is lost',
  'invoice-off-by-msat': 'without invoice-amount-differs: claimed, what was quoted is lost',
  'invoice-without-amount':
    'without invoice-amount-differs, invoice-unpayable, payment-failed: failed-unpaid, nothing is lost',
  'invoice-other-network': 'without invoice-wrong-network: failed-unpaid, nothing is lost',
  'invoice-expired': 'without invoice-expired: failed-unpaid, nothing is lost',
  'invoice-expires-at-once': 'without invoice-expired: failed-unpaid, nothing is lost',
  'invoice-huge-cltv':
    'without invoice-timelock-too-long, payment-failed: failed-unpaid, nothing is lost',
  'invoice-own-node': 'without invoice-own-node, payment-failed: failed-unpaid, nothing is lost',
  'invoice-damaged': 'without invoice-malformed: failed-unpaid, nothing is lost',
  'miner-fee-invoice': 'without prepayment-demanded: claimed, what was quoted is lost',
  'claim-leaf-without-size':
    'without claim-leaf-differs, address-differs, own-script: claimed, what was quoted is lost',
  'refund-leaf-other-key':
    'without refund-leaf-differs, address-differs, own-script: claimed, what was quoted is lost',
  'refund-leaf-early-timeout':
    'without refund-leaf-differs, address-differs, own-script: claimed, what was quoted is lost',
  'leaves-swapped': 'without claim-leaf-differs: claimed, what was quoted is lost',
  'leaf-missing': 'without leaf-missing: claimed, what was quoted is lost',
  'refund-key-is-claim-key': 'without refund-key-ours: failed-unpaid, nothing is lost',
  'refund-key-not-on-curve': 'without refund-key-invalid: failed-unpaid, nothing is lost',
  'address-p2wsh': 'without address-differs: claimed, what was quoted is lost',
  'address-server-key': 'without address-differs: claimed, what was quoted is lost',
  'address-other-network': 'without address-differs: claimed, what was quoted is lost',
  'address-malformed': 'without address-differs: claimed, what was quoted is lost',
  'timeout-near': 'without timeout-too-soon, too-late: failed-unpaid, nothing is lost',
  'timeout-passed': 'without timeout-too-soon, too-late: failed-unpaid, nothing is lost',
  'timeout-far':
    'without invoice-unpayable, timeout-too-late, payment-failed: failed-unpaid, nothing is lost',
  'onchain-amount-less':
    'without onchain-amount-differs, cost-above-limit: claimed, what was quoted is lost',
  'onchain-amount-more':
    'without onchain-amount-differs, lockup-amount: claimed, what was quoted is lost',
  'fee-changes-after-quote':
    'without onchain-amount-differs, cost-above-limit: claimed, what was quoted is lost',
  'hostile-id': 'without terms-malformed: created, nothing is lost',
  'negative-numbers': 'without terms-malformed: created, nothing is lost',
}

test('with the checks removed, one after the other, a provider that cheats takes money: each is there for something', async () => {
  const wrong: string[] = []
  for (const [name, expected] of Object.entries(losses)) {
    const found = await withoutChecks(name as BoltzFault)
    if (found !== expected) wrong.push(`${name}: ${found}`)
  }
  expect(wrong).toEqual([])
}, 120_000)
