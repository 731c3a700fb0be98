import type { WalletOutput } from '../ports/node-onchain.ts'
import { largestCoinsFirst } from './largest-coins-first.ts'
import { changeType, type OutputType, virtualBytesOf } from './transaction-size.ts'

/** Coins for one transaction. */
export interface ChosenInputs {
  /** `txid:index`. */
  readonly outpoints: readonly string[]
  /** What it costs at this feerate, with the change. */
  readonly feeSat: bigint
}

/** What is to be paid, at whole sat/vB. */
export interface Payment {
  readonly amountSat: bigint
  readonly outputs: readonly OutputType[]
  readonly satPerVbyte: number
  /** Stays in the wallet whatever is paid: reserve and floor. */
  readonly keptSat: bigint
  /** The most that the payouts let it cost (money rule 10). */
  readonly maximumFeeSat: bigint
  /** Inputs that this maximum provides for. */
  readonly expectedInputs: number
}

/** Why no coins pay for it. */
export type InputsMissing =
  /** They are too few, after reserve and floor. */
  | 'wallet-too-small'
  /** They are so many small ones that spending them would cost more than the fee limits. */
  | 'wallet-fragmented'
  /** Even few of them would cost more than the fee limits: the hard ceiling was raised since. */
  | 'fee-above-limit'

/**
 * The least change, in satoshi: always with a change output, so that a child can speed it up (money rule 6),
 * and with enough in it to pay for one at a usual feerate.
 */
const smallestChangeSat = 10_000n

/**
 * The largest coins first, as few as possible: every input costs. Or why they do not pay for it.
 */
export function chooseInputs(
  coins: readonly WalletOutput[],
  { amountSat, outputs, satPerVbyte, keptSat, maximumFeeSat, expectedInputs }: Payment,
): ChosenInputs | InputsMissing {
  const totalSat = coins.reduce((sum, coin) => sum + coin.amountSat, 0n)
  const outpoints: string[] = []
  let sum = 0n
  for (const coin of largestCoinsFirst(coins)) {
    outpoints.push(coin.outpoint)
    sum += coin.amountSat
    const shape = { inputs: outpoints.length, outputs: [...outputs, changeType] }
    const feeSat = BigInt(satPerVbyte) * BigInt(virtualBytesOf(shape))
    const neededSat = amountSat + feeSat
    if (totalSat - neededSat < keptSat) return 'wallet-too-small'
    if (sum < neededSat + smallestChangeSat) continue
    if (feeSat <= maximumFeeSat) return { outpoints, feeSat }
    return outpoints.length > expectedInputs ? 'wallet-fragmented' : 'fee-above-limit'
  }
  return 'wallet-too-small'
}
