import { type Context, identityOf } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { PaymentNodeError } from '../errors.ts'
import { sumAccount } from './sum-account.ts'

/**
 * Throws `ledger.operator-short` when the operator has less than it gives: partners would be owed more than
 * the node has. Looks, and locks nothing: two calls at once are caught by the proof of the books.
 */
export async function requireOperatorCovers(context: Context, amountMsat: bigint): Promise<void> {
  if (amountMsat <= 0n) return
  const { publicKey } = identityOf(context)
  const available = await context.storage.snapshot(
    async (read) => new Amount(await sumAccount(read, publicKey, 'operator')),
  )
  if (available.msat >= amountMsat) return
  const needed = new Amount(amountMsat)
  throw new PaymentNodeError(
    'ledger.operator-short',
    `The operator has ${available} in these books, less than the ${needed} that it would give.`,
    { available, needed },
    { advice: 'Bring coins to the node first, or pass allowNegativeOperator: true.' },
  )
}
