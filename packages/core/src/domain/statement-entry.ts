import { type LedgerTransaction, ownerOf } from './ledger.ts'

/** What one transaction changed for one partner. */
export interface StatementEntry {
  readonly partner: string
  /** What a payer paid or a payee got (negative), before fees. */
  readonly grossMsat: bigint
  /** What the partner is owed more (or less): over all of its accounts. */
  readonly amountMsat: bigint
}

/**
 * The lines that a transaction adds to partners' statements: none where money only moves between the
 * accounts of a partner, as when a payout is reserved or released, or a receipt becomes available.
 */
export function statementEntries({ legs, gross }: LedgerTransaction): StatementEntry[] {
  const changes = new Map<string, bigint>(gross && [[gross.partner, 0n]])
  for (const { account, amountMsat } of legs) {
    const owner = ownerOf(account)
    if (owner) changes.set(owner.partner, (changes.get(owner.partner) ?? 0n) + amountMsat)
  }
  return [...changes]
    .map(([partner, amountMsat]) => ({
      partner,
      amountMsat,
      grossMsat: gross?.partner === partner ? gross.amountMsat : amountMsat,
    }))
    .filter(({ grossMsat, amountMsat }) => grossMsat !== 0n || amountMsat !== 0n)
}
