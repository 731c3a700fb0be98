import type { LightningNode } from '@payment-node/core'
import { type LndChannels, listChannelsOfLnd } from './list-channels-of-lnd.ts'
import { type Books, readBooks } from './read-books.ts'

/** Everything that was written down about the day, by everybody who took part. */
export interface Evidence {
  readonly books: Books
  /** What the customers' own nodes say they have paid. */
  readonly paidByCustomers: readonly Movement[]
  /** What the partners' own wallets say they have received. */
  readonly receivedByWallets: readonly Movement[]
  /** What the shop's own LND says it has sent, and what routing cost. */
  readonly sentByLnd: readonly (Movement & { readonly feeMsat: bigint })[]
  /** The channels that the shop's own LND opened, and what it paid to miners for them. */
  readonly channelsOfLnd: LndChannels
  /** What the shop meant to pay, by idempotency key: one debt, whatever number of invoices were made for it. */
  readonly debts: ReadonlyMap<string, Debt>
  /** Invoices that the durable handler told of as settled. */
  readonly toldAsSettled: ReadonlySet<string>
}

export interface Movement {
  readonly paymentHash: string
  readonly amountMsat: bigint
}

export interface Debt {
  readonly amountMsat: bigint
  readonly paymentHashes: readonly string[]
}

/** Asks everybody. The shop must have stopped. */
export async function gatherEvidence(
  from: Pick<Evidence, 'debts' | 'toldAsSettled'> & {
    readonly file: string
    readonly lnd: LightningNode
    readonly customers: readonly LightningNode[]
    readonly wallets: readonly LightningNode[]
  },
): Promise<Evidence> {
  const { debts, toldAsSettled, file, lnd, customers, wallets } = from
  const received = await Promise.all(wallets.map(listReceived))
  const paid = await Promise.all(customers.map(listSent))
  return {
    books: readBooks(file),
    paidByCustomers: paid.flat(),
    receivedByWallets: received.flat(),
    sentByLnd: await listSent(lnd),
    channelsOfLnd: await listChannelsOfLnd(lnd),
    debts,
    toldAsSettled,
  }
}

const limit = 1000

async function listSent(node: LightningNode): Promise<Evidence['sentByLnd']> {
  const all = await node.listPayments({ afterIndex: 0n, limit })
  if (all.length === limit) throw new Error('the day has more payments than one page')
  return all.filter((payment) => payment.state === 'succeeded')
}

async function listReceived(node: LightningNode): Promise<readonly Movement[]> {
  const all = await node.listInvoices({ afterAddIndex: 0n, limit })
  if (all.length === limit) throw new Error('the day has more invoices than one page')
  const settled = all.filter((invoice) => invoice.state === 'settled')
  return settled.map(({ paymentHash, paidMsat }) => ({ paymentHash, amountMsat: paidMsat }))
}
