import { currentChannels } from '../channels/current-channels.ts'
import type { Context } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { nodeLiquidity } from '../domain/channel.ts'
import { PaymentNodeError } from '../errors.ts'

/** Channel balances may be this old (milliseconds) when an invoice is created. */
const freshEnough = 1000

/** Throws `invoice.above-receivable` when no payment of that size could arrive now. */
export async function requireReceivable(context: Context, amountMsat: bigint): Promise<void> {
  const { receivableMsat } = nodeLiquidity(await currentChannels(context, freshEnough))
  if (amountMsat <= receivableMsat) return
  const amount = new Amount(amountMsat)
  // Whole satoshi: what a person can act on.
  const receivable = new Amount((receivableMsat / 1000n) * 1000n)
  throw new PaymentNodeError(
    'invoice.above-receivable',
    `The node can receive ${receivable} now, less than ${amount}.`,
    { amount, receivable },
    { advice: 'Ask for less, get more inbound liquidity, or pass allowUnreceivable: true.' },
  )
}
