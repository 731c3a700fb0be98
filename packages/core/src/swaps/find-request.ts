import type { Context, Identity } from '../context.ts'
import { requireSameRequest } from '../same-request.ts'
import { swaps } from '../tables/swaps.ts'
import type { RowOf } from '../tables/table.ts'
import type { SwapRequest } from './swap-request.ts'
import { type Swap, swapView } from './swap-view.ts'

/** The swaps that an earlier call with this key has made. */
export async function findRequest(
  { storage }: Context,
  { publicKey }: Identity,
  { idempotencyKey, written }: SwapRequest,
): Promise<readonly Swap[] | undefined> {
  const equals = [publicKey, idempotencyKey]
  const [first] = await storage.find(swaps, { index: 'idempotency', equals, limit: 1 })
  if (!first) return undefined
  requireSameRequest(first.request, written, idempotencyKey)
  const group = await storage.find(swaps, {
    index: 'request',
    equals: [publicKey, first.request_group],
    limit: 1000,
  })
  const pieceOf = ({ idempotency_key: key }: RowOf<typeof swaps>): number =>
    Number(key.slice(idempotencyKey.length) || 1)
  return group.sort((a, b) => pieceOf(a) - pieceOf(b)).map(swapView)
}

/** Spaces are no part of a host's keys: the pieces of one request never meet another's. */
export function keyOfPiece(idempotencyKey: string, at: number): string {
  return at === 0 ? idempotencyKey : `${idempotencyKey} ${at + 1}`
}
