import { closingView } from '../channels/closing-view.ts'
import { currentChannels } from '../channels/current-channels.ts'
import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import { worstCloseFeeMsat } from '../domain/liquidity-close.ts'
import type { LiquidityOption } from '../domain/liquidity-options.ts'
import { newEvent } from '../events/new-event.ts'
import { judgeFeerate } from '../fees/judge-feerate.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { requireNotHalted } from '../safety/require-not-halted.ts'
import { closeIntents } from '../tables/channel-intents.ts'
import { channels } from '../tables/channels.ts'
import { autopilots, type liquidityRuns } from '../tables/liquidity.ts'
import { safety } from '../tables/node.ts'
import { type Fields, insert, requireUnchanged } from '../tables/table.ts'
import { readAutopilot } from './autopilot-row.ts'
import { budgetPeriod, chargeBudget } from './charge-budget.ts'
import { type ClosableChannel, readClosable } from './read-closable.ts'
import type { RunOutcome } from './run-view.ts'

/** Milliseconds: how old the channels may be, since money follows. */
const fresh = 1000

/**
 * Writes down, as the operator would, that a channel shall be closed; the worker of closes does it. The intent is
 * the channel's own, so that nothing closes twice. Everything that allows it is looked at again: a policy of the
 * host cannot close what is needed, and a pause, a halt or a new owner in between refuses the change.
 */
export async function closeChannel(
  context: Context,
  identity: Identity,
  { fence }: Pick<Leadership, 'fence'>,
  run: Pick<Fields<typeof liquidityRuns>, 'id'>,
  { subject: point, worstMsat }: Pick<LiquidityOption, 'subject' | 'worstMsat'>,
): Promise<RunOutcome> {
  const { storage, settings } = context
  const key = [identity.publicKey, point]
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const guard = await requireNotHalted(context, identity)
    const pilot = await readAutopilot(context, identity)
    if (settings.liquidity.mode !== 'act') return nothing('mode')
    if (!pilot || pilot.is_paused) return nothing('paused')
    const { feerate } = await judgeFeerate(context, { quick: false })
    if (!(feerate <= settings.fees.hardCeiling)) return nothing('feerate-above-ceiling')
    const closable = await readClosable(
      context,
      identity,
      await currentChannels(context, fresh),
      feerate,
    )
    const found = closable.get(point)
    if (!found) return nothing('channel-needed')
    if (found.row.no_close_before !== null && found.row.no_close_before > context.clock.now()) {
      return nothing('obligation')
    }
    const worst = worstCloseFeeMsat(found.feeMsat)
    if (worst > worstMsat) return nothing('price-rose')
    const period = budgetPeriod(context.clock.now())
    const charge = await chargeBudget(context, identity, period, worst)
    if (charge.spentMsat + worst > charge.limitMsat) return nothing('budget-exhausted')
    const intent = intentOf(context, identity, run.id, found, worst, period)
    const change = {
      writes: [
        insert(closeIntents, intent),
        charge.write,
        requireUnchanged(safety, guard),
        requireUnchanged(autopilots, pilot),
        requireUnchanged(channels, found.row),
      ],
      events: [
        newEvent(context, identity, 'channel.close-intended', `channel/${point}`, {
          closing: closingView(intent),
        }),
      ],
      fence,
    }
    const isStored = async (): Promise<boolean> =>
      (await storage.get(closeIntents, key))?.decision === run.id
    if (await record(context, change, isStored)) continue
    context.live.wakeCloses()
    return { did: 'close', channelPoint: point }
  }
  throw tooContended('liquidity: close')
}

function intentOf(
  context: Context,
  identity: Identity,
  decision: string,
  { channel, satPerVbyte }: ClosableChannel,
  worst_cost_msat: bigint,
  budget_period: string,
): Fields<typeof closeIntents> {
  const now = context.clock.now()
  return {
    ...rowBase(identity),
    channel_point: channel.channelPoint,
    state: 'intended',
    reason: null,
    // Never by force: that locks the money for days.
    is_force: false,
    // The keeper wants as many channels as before.
    is_replaced: true,
    sat_per_vbyte: satPerVbyte,
    says: `The autopilot: everything is on our side, see liquidity.explain('${decision}').`,
    closing_transaction: null,
    created_at: now,
    updated_at: now,
    decision,
    worst_cost_msat,
    budget_period,
  }
}

function nothing(reason: string): RunOutcome {
  return { did: 'nothing', reason, says: '' }
}
