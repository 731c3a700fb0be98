import { type Context, identityOf } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { readId } from '../read-input.ts'
import { balances } from '../tables/ledger.ts'
import { partners } from '../tables/partners.ts'
import type { RowOf } from '../tables/table.ts'
import { destinationsInForce } from './destinations-in-force.ts'
import { type Partner, partnerView } from './partner-view.ts'

/** One partner with its balance. Throws `partner.not-found`. */
export async function getPartner(context: Context, id: string): Promise<Partner> {
  return withBalance(context, await findPartner(context, readId(id, 'id')))
}

/** The stored row, for verbs that decide on it. Throws `partner.not-found`. */
export async function findPartner(context: Context, id: string): Promise<RowOf<typeof partners>> {
  const { publicKey } = identityOf(context)
  const row = await context.storage.get(partners, [publicKey, id])
  if (row) return row
  throw new PaymentNodeError(
    'partner.not-found',
    `There is no partner ${JSON.stringify(id)}.`,
    { partner: id },
    {
      advice: 'Create it first with partners.upsert({ id }).',
    },
  )
}

/** The view of a stored row, with what it has and where it is paid. */
export async function withBalance(context: Context, row: RowOf<typeof partners>): Promise<Partner> {
  const [destinations, available, pending, reserved, debt] = await Promise.all([
    destinationsInForce(context, row.id),
    ...(['partner', 'pending', 'reserved', 'debt'] as const).map(async (kind) => {
      const found = await context.storage.get(balances, [row.node, `${kind}/${row.id}`])
      return found?.amount_msat ?? 0n
    }),
  ] as const)
  const has = { available: available!, pending: pending!, reserved: reserved!, debt: -debt! }
  return partnerView(row, has, destinations)
}
