import { type Context, type Identity, identityOf, requireReady } from '../context.ts'
import type { AmountInput } from '../domain/amount.ts'
import { readCapacity } from '../domain/channel-capacity.ts'
import { readPeerAddress } from '../domain/peer-address.ts'
import { readPublicKey } from '../domain/peer-entry.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import { readId, readInteger, readObject } from '../read-input.ts'
import { requireSameRequest } from '../same-request.ts'
import { channelIntents } from '../tables/channel-intents.ts'
import { createCurveCheck } from './check-curve.ts'
import { type ChannelOpening, openingView } from './opening-view.ts'
import { recordOpening } from './record-opening.ts'

/** A channel that the operator wants. */
export interface OpenInput {
  /** Public key of the peer: 33 bytes, compressed, hex. */
  readonly peer: string
  /** `host:port`. */
  readonly address: string
  /** Whole satoshi, 20,000 to 16,777,215, at most `caps.perOpen`. */
  readonly capacity: AmountInput
  /** Whole sat/vB, at most `channels.maximumFeerate`. Default: what the chain asks for `channels.confirmWithin` blocks. */
  readonly feerate?: number
  /** Not announced: routes nobody else's payments. Default false. */
  readonly isPrivate?: boolean
}

/** How a repeated call is recognised; required, because money leaves the wallet. */
export interface OpenOptions {
  /** Required: the same key and parameters never open two channels, for ever. 1 to 255 printable ASCII characters. */
  readonly idempotencyKey: string
}

/**
 * Records that a channel shall be opened, with the coins that fund it; opening follows in the background.
 * Within caps, budget and ceiling like the keeper's own, and one at a time. Returns at once, `intended` (or
 * as it is by now, for a repeated call).
 */
export async function openChannel(
  context: Context,
  input: OpenInput,
  options: OpenOptions,
): Promise<ChannelOpening> {
  readObject(input, 'channel', ['peer', 'address', 'capacity', 'feerate', 'isPrivate'])
  readObject(options, 'options', ['idempotencyKey'])
  const idempotencyKey = readId(options.idempotencyKey, 'idempotencyKey')
  const peer = readPublicKey(input.peer, 'peer', createCurveCheck())
  const address = readPeerAddress(input.address, 'address')
  const capacity = readCapacity(input.capacity, 'capacity')
  const { maximumFeerate } = context.settings.channels
  const satPerVbyte =
    input.feerate === undefined
      ? undefined
      : readInteger(input.feerate, 'feerate', { minimum: 1, maximum: maximumFeerate })
  const isPrivate = input.isPrivate ?? false
  if (typeof isPrivate !== 'boolean') throw invalid('isPrivate', 'wrong-type', 'expected a boolean')
  const written = JSON.stringify({
    peer,
    address,
    capacity: capacity.toJSON(),
    feerate: satPerVbyte ?? null,
    isPrivate,
  })
  const identity = identityOf(context)
  if (peer === identity.publicKey) throw invalid('peer', 'own-key', 'is this node itself')
  const earlier = await findByKey(context, identity, idempotencyKey)
  if (earlier) return same(earlier, written, idempotencyKey)
  requireReady(context)
  try {
    const wanted = {
      source: 'operator' as const,
      peer,
      address,
      alias: null,
      capacityMsat: capacity.msat,
      isPrivate,
      ...(satPerVbyte !== undefined && { satPerVbyte }),
      idempotencyKey,
      written,
    }
    return openingView(await recordOpening(context, identity, wanted))
  } catch (error) {
    // The same request, made at the same time, may have been faster: its coins, its place.
    const winner = await findByKey(context, identity, idempotencyKey).catch(() => undefined)
    if (!winner) throw error
    return same(winner, written, idempotencyKey)
  }
}

/** Throws `channel.opening-not-found`. */
export async function getOpening(context: Context, id: string): Promise<ChannelOpening> {
  const key = readId(id, 'id')
  const row = await context.storage.get(channelIntents, [key])
  if (row?.node === identityOf(context).publicKey) return openingView(row)
  throw new PaymentNodeError(
    'channel.opening-not-found',
    `There is no opening ${JSON.stringify(key)}.`,
    { opening: key },
  )
}

async function findByKey(context: Context, { publicKey }: Identity, idempotencyKey: string) {
  const [row] = await context.storage.find(channelIntents, {
    index: 'idempotency',
    equals: [publicKey, idempotencyKey],
    limit: 1,
  })
  return row
}

function same(
  row: NonNullable<Awaited<ReturnType<typeof findByKey>>>,
  written: string,
  idempotencyKey: string,
): ChannelOpening {
  requireSameRequest(row.request, written, idempotencyKey)
  return openingView(row)
}
