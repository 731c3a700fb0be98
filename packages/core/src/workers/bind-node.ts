import { walletCursors } from '../channels/wallet-cursors.ts'
import { type Context, type Identity, rowBase } from '../context.ts'
import { bookOpening, chainFactId, type LedgerTransaction } from '../domain/ledger.ts'
import { walletMoveId } from '../domain/proof-bookings.ts'
import { PaymentNodeError } from '../errors.ts'
import { isSameKey, type PurposeKey } from '../keys.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import { proofBegun } from '../proof/begin-proof.ts'
import { readOpening } from '../proof/read-opening.ts'
import { record } from '../record.ts'
import { readCounterOutside } from '../safety/count-intent.ts'
import { intentCounters } from '../tables/comparison.ts'
import { cursors, keys, nodeStates, nodes, safety } from '../tables/node.ts'
import { insert } from '../tables/table.ts'

/** The LND these books are about, if they were ever opened with one. */
export async function readBinding(context: Context): Promise<Identity | undefined> {
  const row = await context.storage.get(nodes, [context.settings.name])
  return row && { publicKey: row.node, network: row.network as Identity['network'] }
}

/**
 * Binds the storage to the LND that answers, or checks that it is the same. The first start on a node
 * with a past writes down how far its histories go and books what it owns as the operator's: nothing
 * older is ever credited to a partner.
 */
export async function bindNode(
  context: Context,
  identity: Identity,
  key: PurposeKey,
): Promise<void> {
  for (let decision = 0; decision < 3; decision++) {
    const bound = await readBinding(context)
    if (bound) {
      requireSameNode(bound, identity)
      return requireSameKey(context, identity, key)
    }
    await writeBinding(context, identity, key)
  }
  throw new PaymentNodeError(
    'options.invalid',
    `This LND is already bound to this storage under another name than ${JSON.stringify(context.settings.name)}.`,
    { field: 'name', reason: 'node-has-another-name' },
    { advice: 'Use the name of the first start.' },
  )
}

function requireSameNode(bound: Identity, actual: Identity): void {
  const expected = `${bound.publicKey} (${bound.network})`
  const found = `${actual.publicKey} (${actual.network})`
  if (expected === found) return
  throw new PaymentNodeError(
    'node.identity-changed',
    `This storage belongs to the node ${expected}, but ${found} answers.`,
    { expected, actual: found },
    {
      advice: 'Check the address, or open a storage of its own (or another name) for this node.',
      fundsAtRisk: true,
    },
  )
}

async function requireSameKey(
  context: Context,
  identity: Identity,
  key: PurposeKey,
): Promise<void> {
  const row = await context.storage.get(keys, [identity.publicKey, 'invoices'])
  if (row && isSameKey(key, row.fingerprint)) return
  throw new PaymentNodeError(
    'keys.mismatch',
    'keys.invoices is not the key that the stored invoices were made with.',
    { purpose: 'invoices', expected: row?.key_id ?? 'none', actual: key.keyId },
    { advice: 'Give the former key.' },
  )
}

async function writeBinding(context: Context, identity: Identity, key: PurposeKey): Promise<void> {
  const { lightning } = context
  const highWater = await lightning.highWater()
  const opening = await readOpening(lightning)
  const base = rowBase(identity)
  const now = context.clock.now()
  const writes = [
    insert(nodes, {
      ...base,
      name: context.settings.name,
      invoice_add_index: Number(highWater.invoiceAddIndex),
      payment_index: Number(highWater.paymentIndex),
      created_at: now,
    }),
    insert(nodeStates, {
      ...base,
      state: 'new',
      reason: null,
      since: now,
      uncompared_since: null,
    }),
    insert(safety, {
      ...base,
      is_halted: false,
      reason: null,
      changed_at: now,
      cause: null,
      times_behind: null,
    }),
    insert(keys, {
      ...base,
      purpose: 'invoices',
      key_id: key.keyId,
      fingerprint: key.fingerprint,
      created_at: now,
    }),
    insert(intentCounters, { ...base, count: 0, outside_seen: 0 }),
    ...postTransaction(context, identity, bookOpening(opening.ownedMsat)),
    ...[...walletCursors, proofBegun].map((name) =>
      insert(cursors, { ...base, name, position: opening.blockHeight }),
    ),
    ...opening.unfinal.flatMap((transaction) => [
      ...postTransaction(context, identity, inOpening(walletMoveId(transaction))),
      ...postTransaction(context, identity, inOpening(chainFactId(transaction))),
    ]),
  ]
  // Another process may be first; the next round compares.
  if (await record(context, { writes }, async () => true)) return
  await beginCounter(context)
}

/** What is in the opening balance already is never booked by its own id. */
function inOpening(id: string): LedgerTransaction {
  return { id, kind: 'opening', subject: 'node', legs: [] }
}

/**
 * The first swap key is remembered by its fingerprint; another one would derive other preimages and claim keys, and what
 * is locked for the former ones could not be claimed. Throws `keys.mismatch`.
 */
export async function bindSwapKey(context: Context, identity: Identity): Promise<void> {
  const { swapKey } = context.live
  if (!swapKey) return
  const row = await context.storage.get(keys, [identity.publicKey, 'swaps'])
  if (!row) {
    const { keyId, fingerprint } = swapKey
    const created_at = context.clock.now()
    const known = { purpose: 'swaps', key_id: keyId, fingerprint, created_at }
    const write = insert(keys, { ...rowBase(identity), ...known })
    // Another process may be first, with another key.
    if (!(await record(context, { writes: [write] }, async () => true))) return
    return bindSwapKey(context, identity)
  }
  const { checkSwapKey } = await import('../swaps/kit/check-swap-key.ts')
  checkSwapKey(swapKey, row.fingerprint)
}

/** Of new books the counter outside begins with them: from here on, nothing that is unknown is theirs. */
async function beginCounter(context: Context): Promise<void> {
  const { intentCounter, role } = context.settings
  if (!intentCounter || role === 'api') return
  try {
    if ((await readCounterOutside(context)) === undefined) await intentCounter.write(0)
  } catch (error) {
    context.logger.error('the intent counter cannot be written', { error: String(error) })
  }
}
