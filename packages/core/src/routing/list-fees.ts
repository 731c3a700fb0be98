import type { ChannelOwnership } from '../channels/channel-view.ts'
import { type Context, requireReady } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import type { RoutingFee } from '../domain/routing-policy.ts'
import { PaymentNodeError } from '../errors.ts'
import { readChannelFees } from './channel-fees.ts'

/** What a channel asks for forwarding. */
export interface AskedFee {
  /** Per forward. */
  readonly base: Amount
  /** ppm of what is forwarded. */
  readonly rate: number
}

/** One channel's routing fees, and what the rule would ask. */
export interface RoutingFees {
  readonly channelPoint: string
  readonly channelId: string
  readonly peer: string
  readonly ownership: ChannelOwnership
  /** Of what the channel can carry, the part that can be sent: 0 to 1; null while it is not active. */
  readonly outboundShare: number | null
  readonly asked: AskedFee
  /** Blocks. Never changed by the rule. */
  readonly timeLockDelta: number
  /** By the rule of the option `routing`; null while the channel is not active. */
  readonly wanted: AskedFee | null
}

/** What every channel asks now and what the rule would ask, whatever the mode. Throws `node.unavailable`. */
export async function listFees(context: Context): Promise<readonly RoutingFees[]> {
  const identity = requireReady(context)
  const { policies } = context.lightning
  if (!policies) {
    throw new PaymentNodeError('node.unsupported', 'This node has no routing policies.', {
      call: 'policies',
    })
  }
  const fees = await readChannelFees(context, identity, policies)
  return fees.map(({ channel, row, current, share, wanted }) => ({
    channelPoint: channel.channelPoint,
    channelId: channel.channelId,
    peer: channel.peer,
    ownership: (row?.ownership ?? 'observe') as ChannelOwnership,
    outboundShare: share ?? null,
    asked: askedFee(current),
    timeLockDelta: current.timeLockDeltaBlocks,
    wanted: wanted ? askedFee(wanted) : null,
  }))
}

function askedFee({ baseFeeMsat, feeRatePpm }: RoutingFee): AskedFee {
  return { base: new Amount(baseFeeMsat), rate: feeRatePpm }
}
