import type { Context, Identity, Leadership } from '../context.ts'
import { decideOpening, type OpeningEvidence, type OpeningState } from '../domain/opening.ts'
import { type ErrorCode, PaymentNodeError } from '../errors.ts'
import { findMark } from '../peers/mark-peer.ts'
import type { OpenerRefusal } from '../ports/node-channels.ts'
import { isCompared, whenCompared } from '../safety/compared.ts'
import { writeCounterOutside } from '../safety/count-intent.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import { channelIntents } from '../tables/channel-intents.ts'
import type { RowOf } from '../tables/table.ts'
import { careForFunding } from './care-for-funding.ts'
import {
  markAbandoned,
  markCalled,
  markFailed,
  markOpen,
  markOpeningWaits,
  markPending,
  markStuck,
} from './mark-opening.ts'
import { requireOpener } from './read-money.ts'
import { openingMemo } from './recognize-opening.ts'
import { type FoundOpening, searchOpening } from './search-opening.ts'

type Intent = RowOf<typeof channelIntents>

/** What was seen, with the words of a refusal. */
interface Seen extends FoundOpening {
  readonly says?: string
  /** Of an error that is not LND being away. */
  readonly code?: ErrorCode
}

/**
 * Takes an opening as far as it goes now. Every step is decided from what is stored and what LND shows,
 * recorded, and only then done, so that it may be called again after any crash, any number of times.
 * Returns when there is nothing to do before LND shows something else.
 */
export async function pursueOpening(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const nothing: Seen = { evidence: { kind: 'none' } }
  let seen = nothing
  while (!signal.aborted) {
    const intent = await context.storage.get(channelIntents, [id])
    if (!intent) return
    // Before the comparison with LND nothing tells a new intent from one of an old copy of the books.
    if (!(await whenCompared(context, leadership, signal))) return
    const guard = await readSafety(context, identity)
    const action = decideOpening(
      {
        state: intent.state as OpeningState,
        calls: intent.calls,
        isHalted: guard.is_halted,
        isBlacklisted: (await findMark(context, identity, intent.peer))?.state === 'blacklisted',
      },
      seen.evidence,
    )
    switch (action.do) {
      case 'nothing':
        return
      case 'connect':
        seen = await connect(context, intent, signal)
        break
      case 'call':
        if (!mayCall(context, leadership, signal)) return
        if (await markCalled(context, identity, intent, guard, leadership)) seen = nothing
        else if (await hadToWait(context, identity, leadership, id, signal)) seen = nothing
        else seen = await call(context, leadership, intent, signal)
        break
      case 'search':
        seen = await search(context, intent)
        break
      case 'book-pending':
        await markPending(context, identity, intent, leadership, seen.channelPoint!)
        seen = nothing
        break
      case 'book-open':
        await bookOpen(context, identity, leadership, intent, seen.channelPoint!)
        return
      case 'book-failed':
        await markFailed(context, identity, intent, leadership, action.because, saysOf(seen))
        return
      case 'book-abandoned':
        await markAbandoned(context, identity, intent, leadership, { says: saysOf(seen) })
        return
      case 'wait':
        if (action.because === 'unconfirmed') {
          return careForFunding(context, identity, leadership, intent)
        }
        await waitFor(context, identity, leadership, intent, seen, action.because)
        return
    }
  }
}

/** Says why nothing happens; what waits for coins that others hold does not hold up the next open for ever. */
async function waitFor(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  intent: Intent,
  seen: Seen,
  because: 'silence' | 'coins-locked',
): Promise<void> {
  const waited = (context.live.info?.blockHeight ?? 0) - intent.since_height
  if (because === 'coins-locked' && waited >= context.settings.channels.stuckAfter) {
    if (intent.reason !== 'stuck-coins') {
      await markStuck(context, identity, intent, leadership, 'stuck-coins')
    }
    return
  }
  // LND going away is told by the connection.
  const reason = because === 'silence' ? seen.code : because
  if (reason === undefined || reason === intent.reason) return
  context.logger.warn('an opening waits', { opening: intent.id, reason, says: seen.says })
  await markOpeningWaits(context, identity, intent, leadership, reason)
}

/** Not while another LND may answer, nor on a lease that may be somebody else's by now. */
function mayCall(context: Context, leadership: Leadership, signal: AbortSignal): boolean {
  return (
    !signal.aborted &&
    context.live.state === 'ready' &&
    leadership.isFresh() &&
    isCompared(context, leadership)
  )
}

/**
 * Money rule 15: the intent reaches the counter outside before LND hears of it; until then it waits and
 * says so. Answers whether it had to: then it is decided anew, for much may have changed meanwhile.
 */
async function hadToWait(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  id: string,
  signal: AbortSignal,
): Promise<boolean> {
  for (let tries = 1; !signal.aborted; tries++) {
    try {
      await writeCounterOutside(context, identity)
      return tries > 1
    } catch (error) {
      context.logger.error('the intent counter cannot be written; nothing is opened until it can', {
        opening: id,
        error: error instanceof Error ? error.message : String(error),
      })
    }
    const intent = await context.storage.get(channelIntents, [id])
    if (intent && intent.reason !== 'counter-unreachable') {
      await markOpeningWaits(context, identity, intent, leadership, 'counter-unreachable')
    }
    await context.clock.sleep(1000, signal)
  }
  return true
}

async function connect(context: Context, intent: Intent, signal: AbortSignal): Promise<Seen> {
  try {
    await requireOpener(context).opener.connect(intent.peer, intent.address, signal)
    return { evidence: { kind: 'connected' } }
  } catch (error) {
    if (isNotAllowed(error)) return { evidence: { kind: 'not-allowed' }, says: error.message }
    if (!PaymentNodeError.is(error, 'node.refused')) return silence(error)
    return { evidence: { kind: 'unreachable' }, says: error.message }
  }
}

async function call(
  context: Context,
  leadership: Leadership,
  intent: Intent,
  signal: AbortSignal,
): Promise<Seen> {
  // Money rule 14: checked directly before the call, which the chosen coins dedupe all the same.
  if (!mayCall(context, leadership, signal)) return { evidence: { kind: 'silence' } }
  try {
    const { channelPoint } = await requireOpener(context).opener.open(
      {
        peer: intent.peer,
        capacitySat: intent.capacity_msat / 1000n,
        satPerVbyte: intent.sat_per_vbyte,
        outpoints: intent.outpoints as string[],
        memo: openingMemo(intent.id),
        isPrivate: intent.is_private,
      },
      signal,
    )
    return { evidence: { kind: 'pending' }, channelPoint }
  } catch (error) {
    if (isNotAllowed(error)) return afterRefusal(context, intent, error, 'not-allowed')
    if (!PaymentNodeError.is(error, 'node.refused')) return silence(error)
    return afterRefusal(context, intent, error, error.details.reason as OpenerRefusal)
  }
}

/** LND may refuse a call and have the channel all the same: of an earlier call. */
async function afterRefusal(
  context: Context,
  intent: Intent,
  refusal: PaymentNodeError,
  reason: OpenerRefusal | 'not-allowed',
): Promise<Seen> {
  const found = await search(context, intent)
  if (found.evidence.kind !== 'absent') return found
  const evidence: OpeningEvidence = {
    kind: 'refused',
    reason,
    coins: found.evidence.coins,
  }
  return { evidence, says: refusal.message }
}

async function search(context: Context, intent: Intent): Promise<Seen> {
  try {
    return await searchOpening(context, intent)
  } catch (error) {
    return silence(error)
  }
}

/** LND has looked at the credentials, or has no such call: nothing happened. */
function isNotAllowed(error: unknown): error is PaymentNodeError {
  return (
    PaymentNodeError.is(error, 'node.macaroon-rejected') ||
    PaymentNodeError.is(error, 'node.unsupported')
  )
}

/** Without an answer nothing is concluded. What is no error of LND is a mistake, and is thrown. */
function silence(error: unknown): Seen {
  if (!PaymentNodeError.is(error)) throw error
  const isAway = PaymentNodeError.is(error, 'node.unavailable')
  return {
    evidence: { kind: 'silence' },
    says: error.message,
    ...(!isAway && { code: error.code }),
  }
}

async function bookOpen(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  intent: Intent,
  channelPoint: string,
): Promise<void> {
  const [funding] = channelPoint.split(':')
  const from = Math.max(0, intent.since_height - 100)
  const transactions = await requireOpener(context).onchain.transactions(from)
  const own = transactions.find(({ transactionId }) => transactionId === funding)
  const feeMsat = own && own.feeSat * 1000n
  await markOpen(context, identity, intent, leadership, channelPoint, feeMsat)
}

function saysOf({ says, evidence }: Seen): string {
  return says ?? `LND shows: ${evidence.kind}.`
}
