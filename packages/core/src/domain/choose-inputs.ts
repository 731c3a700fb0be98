import type { WalletOutput } from '../ports/node-onchain.ts'
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
}

/**
 * The least change, in satoshi: always with a change output, so that a child can speed it up (money rule 6),
 * and with enough in it to pay for one at a usual feerate.
 */
const smallestChangeSat = 10_000n

/**
 * The largest coins first, as few as possible: every input costs. Undefined when the coins do not pay for it, or
 * would leave less than must stay.
 */
export function chooseInputs(
  coins: readonly WalletOutput[],
  { amountSat, outputs, satPerVbyte, keptSat }: Payment,
): ChosenInputs | undefined {
  const totalSat = coins.reduce((sum, coin) => sum + coin.amountSat, 0n)
  const outpoints: string[] = []
  let sum = 0n
  for (const coin of [...coins].sort(byAmount)) {
    outpoints.push(coin.outpoint)
    sum += coin.amountSat
    const shape = { inputs: outpoints.length, outputs: [...outputs, changeType] }
    const feeSat = BigInt(satPerVbyte) * BigInt(virtualBytesOf(shape))
    const neededSat = amountSat + feeSat
    if (totalSat - neededSat < keptSat) return undefined
    if (sum >= neededSat + smallestChangeSat) return { outpoints, feeSat }
  }
  return undefined
}

function byAmount(a: WalletOutput, b: WalletOutput): number {
  if (a.amountSat === b.amountSat) return a.outpoint < b.outpoint ? -1 : 1
  return a.amountSat < b.amountSat ? 1 : -1
}
