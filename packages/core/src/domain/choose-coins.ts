import type { WalletOutput } from '../ports/node-onchain.ts'
import { fundingFeeSat } from './keeper-money.ts'
import { largestCoinsFirst } from './largest-coins-first.ts'

/** Coins for one funding transaction, and the most that it may cost. */
export interface ChosenCoins {
  /** `txid:index`. */
  readonly outpoints: readonly string[]
  readonly feeSat: bigint
}

/** Less than this is not worth a change output: it would go to the miners. */
const smallestChangeSat = 1000n

/**
 * The largest coins first, as few as possible: every input costs, and the rest stays whole for the next
 * channel. Undefined when they do not pay for the channel, its fee and a change output.
 */
export function chooseCoins(
  capacitySat: bigint,
  coins: readonly WalletOutput[],
  satPerVbyte: number,
): ChosenCoins | undefined {
  const outpoints: string[] = []
  let sum = 0n
  for (const coin of largestCoinsFirst(coins)) {
    outpoints.push(coin.outpoint)
    sum += coin.amountSat
    const feeSat = fundingFeeSat(satPerVbyte, outpoints.length)
    if (sum >= capacitySat + feeSat + smallestChangeSat) return { outpoints, feeSat }
  }
  return undefined
}
