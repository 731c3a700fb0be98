import { type Context, type Identity, newId } from '../context.ts'
import { least } from '../domain/bigints.ts'
import { bookCorrection } from '../domain/ledger.ts'
import { PaymentNodeError } from '../errors.ts'
import { bookTransaction } from '../ledger/book-transaction.ts'
import { upsertPartner } from '../partners/upsert-partner.ts'
import { record } from '../record.ts'
import { ledgerTransactions } from '../tables/ledger.ts'
import { partners } from '../tables/partners.ts'
import { type RowOf, update } from '../tables/table.ts'
import { operatorFree } from './operator-free.ts'
import { operatorsPartner } from './operators-partner.ts'
import { nextAutomatic } from './pay-automatically.ts'
import type { Payout } from './payout-view.ts'
import { placePayout } from './place-payout.ts'
import { readTerms } from './read-terms.ts'
import type { AutomaticWait } from './run-automatic.ts'

const mark = { 'payment-node': 'operator' } as const

/**
 * Pays what is the operator's own and free to `payouts.operatorAddress`, when no partner is to be paid: a
 * payout like any other, of a partner whom the library makes for it. What goes, its worst fee included, is
 * moved from `operator` to that partner first, and moved back when it is not needed: whatever happens between the
 * two steps, the next look moves the difference. Undefined: nothing to do. Throws as `payouts.request`.
 */
export async function payOperator(
  context: Context,
  identity: Identity,
): Promise<Payout | AutomaticWait | undefined> {
  const { operatorAddress, operatorMinimum } = context.settings.payouts
  if (operatorAddress === null) return undefined
  const wait = (reason: string, says: string): AutomaticWait => ({
    partner: operatorsPartner,
    reason,
    says,
  })
  const terms = readTerms(identity, { destination: operatorAddress }, 'all')
  if (terms.way.kind !== 'onchain-address')
    return wait('not-onchain', 'payouts.operatorAddress is no on-chain address')
  const busy = await nextAutomatic(context, identity, operatorsPartner)
  if ('wait' in busy) return wait(...busy.wait)
  const partner = await findOrMake(context, identity)
  if (!isMarked(partner))
    return wait('name-taken', `a partner of the host has the id ${operatorsPartner}`)

  // In this order: whoever sets something aside changes the partner's row, and whoever pays it is seen by the key.
  const { freeMsat, ownMsat } = await operatorFree(context, identity)
  const next = await nextAutomatic(context, identity, operatorsPartner)
  if ('wait' in next) return wait(...next.wait)
  const upToMsat = least(freeMsat, context.settings.capPerPayout.msat)
  const isEnough = upToMsat >= operatorMinimum.msat
  if (!(await move(context, identity, partner, (isEnough ? upToMsat : 0n) - ownMsat)))
    return wait('under-way', 'another process was faster')
  if (!isEnough) return undefined
  try {
    return await placePayout(context, {
      purpose: 'automatic',
      partner: operatorsPartner,
      idempotencyKey: next.key,
      terms,
      written: JSON.stringify({ partner: operatorsPartner, automatic: true, ...terms.written }),
      upToMsat,
    })
  } catch (error) {
    if (PaymentNodeError.is(error, 'idempotency.conflict'))
      return wait('under-way', 'another process was faster')
    throw error
  }
}

async function findOrMake(context: Context, identity: Identity): Promise<RowOf<typeof partners>> {
  const key = [identity.publicKey, operatorsPartner]
  const known = await context.storage.get(partners, key)
  if (known) return known
  await upsertPartner(context, { id: operatorsPartner, name: 'Operator', metadata: mark })
  return (await context.storage.get(partners, key))!
}

function isMarked({ metadata }: RowOf<typeof partners>): boolean {
  return (metadata as Readonly<Record<string, unknown>>)['payment-node'] === 'operator'
}

/** One at a time: the partner's row changes with it. False: somebody else was faster. */
async function move(
  context: Context,
  identity: Identity,
  partner: RowOf<typeof partners>,
  amountMsat: bigint,
): Promise<boolean> {
  if (amountMsat === 0n) return true
  const note = amountMsat > 0n ? 'for the operator’s own address' : 'not needed for it'
  const fact = bookCorrection(`operator/${newId(context)}`, operatorsPartner, amountMsat, note)
  const writes = [
    update(partners, partner, { updated_at: context.clock.now() }),
    ...(await bookTransaction(context, identity, fact)),
  ]
  const isBooked = async (): Promise<boolean> =>
    (await context.storage.get(ledgerTransactions, [identity.publicKey, fact.id])) !== undefined
  return !(await record(context, { writes }, isBooked))
}
