import type { Context, Identity, Leadership } from '../context.ts'
import {
  type ClosingAction,
  type ClosingEvidence,
  type ClosingState,
  decideClosing,
} from '../domain/closing.ts'
import { PaymentNodeError } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import { isUnsent, lookAtCloseAnew } from '../liquidity/look-at-close-anew.ts'
import type { NodeChannel } from '../ports/lightning-node.ts'
import type { OpenerRefusal } from '../ports/node-channels.ts'
import type { Refused } from '../ports/storage.ts'
import { LostLeadership, record } from '../record.ts'
import { isCompared, whenCompared } from '../safety/compared.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import { closeIntents } from '../tables/channel-intents.ts'
import { channels } from '../tables/channels.ts'
import { type RowOf, update } from '../tables/table.ts'
import { closingView } from './closing-view.ts'
import { returnCloseCharge } from './return-close-charge.ts'

type IntentRow = RowOf<typeof closeIntents>

type OpenEvidence = Extract<ClosingEvidence, { kind: 'open' }> & { readonly channel: NodeChannel }

/** Ended, or to be looked at again after so many milliseconds. */
export type ClosePursuit =
  | { readonly ended: true }
  | { readonly ended: false; readonly after: number }

/** Milliseconds: before LND is asked again what it refused, and before the books are looked at again. */
const retryAfter = 30_000
const lookAfter = 5_000

/**
 * Takes one close a step further. Every step may be repeated: what is closing already is success, and a
 * lost reply is found in LND's lists.
 */
export async function pursueClose(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  channelPoint: string,
  signal: AbortSignal,
): Promise<ClosePursuit> {
  const key = [identity.publicKey, channelPoint]
  const row = await context.storage.get(closeIntents, key)
  if (!row) return { ended: true }
  const known = await context.storage.get(channels, key)
  // The books follow LND's lists by themselves; LND is asked again only where something is to be done.
  const isPublished = row.state === 'closing' && row.closing_transaction !== null
  if (isPublished && known?.state === 'closing') return { ended: false, after: lookAfter }
  // Before the kill switch is read: the comparison may set it (money rule 15).
  if (!(await whenCompared(context, leadership, signal))) return { ended: false, after: lookAfter }
  const { is_halted, cause } = await readSafety(context, identity)
  const situation = {
    state: row.state as ClosingState,
    isForce: row.is_force,
    isNodeBehind: is_halted && cause === 'node-behind',
  }
  const evidence =
    known?.state === 'closed'
      ? ({ kind: 'closed' } as const)
      : await lookUp(context, row, known, signal)
  const action = decideClosing(situation, evidence)
  if (action.do !== 'call') return book(context, identity, leadership, row, action)
  if (evidence.kind === 'open') {
    const because = await lookAtCloseAnew(context, identity, row, known, evidence.channel)
    if (because) {
      const stop = because === 'channel-needed' ? 'book-refused' : 'wait'
      return book(context, identity, leadership, row, { do: stop, because } as ClosingAction)
    }
  }
  const next = await markSent(context, identity, leadership, row)
  if (!next) return { ended: false, after: lookAfter }
  // Directly before the call (money rule 14); LND takes a second call for success.
  if (!leadership.isFresh()) throw new LostLeadership()
  // LND broke off since the look: it may be another state of itself that would be published.
  if (!isCompared(context, leadership)) return { ended: false, after: lookAfter }
  const answer = await call(context, next, known !== undefined, signal)
  return book(context, identity, leadership, next, decideClosing(situation, answer))
}

/**
 * From here on it may be with LND, whatever becomes of this process: what it was refused for before says no longer
 * that it is not. Undefined: the operator has asked for something else meanwhile.
 */
async function markSent(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  row: IntentRow,
): Promise<IntentRow | undefined> {
  if (!isUnsent(row)) return row
  const set = { reason: null }
  if (await write(context, identity, leadership, row, set)) return undefined
  return { ...row, ...set, revision: row.revision + 1 }
}

/** In this order, a channel that moves on meanwhile is seen at least once. */
async function lookUp(
  context: Context,
  row: IntentRow,
  known: RowOf<typeof channels> | undefined,
  signal: AbortSignal,
): Promise<Exclude<ClosingEvidence, { kind: 'open' }> | OpenEvidence> {
  const { lightning } = context
  const point = row.channel_point
  const open = (await lightning.listChannels(signal)).find((one) => one.channelPoint === point)
  if (open) {
    const isOlder = Number(open.updateCount) < (known?.update_count ?? 0)
    return { kind: 'open', isOlder, channel: open }
  }
  const pending = (await lightning.listPendingChannels(signal)).find(
    (one) => one.channelPoint === point,
  )
  if (pending?.state === 'opening') return { kind: 'opening' }
  if (pending) {
    const { closingTransaction: transaction } = pending
    return { kind: 'closing', ...(transaction !== undefined && { transaction }) }
  }
  const closed = await lightning.listClosedChannels(signal)
  if (closed.some((one) => one.channelPoint === point)) return { kind: 'closed' }
  return { kind: 'unlisted', isKnown: known !== undefined }
}

async function call(
  context: Context,
  row: IntentRow,
  isKnown: boolean,
  signal: AbortSignal,
): Promise<ClosingEvidence> {
  const { opener } = context.lightning
  if (!opener) return { kind: 'silence' }
  try {
    const { closingTransaction: transaction } = await opener.close(
      {
        channelPoint: row.channel_point,
        isForce: row.is_force,
        ...(!row.is_force && row.sat_per_vbyte > 0 && { satPerVbyte: row.sat_per_vbyte }),
      },
      signal,
    )
    return { kind: 'called', ...(transaction !== undefined && { transaction }) }
  } catch (error) {
    if (signal.aborted || !PaymentNodeError.is(error)) throw error
    const fields = { channelPoint: row.channel_point, says: error.message }
    context.logger.warn('LND did not close the channel', fields)
    if (!PaymentNodeError.is(error, 'node.refused')) return { kind: 'silence' }
    return { kind: 'refused', reason: error.details.reason as OpenerRefusal, isKnown }
  }
}

async function book(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  row: IntentRow,
  action: ClosingAction,
): Promise<ClosePursuit> {
  switch (action.do) {
    case 'call':
    case 'nothing':
      return { ended: action.do === 'nothing', after: retryAfter }
    case 'wait':
      await write(context, identity, leadership, row, { reason: action.because })
      return { ended: false, after: row.state === 'closing' ? lookAfter : retryAfter }
    case 'book-closing':
      await write(context, identity, leadership, row, {
        state: 'closing',
        reason: null,
        closing_transaction: action.transaction ?? row.closing_transaction,
      })
      return { ended: false, after: lookAfter }
    case 'book-closed':
      await write(context, identity, leadership, row, { state: 'closed', reason: null })
      return { ended: true }
    case 'book-refused':
      await write(context, identity, leadership, row, { state: 'refused', reason: action.because })
      return { ended: true }
  }
}

async function write(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  row: IntentRow,
  set: Partial<Pick<IntentRow, 'state' | 'reason' | 'closing_transaction'>>,
): Promise<Refused | undefined> {
  const next = { ...row, ...set, updated_at: context.clock.now() }
  const isSame =
    next.state === row.state &&
    next.reason === row.reason &&
    next.closing_transaction === row.closing_transaction
  if (isSame) return undefined
  const subject = `channel/${row.channel_point}`
  const closing = closingView(next)
  const isRefused = next.state === 'refused'
  const writes = [
    update(closeIntents, row, {
      ...set,
      updated_at: next.updated_at,
      // It costs nothing.
      ...(isRefused && { worst_cost_msat: null }),
    }),
    ...(isRefused ? returnCloseCharge(identity, row, 0n) : []),
  ]
  const change = {
    writes,
    events: isRefused
      ? [newEvent(context, identity, 'channel.close-refused', subject, { closing })]
      : [],
    fence: leadership.fence,
  }
  // The next look finds the same again; refused `stale`: the operator has asked for something else.
  return record(context, change, async () => true)
}
