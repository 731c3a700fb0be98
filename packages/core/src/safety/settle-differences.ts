import type { Context, Identity, Leadership } from '../context.ts'
import { bookForeignPayment } from '../domain/ledger.ts'
import { bookUnexplained } from '../domain/proof-bookings.ts'
import { PaymentNodeError } from '../errors.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import type { PaymentUpdate } from '../ports/lightning-node.ts'
import type { Write } from '../ports/storage.ts'
import { acknowledgeLack } from '../proof/acknowledged-lack.ts'
import { record } from '../record.ts'
import { channels } from '../tables/channels.ts'
import { differences } from '../tables/comparison.ts'
import { cursors, safety } from '../tables/node.ts'
import { type RowOf, requireUnchanged, update } from '../tables/table.ts'
import type { DifferenceKind, DifferenceState } from './difference-view.ts'
import { paymentsCursor } from './payments-cursor.ts'
import { readSafety } from './require-not-halted.ts'

type DifferenceRow = RowOf<typeof differences>

const page = 500

/**
 * Books what the operator has accepted with `safety.resume()`, and what another program had in flight:
 * each difference once, in one change. Nothing while outgoing money is halted for it.
 */
export async function settleDifferences(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const guard = await readSafety(context, identity)
  if (guard.cause !== null) return
  let after: (string | number)[] | undefined
  while (!signal.aborted) {
    const rows = await context.storage.find(differences, {
      index: 'state',
      equals: [identity.publicKey, 'open'],
      limit: page,
      ...(after && { after }),
    })
    for (const row of rows) {
      const settled = await settle(context, identity, row, guard.reason, signal)
      if (settled) await store(context, identity, leadership, guard, row, settled)
    }
    const last = rows.at(-1)
    if (!last || rows.length < page) return
    after = [last.found_at, last.id]
  }
}

interface Settled {
  readonly state: DifferenceState
  readonly set?: Partial<Pick<DifferenceRow, 'amount_msat' | 'fee_msat' | 'payment_state'>>
  readonly writes: readonly Write[]
}

/** What ends the difference; undefined while its payment is in flight. */
async function settle(
  context: Context,
  identity: Identity,
  row: DifferenceRow,
  reason: string | null,
  signal: AbortSignal,
): Promise<Settled | undefined> {
  switch (row.kind as DifferenceKind) {
    case 'unknown-payment':
      return settlePayment(context, identity, row, signal)
    case 'payments-missing':
      return { state: 'accepted', writes: await lowerCursor(context, identity, row) }
    case 'channel-older':
      return { state: 'accepted', writes: await lowerCount(context, identity, row) }
    case 'value-missing':
      return {
        state: 'booked',
        writes: postTransaction(
          context,
          identity,
          bookUnexplained(row.id, -(row.amount_msat ?? 0n), `acknowledged: ${reason ?? ''}`),
        ),
      }
    case 'insolvent':
      return {
        state: 'accepted',
        writes: await acknowledgeLack(context, identity, row.amount_msat ?? 0n),
      }
    default:
      return { state: 'accepted', writes: [] }
  }
}

async function settlePayment(
  context: Context,
  identity: Identity,
  row: DifferenceRow,
  signal: AbortSignal,
): Promise<Settled | undefined> {
  if (row.payment_state === 'succeeded') {
    return booked(context, identity, row, row.amount_msat ?? 0n, row.fee_msat ?? 0n)
  }
  const seen = await lookUp(context, row.payment_hash ?? '', signal)
  // Tried again under another index: that one is found by itself.
  if (!seen || Number(seen.index) !== row.shown) return { state: 'dropped', writes: [] }
  if (seen.state === 'in-flight') return undefined
  if (seen.state === 'failed') return { state: 'dropped', writes: [] }
  return booked(context, identity, row, seen.amountMsat, seen.feeMsat)
}

function booked(
  context: Context,
  identity: Identity,
  row: DifferenceRow,
  amountMsat: bigint,
  feeMsat: bigint,
): Settled {
  const transaction = bookForeignPayment(row.payment_hash ?? '', amountMsat, feeMsat)
  return {
    state: 'booked',
    set: { amount_msat: amountMsat, fee_msat: feeMsat, payment_state: 'succeeded' },
    writes: postTransaction(context, identity, transaction),
  }
}

/** Undefined when LND does not know it any more. */
async function lookUp(
  context: Context,
  paymentHash: string,
  signal: AbortSignal,
): Promise<PaymentUpdate | undefined> {
  const ending = new AbortController()
  try {
    const following = AbortSignal.any([signal, ending.signal])
    for await (const update of context.lightning.trackPayment(paymentHash, following)) return update
    throw new PaymentNodeError('node.unavailable', 'LND did not say how a payment is.', {
      reason: 'unreachable',
      outcome: 'none',
    })
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.payment-not-found')) return undefined
    throw error
  } finally {
    ending.abort()
  }
}

/** From here on LND's history is read again as it is. */
async function lowerCursor(
  context: Context,
  { publicKey }: Identity,
  { shown }: DifferenceRow,
): Promise<Write[]> {
  const row = await context.storage.get(cursors, [publicKey, paymentsCursor])
  if (!row || shown === null || row.position <= shown) return []
  return [update(cursors, row, { position: shown })]
}

async function lowerCount(
  context: Context,
  { publicKey }: Identity,
  { shown, channel_point }: DifferenceRow,
): Promise<Write[]> {
  const row = await context.storage.get(channels, [publicKey, channel_point ?? ''])
  if (!row || shown === null || row.update_count <= shown) return []
  return [update(channels, row, { update_count: shown })]
}

async function store(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  guard: RowOf<typeof safety>,
  row: DifferenceRow,
  { state, set, writes }: Settled,
): Promise<void> {
  const ended = update(differences, row, { ...set, state, ended_at: context.clock.now() })
  const guarded = requireUnchanged(safety, guard)
  const isApplied = async (): Promise<boolean> =>
    (await context.storage.get(differences, [identity.publicKey, row.id]))?.state === state
  const commit = (all: readonly Write[]) =>
    record(context, { writes: [...all], fence: leadership.fence }, isApplied)
  const refused = await commit([ended, guarded, ...writes])
  // Booked before under another index of the same payment. Anything else is looked at again next time.
  if (refused?.reason === 'duplicate') await commit([ended, guarded])
}
