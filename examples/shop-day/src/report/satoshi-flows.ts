import type { Evidence } from '../audit/gather-evidence.ts'

/** Where a partner's money came to lie, in sat (for drawing only: amounts are bigint msat elsewhere). */
export interface PartnerFlow {
  readonly partner: string
  readonly received: number
  readonly paidOut: number
  readonly fees: number
  readonly owed: number
}

/** By the books: what each partner's customers paid, and where it is now. */
export function satoshiFlows({ books }: Evidence): PartnerFlow[] {
  const partners = new Set(books.invoices.map(({ partner }) => partner))
  return [...partners].map((partner) => {
    const settled = books.invoices.filter((one) => one.partner === partner && one.paidMsat)
    const paid = books.payouts.filter((one) => one.partner === partner && one.state === 'succeeded')
    const received = settled.reduce((sum, { paidMsat }) => sum + (paidMsat ?? 0n), 0n)
    const paidOut = paid.reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
    const fees = paid.reduce((sum, { feeMsat }) => sum + (feeMsat ?? 0n), 0n)
    const accounts = [`partner/${partner}`, `reserved/${partner}`]
    const owed = books.postings
      .filter(({ account }) => accounts.includes(account))
      .reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
    return {
      partner,
      received: sat(received),
      paidOut: sat(paidOut),
      fees: sat(fees),
      owed: sat(owed),
    }
  })
}

/** Loses nothing that a chart could show. */
export function sat(msat: bigint): number {
  return Number(msat) / 1000
}
