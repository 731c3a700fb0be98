import { type Context, type Identity, identityOf, rowBase } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import { readBoolean, readInteger, readObject, readText } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import { closeIntents } from '../tables/channel-intents.ts'
import { channels } from '../tables/channels.ts'
import { type Fields, insert, type RowOf, update } from '../tables/table.ts'
import { type ChannelClosing, closingView } from './closing-view.ts'
import { readChannelPoint } from './read-channel-point.ts'

/** How the operator wants a channel closed. */
export interface CloseInput {
  /** Why; kept with the close. */
  readonly reason: string
  /** Publish our commitment without the peer: the money is locked for days. Default false; never done by itself. */
  readonly force?: boolean
  /** Whole sat/vB of a cooperative close, at most `channels.maximumFeerate`. Default: LND chooses. */
  readonly feerate?: number
  /** Whether the keeper may open another channel in its place. Default false. */
  readonly replace?: boolean
}

type IntentRow = RowOf<typeof closeIntents>
type Request = Pick<
  Fields<typeof closeIntents>,
  'is_force' | 'is_replaced' | 'sat_per_vbyte' | 'says'
>

/**
 * Writes down that the operator wants a channel closed; the leading process does it, and tries again
 * while the peer is away or payments are under way. Repeating the call is safe; with `force` it takes up
 * a close that waits. Closing brings money home, so the kill switch does not stop it, unless LND was
 * found behind the books: it would publish an old state (money rule 15).
 */
export async function requestClose(
  context: Context,
  channelPoint: string,
  input: CloseInput,
): Promise<ChannelClosing> {
  const point = readChannelPoint(channelPoint)
  const request = readRequest(context, input)
  const identity = identityOf(context)
  requireOpener(context)
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await context.storage.get(closeIntents, [identity.publicKey, point])
    if (row && !isChanged(row, request)) return closingView(row)
    await requireNodeNotBehind(context, identity)
    const ended = row ? undefined : await requireClosable(context, identity, point, request)
    if (ended) return underWay(context, point, request, ended)
    const fields = intentFields(context, identity, point, request, row)
    const closing = closingView(fields)
    const change = {
      writes: [row ? update(closeIntents, row, wishOf(fields)) : insert(closeIntents, fields)],
      events: [
        newEvent(context, identity, 'channel.close-intended', `channel/${point}`, { closing }),
      ],
    }
    const refused = await record(context, change, async () => {
      const now = await context.storage.get(closeIntents, [identity.publicKey, point])
      return now !== undefined && !isChanged(now, request)
    })
    if (refused) continue
    context.live.wakeCloses()
    return closing
  }
  throw tooContended('channels.close')
}

function readRequest(context: Context, input: CloseInput): Request {
  const known = ['reason', 'force', 'feerate', 'replace']
  const { reason, force, feerate, replace } = readObject(input, 'input', known)
  const isForce = readBoolean(force, 'force', false)
  if (isForce && feerate !== undefined) {
    throw new PaymentNodeError(
      'input.invalid',
      'feerate: a forced close has the feerate that both sides agreed on before.',
      { field: 'feerate', reason: 'not-with-force' },
    )
  }
  const satPerVbyte =
    feerate === undefined ? 0 : readInteger(feerate, 'feerate', { minimum: 1, maximum: 10_000 })
  const ceiling = context.settings.channels.maximumFeerate
  if (satPerVbyte > ceiling) {
    throw new PaymentNodeError(
      'channel.above-ceiling',
      `${satPerVbyte} sat/vB is above channels.maximumFeerate (${ceiling}).`,
      { ceiling, feerate: satPerVbyte },
    )
  }
  return {
    is_force: isForce,
    is_replaced: readBoolean(replace, 'replace', false),
    sat_per_vbyte: satPerVbyte,
    says: readText(reason, 'reason', { maximum: 500 }),
  }
}

/** What waits can be asked for differently; what is closing can only be forced still; what was refused can be asked again. */
function isChanged(row: IntentRow, request: Request): boolean {
  if (row.state === 'closed') return false
  if (row.state === 'closing') return request.is_force && !row.is_force
  return (
    row.state === 'refused' ||
    row.is_force !== request.is_force ||
    row.is_replaced !== request.is_replaced ||
    row.sat_per_vbyte !== request.sat_per_vbyte
  )
}

function intentFields(
  context: Context,
  identity: Identity,
  point: string,
  request: Request,
  row: IntentRow | undefined,
): Fields<typeof closeIntents> {
  const now = context.clock.now()
  return {
    ...rowBase(identity),
    channel_point: point,
    state: 'intended',
    reason: null,
    closing_transaction: row?.closing_transaction ?? null,
    ...request,
    created_at: row?.created_at ?? now,
    updated_at: now,
    // Also of what the autopilot began: it waits for nothing that the operator does not wait for.
    decision: null,
    // Its budget was charged then.
    worst_cost_msat: row?.worst_cost_msat ?? null,
    budget_period: row?.budget_period ?? null,
  }
}

/** Without the key. */
function wishOf(fields: Fields<typeof closeIntents>): Partial<Fields<typeof closeIntents>> {
  const { node, channel_point, ...wish } = fields
  return wish
}

/** The state in which the books have it, when it is closing or closed without us. */
async function requireClosable(
  context: Context,
  identity: Identity,
  point: string,
  request: Request,
): Promise<'closing' | 'closed' | undefined> {
  const row = await context.storage.get(channels, [identity.publicKey, point])
  if (row?.ownership === 'never') {
    throw notFound(point, 'It is set to `never`: adopt it first, as `observe` or `ours`.')
  }
  // An agreement that the peer does not end can be forced.
  const isForcible = request.is_force && row?.state === 'closing' && row.attribution === null
  if (!isForcible && (row?.state === 'closing' || row?.state === 'closed')) return row.state
  if (row?.state === 'opening') {
    throw new PaymentNodeError(
      'channel.not-open',
      `Channel ${point} is not confirmed yet.`,
      { channelPoint: point, state: row.state },
      { advice: 'Close it when it is open.' },
    )
  }
  if (row) return undefined
  // What was opened a moment ago may be in LND only.
  const open = context.live.state === 'ready' ? await context.lightning.listChannels() : []
  if (open.some((channel) => channel.channelPoint === point)) return undefined
  throw notFound(point, 'See channels.list().')
}

function underWay(
  context: Context,
  point: string,
  request: Request,
  state: 'closing' | 'closed',
): ChannelClosing {
  const now = context.clock.now()
  return closingView({
    node: '',
    network: '',
    channel_point: point,
    ...request,
    state,
    reason: 'under-way',
    closing_transaction: null,
    created_at: now,
    updated_at: now,
    decision: null,
    worst_cost_msat: null,
    budget_period: null,
  })
}

async function requireNodeNotBehind(context: Context, identity: Identity): Promise<void> {
  const { is_halted, cause, reason } = await readSafety(context, identity)
  if (!is_halted || cause !== 'node-behind') return
  throw new PaymentNodeError(
    'safety.halted',
    `LND was found behind the books: ${reason}. A close would publish an old state, and the peer may take everything.`,
    { reason: reason ?? '' },
    { advice: 'Let the peers close, and restore the newest state of LND.', fundsAtRisk: true },
  )
}

function requireOpener(context: Context): void {
  if (context.lightning.opener) return
  throw new PaymentNodeError('node.unsupported', 'This node cannot close channels.', {
    call: 'closeChannel',
  })
}

function notFound(point: string, advice: string): PaymentNodeError<'channel.not-found'> {
  return new PaymentNodeError(
    'channel.not-found',
    `There is no channel ${point}.`,
    { channelPoint: point },
    { advice },
  )
}
