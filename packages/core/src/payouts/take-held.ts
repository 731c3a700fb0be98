import { type Context, type Identity, rowBase } from '../context.ts'
import { changeHeld, readHeldMoney } from '../invoices/held-money.ts'
import type { Write } from '../ports/storage.ts'
import { heldRefunds } from '../tables/held-refunds.ts'
import type { payouts } from '../tables/payouts.ts'
import { insert, type RowOf, update } from '../tables/table.ts'
import type { RefundRequest } from './place-payout.ts'

/** What a refund takes from the money of its invoice that is still held. */
export interface TakenHeld {
  /** In msat. */
  readonly takenMsat: bigint
  /** The writes that go with the reservation. */
  writesFor(payout: string): Write[]
}

/** In the dispute window a refund takes what the invoice brought before anything else of the partner. */
export async function takeHeld(
  context: Context,
  identity: Identity,
  refund: RefundRequest | undefined,
  partner: string,
  reservedMsat: bigint,
): Promise<TakenHeld | undefined> {
  if (!refund) return undefined
  const held = await readHeldMoney(context, identity, refund.invoice, partner)
  if (!held || held.leftMsat === 0n) return undefined
  const taken_msat = held.leftMsat < reservedMsat ? held.leftMsat : reservedMsat
  const { invoice } = refund
  return {
    takenMsat: taken_msat,
    writesFor: (payout) => [
      changeHeld(held),
      insert(heldRefunds, { ...rowBase(identity), payout, invoice, taken_msat }),
    ],
  }
}

/**
 * What of it a refund did not spend goes back to what is held, as long as anything is; afterwards it is the
 * partner's. Undefined: nothing does.
 */
export async function giveBackHeld(
  context: Context,
  identity: Identity,
  { id, invoice, partner }: RowOf<typeof payouts>,
  spentMsat: bigint,
): Promise<{ readonly toHeldMsat: bigint; readonly writes: Write[] } | undefined> {
  if (invoice === null) return undefined
  const row = await context.storage.get(heldRefunds, [identity.publicKey, id])
  if (!row || row.taken_msat <= spentMsat) return undefined
  const held = await readHeldMoney(context, identity, invoice, partner)
  if (!held) return undefined
  const writes = [changeHeld(held), update(heldRefunds, row, { taken_msat: spentMsat })]
  return { toHeldMsat: row.taken_msat - spentMsat, writes }
}
