import type { Context, Identity } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import type { PurposeKey } from '../keys.ts'
import type { NodeInfo } from '../ports/lightning-node.ts'
import { doubtNode } from '../safety/compared.ts'
import type { Bell } from './bell.ts'
import { bindNode, bindSwapKey } from './bind-node.ts'
import { degradedReason, nodeSnapshot, recordNodeState, warningsOf } from './node-state.ts'

/** Milliseconds between tries while LND is away; a check costs LND one call. */
const retryEvery = 1000
/** Blocks: more than LND waits before it tells of a close. */
const heightsKept = 100

/** Milliseconds: behind the chain for longer, LND was away. */
const longestCatchUp = 60_000

/** One look at LND: it must answer, be the right one, and be synced. */
export async function checkNode(
  context: Context,
  key: PurposeKey,
  signal: AbortSignal,
): Promise<NodeInfo> {
  const info = await context.lightning.getInfo(signal)
  const { network } = context.settings
  if (network !== undefined && info.network !== network) {
    throw new PaymentNodeError(
      'node.wrong-network',
      `The node is on ${info.network}, the options ask for ${network}.`,
      { expected: network, actual: info.network },
      { advice: 'Check the address of the node, or the network option.' },
    )
  }
  if (!info.isSyncedToChain) {
    throw new PaymentNodeError(
      'node.unavailable',
      `The node is not synced to the chain (at block ${info.blockHeight}).`,
      { reason: 'not-synced', outcome: 'none' },
      { advice: 'Wait until it has caught up.' },
    )
  }
  const identity = { publicKey: info.publicKey, network: info.network }
  await bindNode(context, identity, key)
  await bindSwapKey(context, identity)
  return info
}

/** Writes down that LND can be used, and tells. */
export async function becomeReady(
  context: Context,
  info: NodeInfo,
  isFirst: boolean,
): Promise<void> {
  const { live, clock } = context
  const identity: Identity = { publicKey: info.publicKey, network: info.network }
  const downFor = clock.now() - live.since
  live.identity = identity
  live.info = info
  live.trouble = undefined
  live.channels = undefined
  live.state = 'ready'
  live.since = clock.now()
  resumeUptime(context, info.blockHeight)
  live.stateChanged()
  for (const warning of isFirst ? warningsOf(info) : []) context.logger.warn(warning)
  if (context.settings.role === 'api') return
  const node = nodeSnapshot(info)
  if (isFirst) await recordNodeState(context, identity, 'node.ready', { node })
  else await recordNodeState(context, identity, 'node.recovered', { node, downFor })
}

/** LND falls behind the chain for a moment at a new block; whoever is connected to it sees no break. */
function resumeUptime(context: Context, height: number): void {
  const { live, clock } = context
  const now = clock.monotonic()
  const { fellBehind } = live
  live.fellBehind = undefined
  if (fellBehind && now - fellBehind.at < longestCatchUp) {
    live.readySince = fellBehind.readySince
    noteHeight(context, height)
    return
  }
  live.readySince = now
  live.heights = [{ height, at: now }]
}

/** Keeps when blocks came: LND tells of some things several blocks late. */
function noteHeight({ live, clock }: Context, height: number): void {
  const last = live.heights.at(-1)
  if (last && height <= last.height) return
  live.heights = [...live.heights.slice(-heightsKept), { height, at: clock.monotonic() }]
}

/** Writes down that LND cannot be used, and tells. */
export async function becomeDegraded(context: Context, trouble: PaymentNodeError): Promise<void> {
  const { live } = context
  live.trouble = trouble
  const isBehind = degradedReason(trouble) === 'not-synced'
  if (!isBehind) live.fellBehind = undefined
  if (live.state === 'degraded') return
  if (isBehind && live.readySince !== undefined) {
    live.fellBehind = { readySince: live.readySince, at: context.clock.monotonic() }
  }
  live.state = 'degraded'
  doubtNode(context)
  live.since = context.clock.now()
  live.readySince = undefined
  live.stateChanged()
  context.logger.warn('the Lightning node cannot be used now', {
    code: trouble.code,
    says: trouble.message,
  })
  if (!live.identity || context.settings.role === 'api') return
  await recordNodeState(context, live.identity, 'node.degraded', {
    reason: degradedReason(trouble),
    says: trouble.message,
  })
}

/**
 * Watches LND until `signal` aborts: regularly, and whenever somebody rings because a call failed.
 * `onBound` learns whose books these are before anything is told about the node.
 */
export async function stayConnected(
  context: Context,
  key: PurposeKey,
  bell: Bell,
  onBound: (identity: Identity) => Promise<void>,
  wasEverReady: boolean,
  signal: AbortSignal,
): Promise<void> {
  let isFirst = !wasEverReady
  while (!signal.aborted) {
    await bell.wait(
      context.live.state === 'ready' ? context.settings.heartbeat : retryEvery,
      signal,
    )
    if (signal.aborted) return
    try {
      const info = await checkNode(context, key, signal)
      if (context.live.state === 'ready') {
        const isNextBlock = info.blockHeight !== context.live.info?.blockHeight
        context.live.info = info
        noteHeight(context, info.blockHeight)
        // What LND has told of a block counts from here on: lockups and claims are as deep as it says.
        if (isNextBlock) context.live.wakeSwaps()
        continue
      }
      await onBound({ publicKey: info.publicKey, network: info.network })
      await becomeReady(context, info, isFirst)
      isFirst = false
    } catch (error) {
      if (signal.aborted) return
      const trouble = PaymentNodeError.is(error)
        ? error
        : new PaymentNodeError(
            'node.refused',
            String(error),
            { call: 'getInfo', reason: String(error) },
            { cause: error },
          )
      await becomeDegraded(context, trouble).catch((cause: unknown) => {
        context.logger.error('the trouble could not be stored', { cause: String(cause) })
      })
    }
  }
}
