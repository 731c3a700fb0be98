import type { NodeChannel } from '@payment-node/core'

/** Weight that one untrimmed HTLC output adds to a commitment transaction (BOLT3). */
export const htlcWeight = 172n

/** Weight of a commitment transaction without HTLCs (BOLT3; LND's constants per type). */
export function commitmentWeight(type: NodeChannel['commitmentType'], htlcs: number): bigint {
  const base = type === 'anchors' ? 1124n : type === 'taproot' ? 968n : 724n
  return base + htlcWeight * BigInt(htlcs)
}

/** Two anchor outputs of 330 sat, which the opener pays for; legacy channels have none. */
export function anchorsMsat(type: NodeChannel['commitmentType']): bigint {
  return type === 'anchors' || type === 'taproot' ? 660_000n : 0n
}

/** Fee of a transaction of `weight` in msat: whole satoshi, rounded down. */
export function feeForWeight(satPerKw: bigint, weight: bigint): bigint {
  return ((satPerKw * weight) / 1000n) * 1000n
}

/**
 * What LND ≥ 0.18 keeps back when it opened the channel, the commitment fee included: twice the
 * feerate, for one more HTLC than `weight` has (BOLT2's recommendation; LND's CalcFeeBuffer).
 */
export function feeBuffer(satPerKw: bigint, weight: bigint): bigint {
  return feeForWeight(2n * satPerKw, weight + htlcWeight)
}
