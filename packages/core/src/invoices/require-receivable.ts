import { currentChannels } from '../channels/current-channels.ts'
import type { Context } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { nodeLiquidity } from '../domain/channel.ts'
import { PaymentNodeError } from '../errors.ts'

/** Channel balances may be this old (milliseconds) when an invoice is created. */
const freshEnough = 1000

/** Throws `invoice.above-receivable` when no payment of that size could arrive now. */
export async function requireReceivable(context: Context, amountMsat: bigint): Promise<void> {
  if (amountMsat <= (await receivable(context, freshEnough))) return
  // A refusal is worth a fresh look.
  const receivableMsat = await receivable(context, 0)
  if (amountMsat <= receivableMsat) return
  const amount = new Amount(amountMsat)
  // Whole satoshi: what a person can act on.
  const atMost = new Amount((receivableMsat / 1000n) * 1000n)
  throw new PaymentNodeError(
    'invoice.above-receivable',
    `The node can receive ${atMost} now, less than ${amount}.`,
    { amount, receivable: atMost },
    { advice: 'Ask for less, get more inbound liquidity, or pass allowUnreceivable: true.' },
  )
}

async function receivable(context: Context, maximumAge: number): Promise<bigint> {
  return nodeLiquidity(await currentChannels(context, maximumAge)).receivableMsat
}
