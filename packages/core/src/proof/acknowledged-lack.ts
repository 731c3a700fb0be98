import { type Context, type Identity, rowBase } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { cursors } from '../tables/node.ts'
import { insert, update } from '../tables/table.ts'

const name = 'acknowledged-lack'

/** What the operator knows to be lacking to pay every partner, in msat: it is not raised again. */
export async function readAcknowledgedLack(
  context: Context,
  { publicKey }: Identity,
): Promise<bigint> {
  const row = await context.storage.get(cursors, [publicKey, name])
  return BigInt(row?.position ?? 0) * 1000n
}

/** The operator has acknowledged it; kept in whole satoshi, rounded up. */
export async function acknowledgeLack(
  context: Context,
  identity: Identity,
  lackingMsat: bigint,
): Promise<Write[]> {
  const position = Number((lackingMsat + 999n) / 1000n)
  const row = await context.storage.get(cursors, [identity.publicKey, name])
  if (!row) return [insert(cursors, { ...rowBase(identity), name, position })]
  return row.position >= position ? [] : [update(cursors, row, { position })]
}
