import {
  balanceOf,
  type Channel,
  dustLimitMsat,
  otherSide,
  type Side,
  untrimmed,
} from './channel.ts'

/** Version, lock time, one input, two counts. */
const frameBytes = 51n
/** P2WSH and P2TR; all but the counterparty's output of a legacy channel. */
const outputBytes = 43n
const keyHashOutputBytes = 31n
const multisigWitness = 224n
const keyPathWitness = 66n

/**
 * The commitment transaction's weight as ListChannels says it: of the transaction as it is. Outputs
 * below the dust limit are not in it, nor the anchor of an end that has neither output nor HTLC. LND
 * computes fees with its constants instead, which are a little larger even with all outputs.
 */
export function listedWeight(channel: Channel, side: Side): bigint {
  const htlcs = untrimmed(channel)
  const isLegacy = channel.commitmentType === 'legacy'
  let bytes = frameBytes + outputBytes * BigInt(htlcs)
  for (const owner of [side, otherSide(side)]) {
    const hasOutput = balanceOf(channel, owner) >= dustLimitMsat
    if (hasOutput) bytes += isLegacy && owner !== side ? keyHashOutputBytes : outputBytes
    if (!isLegacy && (hasOutput || htlcs > 0)) bytes += outputBytes
  }
  return 4n * bytes + (channel.commitmentType === 'taproot' ? keyPathWitness : multisigWitness)
}
