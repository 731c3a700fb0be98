import { PaymentNodeError } from '../../errors.ts'
import type {
  DelegatedCheck,
  DelegatedSwap,
  DelegatedSwapProvider,
} from '../../ports/swap-provider.ts'
import { countIntent, writeCounterOutside } from '../../safety/count-intent.ts'
import { readSafety } from '../../safety/require-not-halted.ts'
import { safety } from '../../tables/node.ts'
import { swapProviders, swaps } from '../../tables/swaps.ts'
import { requireUnchanged } from '../../tables/table.ts'
import type { Pursuit } from '../../transactions/mark-transaction.ts'
import { mayAct } from '../../transactions/may-act.ts'
import { returnAll } from '../charge-withdrawal.ts'
import { type NotedOutcome, noteOutcome } from '../provider-health.ts'
import { readQuote } from '../stored-quote.ts'
import { type DelegatedEnding, type DelegatedRow, markDelegated } from './mark-delegated.ts'
import { writeStart } from './stored-start.ts'

/** Milliseconds after which a price is not taken any more. */
const outdatedAfter = 15 * 60_000

/** Milliseconds that the server may wait for a cheaper batch. */
const patience = 30 * 60_000

/** Milliseconds that a daemon gets to start a swap, whatever its own deadlines are. */
const startWithin = 120_000

/**
 * Starts a swap that was never asked for: is the daemon alive and on our network, then the intent, then the call. Once
 * the intent is stored it is never asked for again, unless the call says that nothing was started. Answers the daemon's
 * report when it has one.
 */
export async function startDelegated(
  pursuit: Pursuit,
  row: DelegatedRow,
  provider: DelegatedSwapProvider,
): Promise<DelegatedSwap | undefined> {
  const { context, identity, leadership, signal } = pursuit
  const { clock, lightning, logger } = context
  if (clock.now() - row.created_at > outdatedAfter) {
    await endUnstarted(pursuit, row, { reason: 'outdated' })
    return undefined
  }
  // Its coins would have to be told from others' by the payout: nobody can, the daemon names no transaction.
  if (row.destination_kind === 'payout') {
    await endUnstarted(pursuit, row, { reason: 'no-direct-payout' })
    return undefined
  }
  // What a daemon loses, it loses again with the next swap.
  const { publicKey } = identity
  const health = await context.storage.get(swapProviders, [publicKey, row.provider])
  if ((health?.disabled_reason ?? null) !== null) {
    await endUnstarted(pursuit, row, { reason: 'provider-disabled' })
    return undefined
  }
  const guard = await readSafety(context, identity)
  if (guard.is_halted) return say(pursuit, row, 'halted')
  if (!mayAct(pursuit)) return undefined
  const check = await checkDaemon(pursuit, row, provider)
  if (!check) return undefined
  const publicationDeadline = await choosePublication(pursuit, row, provider)
  const { paymentIndex } = await lightning.highWater(signal)
  const intended = await markDelegated(pursuit, row, {
    set: {
      reason: null,
      asked_at: clock.now(),
      epoch: leadership.epoch,
      calls: row.calls + 1,
      verified: writeStart({ after: paymentIndex, check }),
    },
    writes: [
      countIntent(identity),
      requireUnchanged(safety, guard),
      ...(health ? [requireUnchanged(swapProviders, health)] : []),
    ],
  })
  if (intended) return undefined
  const asked = await context.storage.get(swaps, [row.id])
  if (!asked) return undefined
  try {
    await writeCounterOutside(context, identity)
  } catch (error) {
    await takeBack(pursuit, asked, 'counter-unwritable')
    throw error
  }
  if (!mayAct(pursuit)) {
    await takeBack(pursuit, asked, null)
    return undefined
  }
  try {
    return await withinTime(pursuit, (ended) =>
      provider.start(
        {
          label: row.id,
          amountSat: row.amount_msat / 1000n,
          ...(row.destination !== '' && { destination: row.destination }),
          outgoingChannels: row.outgoing_channels as readonly string[],
          maximumServiceSat: row.service_limit_msat / 1000n,
          // A sweep that is not made for its price costs the prepayment, so it may cost as much.
          maximumMinerSat: (row.claim_limit_msat + row.prepay_limit_msat) / 1000n,
          maximumPrepaySat: row.prepay_limit_msat / 1000n,
          maximumRoutingSat: row.routing_limit_msat / 1000n,
          publicationDeadline,
        },
        ended,
      ),
    )
  } catch (error) {
    logger.warn('a daemon did not start a swap', { swap: row.id, error: String(error) })
    await noteRefusal(pursuit, asked, error)
    return undefined
  }
}

async function noteRefusal(pursuit: Pursuit, row: DelegatedRow, error: unknown): Promise<void> {
  const says = error instanceof Error ? error.message : String(error)
  if (PaymentNodeError.is(error, 'swap.refused') && error.details.outcome === 'none') {
    const reason = `refused-${error.details.reason}`
    await endUnstarted(pursuit, row, { reason, outcome: 'refused', says })
  } else if (PaymentNodeError.is(error, 'input.invalid')) {
    await endUnstarted(pursuit, row, { reason: 'refused-other', outcome: 'refused', says })
  } else if (
    PaymentNodeError.is(error, 'swap.provider-failed') &&
    error.details.outcome === 'none'
  ) {
    await takeBack(pursuit, row, error.details.reason)
  } else {
    await say(pursuit, row, 'start-unknown')
  }
}

/** Whether it lives, on our network; undefined when it is not asked for anything now. */
async function checkDaemon(
  pursuit: Pursuit,
  row: DelegatedRow,
  provider: DelegatedSwapProvider,
): Promise<DelegatedCheck | undefined> {
  const { context, identity } = pursuit
  let check: DelegatedCheck
  try {
    check = await withinTime(pursuit, (ended) => provider.check(ended))
  } catch (error) {
    if (pursuit.signal.aborted) return undefined
    const isKnown = PaymentNodeError.is(error, 'swap.provider-failed')
    return say(pursuit, row, isKnown ? error.details.reason : 'unreachable')
  }
  if (check.network !== identity.network) {
    const says = `Its daemon is on ${check.network}, LND is on ${identity.network}.`
    await endUnstarted(pursuit, row, { reason: 'other-network', outcome: 'lied', says })
    return undefined
  }
  if (check.warnings.length > 0) {
    context.logger.warn('a swap daemon acts besides the payment node: switch its autoloop off', {
      provider: provider.name,
      warnings: check.warnings.join(', '),
    })
  }
  return check
}

/** Milliseconds since 1970. At once where it is urgent and not dearer than what was accepted. */
async function choosePublication(
  pursuit: Pursuit,
  row: DelegatedRow,
  provider: DelegatedSwapProvider,
): Promise<number> {
  const now = pursuit.context.clock.now()
  if (row.urgency !== 'urgent') return now + patience
  const amountSat = readQuote(row.quote).amountSat
  try {
    const quote = await withinTime(pursuit, (ended) => provider.quote(amountSat, ended, now))
    const isWithin =
      quote.serviceSat * 1000n <= row.service_limit_msat &&
      quote.prepayAtRiskSat * 1000n <= row.prepay_limit_msat
    return isWithin ? now : now + patience
  } catch {
    return now + patience
  }
}

/** For certain nothing was started: it may be asked for again. */
async function takeBack(pursuit: Pursuit, row: DelegatedRow, reason: string | null): Promise<void> {
  await markDelegated(pursuit, row, { set: { asked_at: null, reason } })
}

/** Nothing was started: its place and its budget are given back. */
export async function endUnstarted(
  pursuit: DelegatedEnding,
  row: DelegatedRow,
  {
    reason,
    outcome,
    says,
  }: Pick<NotedOutcome, 'reason' | 'says'> & { readonly outcome?: NotedOutcome['outcome'] },
): Promise<void> {
  const { context, identity } = pursuit
  const { provider } = row
  const noted = outcome
    ? await noteOutcome(context, identity, { provider, outcome, reason, ...(says && { says }) })
    : { writes: [], events: [] }
  await markDelegated(pursuit, row, {
    fact: 'not-started',
    set: {
      reason,
      ...(says !== undefined && { evidence: { says: says.slice(0, 500) } }),
      ended_at: context.clock.now(),
    },
    writes: [...returnAll(identity, row), ...noted.writes],
    event: 'swap.failed',
    events: noted.events,
  })
}

/** Why it waits, for people. */
async function say(pursuit: Pursuit, row: DelegatedRow, reason: string): Promise<undefined> {
  if (row.reason !== reason) await markDelegated(pursuit, row, { set: { reason } })
  return undefined
}

/** Throws an unknown outcome when the daemon takes longer than anybody should. */
export async function withinTime<T>(
  { context, signal }: Pursuit,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  const late = context.clock.sleep(startWithin, ended).then(() => {
    throw new Error('the daemon did not answer in time')
  })
  late.catch(() => undefined)
  try {
    return await Promise.race([ask(ended), late])
  } finally {
    ending.abort()
  }
}
