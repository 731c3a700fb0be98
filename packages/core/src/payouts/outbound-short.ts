import { currentChannels } from '../channels/current-channels.ts'
import type { Context } from '../context.ts'
import { nodeLiquidity } from '../domain/channel.ts'
import { PaymentNodeError } from '../errors.ts'
import type { payouts } from '../tables/payouts.ts'
import type { Fields } from '../tables/table.ts'
import { worstOf } from './reservation.ts'

/** Milliseconds between two looks at the channels for a payout that waits for them. */
export const outboundPause = 5000

/** How old what is known of the channels may be, in milliseconds. */
const maximumAge = 1000

/**
 * Whether the channels cannot send amount and worst fee now. Only for payouts that were never handed to
 * LND: then it is certain that waiting leaves nothing behind. An LND that does not say is not short.
 */
export async function isOutboundShort(
  context: Context,
  payout: Fields<typeof payouts>,
): Promise<boolean> {
  try {
    const channels = await currentChannels(context, maximumAge)
    return nodeLiquidity(channels).sendableMsat < worstOf(payout)
  } catch (error) {
    if (PaymentNodeError.is(error)) return false
    throw error
  }
}
