import type { Context } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { payableFeerate } from '../domain/fee-policy.ts'
import { changeType, outputTypeOf, virtualBytesOf } from '../domain/transaction-size.ts'
import { readFeerate } from './current-feerate.ts'

/** What paying one address costs. Feerates in sat/vB. */
export interface OnchainFeeEstimate {
  /** At the feerate of now, in a transaction of its own with one input. */
  readonly fee: Amount
  /** At the hard ceiling, with three inputs: this is reserved; what would cost more waits. */
  readonly worst: Amount
  readonly feerate: number
  /** The hard ceiling. */
  readonly ceiling: number
}

/** Inputs that the reservation of a payout provides for. */
export const reservedInputs = 3

/** What a payout to this address would cost now, and at worst. Throws `node.unavailable`. */
export async function estimateOnchainFee(
  context: Context,
  { address }: { readonly address: string },
): Promise<OnchainFeeEstimate> {
  const { hardCeiling } = context.settings.fees
  const feerate = payableFeerate((await readFeerate(context)).satPerVbyte)
  const outputs = [outputTypeOf(address), changeType]
  const cost = (satPerVbyte: number, inputs: number): Amount =>
    new Amount(BigInt(satPerVbyte) * BigInt(virtualBytesOf({ inputs, outputs })) * 1000n)
  return {
    fee: cost(feerate, 1),
    worst: cost(hardCeiling, reservedInputs),
    feerate,
    ceiling: hardCeiling,
  }
}
