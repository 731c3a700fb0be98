import { sha256Hex } from '../keys.ts'

const prefix = 'payment-node:'

/** What a transaction is for. */
export type TransactionPurpose = 'payouts' | 'bump'

/** How a transaction of ours is labelled in LND's wallet: `payment-node:payouts:<id>`. */
export function transactionLabel(purpose: TransactionPurpose, id: string): string {
  return `${prefix}${purpose}:${id}`
}

/** Our id of a transaction of LND's wallet; undefined for everybody else's. */
export function labelledTransaction(label: string): string | undefined {
  const match = /^payment-node:(?:payouts|bump):([0-9a-f]{32})$/.exec(label)
  return match?.[1]
}

/** The id under which LND keeps the inputs: 32 bytes, hex. */
export function lockIdOf(transaction: string): string {
  return sha256Hex(Buffer.from(`payment-node/lock/${transaction}`))
}
