import type { WalletOutput } from '../ports/node-onchain.ts'

/** Largest coins first, so that few inputs are needed; of equal ones the same first, every time. */
export function largestCoinsFirst(coins: readonly WalletOutput[]): WalletOutput[] {
  return coins.toSorted((a, b) => {
    if (a.amountSat === b.amountSat) return a.outpoint < b.outpoint ? -1 : 1
    return a.amountSat < b.amountSat ? 1 : -1
  })
}
