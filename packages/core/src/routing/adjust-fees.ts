import { type Context, type Identity, type Leadership, newId, rowBase } from '../context.ts'
import { isSameFee, type RoutingFee } from '../domain/routing-policy.ts'
import { PaymentNodeError } from '../errors.ts'
import type { RoutingPolicies } from '../ports/node-channels.ts'
import { LostLeadership, record } from '../record.ts'
import { decisions } from '../tables/keeper.ts'
import { insert, type RowOf } from '../tables/table.ts'
import { type ChannelFee, readChannelFees } from './channel-fees.ts'

const lever = 'routing'
const page = 1000

/**
 * Compares what our channels ask with what the rule says, and changes it: the decision is written down first.
 * A channel whose fees were decided on within `routing.quietPeriod` is left alone, also when LND did not
 * take them then. What others opened is never touched.
 */
export async function adjustFees(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  policies: RoutingPolicies,
  signal: AbortSignal,
): Promise<void> {
  const { mode, quietPeriod } = context.settings.routing
  if (mode === 'observe') return
  const quiet = await decidedSince(context, identity, context.clock.now() - quietPeriod)
  for (const fee of await readChannelFees(context, identity, policies, signal)) {
    const { row, current, wanted, channel } = fee
    if (row?.ownership !== 'ours' || wanted === undefined || isSameFee(wanted, current)) continue
    if (quiet.has(channel.channelPoint)) continue
    await decide(context, identity, leadership, fee, wanted)
    if (mode !== 'act') continue
    if (signal.aborted) return
    if (!leadership.isFresh()) throw new LostLeadership()
    await write(context, policies, fee, wanted, signal)
  }
}

/** Channel points with a decision after a moment (milliseconds since 1970). */
async function decidedSince(
  context: Context,
  { publicKey }: Identity,
  since: number,
): Promise<Set<string>> {
  const found = new Set<string>()
  let after: (string | number)[] | undefined
  for (;;) {
    const rows: RowOf<typeof decisions>[] = await context.storage.find(decisions, {
      index: 'decided',
      equals: [publicKey, lever],
      upTo: since,
      descending: true,
      limit: page,
      ...(after && { after }),
    })
    for (const { details } of rows) {
      found.add((details as { readonly channelPoint: string }).channelPoint)
    }
    if (rows.length < page) return found
    after = [rows.at(-1)!.decided_at, rows.at(-1)!.id]
  }
}

async function decide(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  { channel, current, share }: ChannelFee,
  wanted: RoutingFee,
): Promise<void> {
  const id = newId(context)
  const row = insert(decisions, {
    ...rowBase(identity),
    id,
    lever,
    mode: context.settings.routing.mode,
    verdict: 'set-fee',
    reason: 'outbound-share',
    peer: channel.peer,
    capacity_msat: channel.capacityMsat,
    cost_msat: 0n,
    details: {
      channelPoint: channel.channelPoint,
      outboundShare: share,
      from: { baseMsat: Number(current.baseFeeMsat), rate: current.feeRatePpm },
      to: { baseMsat: Number(wanted.baseFeeMsat), rate: wanted.feeRatePpm },
    },
    intent: null,
    decided_at: context.clock.now(),
  })
  await record(context, { writes: [row], fence: leadership.fence }, async () => {
    return (await context.storage.get(decisions, [id])) !== undefined
  })
}

/** LND replaces all values, so the time lock goes with them. What it does not take is tried again later. */
async function write(
  context: Context,
  policies: RoutingPolicies,
  { current }: ChannelFee,
  wanted: RoutingFee,
  signal: AbortSignal,
): Promise<void> {
  try {
    await policies.write({ ...current, ...wanted }, signal)
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.refused')) throw error
    context.logger.warn('LND did not take the routing fees of a channel, they are tried later', {
      channelPoint: current.channelPoint,
      says: error.message,
    })
  }
}
