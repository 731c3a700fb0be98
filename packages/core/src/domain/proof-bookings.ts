import type { LedgerTransaction } from './ledger.ts'

/**
 * What came to the wallet, or left it, for nothing that the books know: the operator's deposit or withdrawal.
 * `amountSat` is what the wallet gained, the fee included.
 */
export function bookWalletMove(
  transactionId: string,
  amountSat: bigint,
  feeSat: bigint,
): LedgerTransaction {
  const feeMsat = amountSat < 0n ? feeSat * 1000n : 0n
  const amountMsat = amountSat * 1000n
  return {
    id: walletMoveId(transactionId),
    kind: amountSat < 0n ? 'wallet-withdrawal' : 'wallet-deposit',
    subject: `transaction/${transactionId}`,
    legs: [
      { account: 'operator' as const, amountMsat },
      { account: 'world/deposits' as const, amountMsat: -amountMsat - feeMsat },
      { account: 'world/onchain-fees' as const, amountMsat: feeMsat },
    ].filter((leg) => leg.amountMsat !== 0n),
  }
}

/** The id of what a transaction did to the wallet. */
export function walletMoveId(transactionId: string): string {
  return `wallet/${transactionId}`
}

/** Value beyond the books is the operator's (money rule 16); missing value too, once he has acknowledged it. */
export function bookUnexplained(
  id: string,
  foundMsat: bigint,
  note: string,
): LedgerTransaction & { readonly note: string } {
  return {
    id: `proof/${id}`,
    kind: foundMsat < 0n ? 'value-missing' : 'value-found',
    subject: 'node',
    legs: [
      { account: 'operator', amountMsat: foundMsat },
      { account: 'world/unexplained', amountMsat: -foundMsat },
    ],
    note,
  }
}
