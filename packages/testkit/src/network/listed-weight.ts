import { balanceOf, type Channel, dustLimitMsat, otherSide, type Side } from './channel.ts'

/** Version, lock time, one input, two counts. */
const frameBytes = 51n
/** P2WSH and P2TR; all but the counterparty's output of a legacy channel. */
const outputBytes = 43n
const keyHashOutputBytes = 31n
const multisigWitness = 224n
const keyPathWitness = 66n
const anchorSat = 330n

/**
 * The commitment transaction's weight as ListChannels says it: of the transaction as it is. Outputs
 * below the dust limit are not in it, nor the anchor of an end that has neither output nor HTLC. LND
 * computes fees with its constants instead, which are a little larger even with all outputs.
 */
export function listedWeight(channel: Channel, side: Side): bigint {
  let bytes = frameBytes + outputBytes * BigInt(commitmentOutputsSat(channel).length)
  const isOthersShort = channel.commitmentType === 'legacy' && hasOutput(channel, otherSide(side))
  if (isOthersShort) bytes += keyHashOutputBytes - outputBytes
  return 4n * bytes + (channel.commitmentType === 'taproot' ? keyPathWitness : multisigWitness)
}

/** The outputs of the commitment transaction as it is now, in sat; the rest of the capacity is its fee. */
export function commitmentOutputsSat(channel: Channel): bigint[] {
  const parts = [...channel.htlcs.values()]
    .map(({ amountMsat }) => amountMsat)
    .filter((amountMsat) => amountMsat >= dustLimitMsat)
  const outputs = parts.map((amountMsat) => amountMsat / 1000n)
  for (const owner of [0, 1] as const) {
    if (hasOutput(channel, owner)) outputs.push(balanceOf(channel, owner) / 1000n)
    const hasAnchor = channel.commitmentType !== 'legacy'
    if (hasAnchor && (hasOutput(channel, owner) || parts.length > 0)) outputs.push(anchorSat)
  }
  return outputs
}

function hasOutput(channel: Channel, owner: Side): boolean {
  return balanceOf(channel, owner) >= dustLimitMsat
}
