import type { Context, Identity, Leadership } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import type { LiquidityOption } from '../domain/liquidity-options.ts'
import type { LiquidityPlan } from '../domain/liquidity-policy.ts'
import { PaymentNodeError } from '../errors.ts'
import { payAutomatically } from '../payouts/pay-automatically.ts'
import { record } from '../record.ts'
import { requireNotHalted } from '../safety/require-not-halted.ts'
import { requestSwap } from '../swaps/request-swap.ts'
import { liquidityRuns } from '../tables/liquidity.ts'
import { partners } from '../tables/partners.ts'
import { type Fields, update } from '../tables/table.ts'
import { closeChannel } from './close-channel.ts'
import type { RunDetails } from './run-row.ts'
import type { RunOutcome } from './run-view.ts'

type Run = Fields<typeof liquidityRuns>

/**
 * Starts what a run has decided, one action after the other; each is an intent of its own (a swap, a payout)
 * with a key that derives from the run, so that nothing is started twice for it. What is refused is written
 * down, and decided anew at the next look.
 */
export async function actOnRun(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  run: Run,
  plan: LiquidityPlan,
): Promise<void> {
  const outcomes: RunOutcome[] = []
  for (const [number, option] of plan.actions.entries()) {
    if (!leadership.isFresh()) return
    outcomes.push(await actOn(context, identity, leadership, run, number, option, plan.outOf))
  }
  const stored = await context.storage.get(liquidityRuns, [run.id])
  if (!stored) return
  const details = stored.details as RunDetails
  const actions = details.actions.map((action, at) => ({
    ...action,
    outcome: outcomes[at] ?? null,
  }))
  const writes = [update(liquidityRuns, stored, { details: { ...details, actions } })]
  // Only for people: what was started says itself which run it follows from.
  await record(context, { writes, fence: leadership.fence }, async () => true)
}

async function actOn(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  run: Run,
  number: number,
  option: LiquidityOption,
  outOf: readonly string[],
): Promise<RunOutcome> {
  try {
    if (option.lever === 'pay-partner') return await payPartner(context, identity, option.subject)
    if (option.lever === 'swap')
      return await swap(context, leadership.fence, run, number, option, outOf)
    if (option.lever === 'pay-partner-through-swap')
      return await payThroughSwap(context, identity, leadership.fence, run, number, option, outOf)
    if (option.lever === 'close')
      return await closeChannel(context, identity, leadership, run, option)
    return {
      did: 'nothing',
      reason: 'left-to-operator',
      says: `${option.lever} is left to the operator`,
    }
  } catch (error) {
    if (!PaymentNodeError.is(error)) throw error
    return { did: 'nothing', reason: error.code, says: error.message }
  }
}

async function payPartner(
  context: Context,
  identity: Identity,
  partner: string,
): Promise<RunOutcome> {
  await requireNotHalted(context, identity)
  const row = await context.storage.get(partners, [identity.publicKey, partner])
  // Changed since: the next look sees it.
  if (row?.has_automatic_payouts !== true) return nothing('no-automatic-payouts')
  const paid = await payAutomatically(context, identity, row)
  if (!paid) return nothing('below-minimum')
  return 'says' in paid
    ? { did: 'nothing', reason: paid.reason, says: paid.says }
    : { did: 'payout', payout: paid.id }
}

async function swap(
  context: Context,
  fence: Leadership['fence'],
  run: Run,
  number: number,
  { amountMsat, offer }: LiquidityOption,
  outOf: readonly string[],
  payout?: string,
): Promise<RunOutcome> {
  const { mode } = context.settings.liquidity
  // Switched off meanwhile.
  if (mode !== 'act' || !offer) return nothing('mode')
  const { acceptablePpm, ceilingPpm } = context.settings.liquidity
  const expectedPpm = BigInt(run.urgency === 'low' ? acceptablePpm : ceilingPpm)
  // What a payout saves elsewhere is in the option's price, and not in the swap's: there the cap of all swaps decides.
  const limits =
    payout === undefined
      ? { expectedPpm, maximumPpm: BigInt(ceilingPpm) }
      : { maximumPpm: context.settings.swapping.maximumPpm }
  const providers = [offer.provider]
  const swaps = await requestSwap(context, {
    source: 'autopilot',
    decision: run.id,
    amount: new Amount(amountMsat),
    urgency: run.urgency === 'low' ? 'low' : 'urgent',
    outgoingChannels: outOf,
    limits,
    ...(payout !== undefined && { payout }),
    providers,
    idempotencyKey: `autopilot/${run.id}/${number}`,
    written: JSON.stringify({ run: run.id, number, amount: String(amountMsat), providers, payout }),
    fence,
  })
  const ids = swaps.map(({ id }) => id)
  return { did: 'swap', swaps: ids, ...(payout !== undefined && { payout }) }
}

/**
 * The partner's payout is bound to the swap in the change that stores the swap. An automatic one is asked for first,
 * as its schedule would; when its swap is refused it waits in the queue like any other.
 */
async function payThroughSwap(
  context: Context,
  identity: Identity,
  fence: Leadership['fence'],
  run: Run,
  number: number,
  option: LiquidityOption,
  outOf: readonly string[],
): Promise<RunOutcome> {
  if (context.settings.liquidity.mode !== 'act') return nothing('mode')
  const asked =
    option.payout === null
      ? await payPartner(context, identity, option.subject)
      : ({ did: 'payout', payout: option.payout } as const)
  if (asked.did !== 'payout') return asked
  return swap(context, fence, run, number, option, outOf, asked.payout)
}

function nothing(reason: string): RunOutcome {
  return { did: 'nothing', reason, says: '' }
}
