import { currentChannels } from '../channels/current-channels.ts'
import type { Context } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { nodeLiquidity } from '../domain/channel.ts'
import { PaymentNodeError } from '../errors.ts'

/** Channel balances may be this old (milliseconds) when an invoice is created. */
const freshEnough = 1000

/** Throws `invoice.above-receivable` when no payment of that size could arrive now. */
export async function requireReceivable(context: Context, amountMsat: bigint): Promise<void> {
  const known = nodeLiquidity(await currentChannels(context, freshEnough))
  if (amountMsat <= known.receivableMsat) return
  // A refusal is worth a fresh look.
  const channels = await currentChannels(context, 0)
  const { receivableMsat } = nodeLiquidity(channels)
  if (amountMsat <= receivableMsat) return
  // For a moment after LND came back, its peers are still connecting.
  const allActive = nodeLiquidity(channels.map((channel) => ({ ...channel, isActive: true })))
  const isRetryable = amountMsat <= allActive.receivableMsat
  const amount = new Amount(amountMsat)
  // Whole satoshi: what a person can act on.
  const receivable = new Amount((receivableMsat / 1000n) * 1000n)
  throw new PaymentNodeError(
    'invoice.above-receivable',
    `The node can receive ${receivable} now, less than ${amount}.`,
    { amount, receivable },
    {
      isRetryable,
      advice: isRetryable
        ? 'Channels are inactive: try again when their peers are connected, or pass allowUnreceivable: true.'
        : 'Ask for less, get more inbound liquidity, or pass allowUnreceivable: true.',
    },
  )
}
