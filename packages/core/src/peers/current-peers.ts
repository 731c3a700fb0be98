import type { Context } from '../context.ts'
import { joinPeerLists, type ListedPeers } from '../domain/listed-peers.ts'
import { refusePeerList } from '../domain/refuse-peer-list.ts'
import { PaymentNodeError } from '../errors.ts'
import type { PeerCandidate, PeerSource } from '../ports/channel-source.ts'

/** The lists that are in force, and when they were asked for last. */
export interface PeersInForce {
  readonly peers: ListedPeers
  /** What the sources gave: the same arrays again are the same lists. */
  readonly given: readonly (readonly PeerCandidate[])[]
  /** By the monotonic clock. */
  readonly readAt: number
  /** What was wrong with the newest one, so that it is told once. */
  readonly trouble: string | undefined
}

/** Milliseconds after which the sources are asked again. */
const readEvery = 60_000

const reads = new WeakMap<object, Promise<PeersInForce>>()

/**
 * Reads the lists at start; throws `peer-list.invalid`, so that a mistake is seen by who made it. `self`:
 * our own public key, when it is known already.
 */
export async function loadPeers(
  context: Context,
  self: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (context.settings.channelSources.length === 0) return
  const readAt = context.clock.monotonic()
  const given = await readSources(context, signal)
  const peers = join(context, given, self)
  context.live.peers = { peers, given, readAt, trouble: undefined }
}

/** Throws `peer-list.invalid` when the node that answers is itself in the list. */
export function requireNotListed(context: Context, self: string): void {
  const { peers, given } = context.live.peers ?? {}
  if (given && peers?.byKey.has(self)) join(context, given, self)
}

/**
 * The lists in force; the sources are asked again after a minute. A list that has become invalid is
 * logged, and the one in force stays. Undefined: no source is configured.
 */
export async function currentPeers(
  context: Context,
  self: string,
  signal?: AbortSignal,
): Promise<ListedPeers | undefined> {
  const known = context.live.peers
  if (context.settings.channelSources.length === 0) return undefined
  if (known && context.clock.monotonic() - known.readAt < readEvery) return known.peers
  const running = reads.get(context.live)
  if (running) return (await running).peers
  const read = readAgain(context, self, known, signal).finally(() => reads.delete(context.live))
  reads.set(context.live, read)
  return (await read).peers
}

async function readAgain(
  context: Context,
  self: string,
  known: PeersInForce | undefined,
  signal?: AbortSignal,
): Promise<PeersInForce> {
  const readAt = context.clock.monotonic()
  try {
    const given = await readSources(context, signal)
    const isSame = known?.given.every((candidates, at) => candidates === given[at])
    const peers = known && isSame ? known.peers : join(context, given, self)
    context.live.peers = { peers, given, readAt, trouble: undefined }
  } catch (error) {
    if (!known || signal?.aborted) throw error
    const trouble = error instanceof Error ? error.message : String(error)
    if (trouble !== known.trouble) {
      context.logger.error('a list of peers cannot be used; the one in force stays', {
        error: trouble,
      })
    }
    context.live.peers = { ...known, readAt, trouble }
  }
  return context.live.peers
}

function readSources(
  { settings }: Context,
  signal?: AbortSignal,
): Promise<(readonly PeerCandidate[])[]> {
  return Promise.all(settings.channelSources.map((source) => readSource(source, signal)))
}

function join(
  { settings }: Context,
  given: readonly (readonly PeerCandidate[])[],
  self: string | undefined,
): ListedPeers {
  const lists = given.map((candidates, at) => ({
    list: settings.channelSources[at]!.name,
    candidates,
  }))
  return joinPeerLists(lists, self)
}

/** What a source gives; anything else that it throws becomes `peer-list.invalid`. */
async function readSource(
  source: PeerSource,
  signal?: AbortSignal,
): Promise<readonly PeerCandidate[]> {
  let says = 'gave no array'
  let cause: unknown
  try {
    const candidates: unknown = await source.candidates(signal)
    if (Array.isArray(candidates)) return candidates as readonly PeerCandidate[]
  } catch (error) {
    if (PaymentNodeError.is(error, 'peer-list.invalid')) throw error
    cause = error
    says = `cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
  throw refusePeerList(
    { ...nowhere(source.name), field: 'list', reason: 'unreadable' },
    says,
    cause,
  )
}

function nowhere(list: string) {
  return { list, entry: null, line: null }
}
