import type { Context, Identity } from '../context.ts'
import type { PayablePartner } from '../domain/liquidity-snapshot.ts'
import { destinationsInForce } from '../partners/destinations-in-force.ts'
import { freeOf } from '../payouts/read-available.ts'
import { partners } from '../tables/partners.ts'

const page = 1000

/**
 * The partners that automatic payouts would pay over Lightning now: at least their minimum is available, and
 * a destination is in force. What is in its hold time is not available, and is not counted.
 */
export async function readPayable(
  context: Context,
  identity: Identity,
): Promise<readonly PayablePartner[]> {
  const found: PayablePartner[] = []
  let after: (string | number)[] | undefined
  for (;;) {
    const rows = await context.storage.find(partners, {
      index: 'created',
      equals: [identity.publicKey],
      limit: page,
      ...(after && { after }),
    })
    for (const row of rows) {
      if (row.has_automatic_payouts !== true) continue
      const availableMsat = await freeOf(context, identity, row.id)
      const leastMsat = row.minimum_payout_msat ?? context.settings.payouts.automaticMinimum.msat
      if (availableMsat < leastMsat) continue
      const { offchain } = await destinationsInForce(context, row.id)
      if (offchain === null) continue
      const { feeLimitPpm: ppm, feeLimitMinimum: minimum } = context.settings
      const limitMsat = (availableMsat * ppm) / 1_000_000n
      const worstMsat = limitMsat > minimum.msat ? limitMsat : minimum.msat
      const isOperators = row.fees_paid_by === 'operator'
      found.push({
        partner: row.id,
        way: 'offchain',
        amountMsat: availableMsat,
        // Nobody knows before the route is found; half of the limit is what it usually stays below.
        costMsat: isOperators ? worstMsat / 2n : 0n,
        worstMsat: isOperators ? worstMsat : 0n,
      })
    }
    const last = rows.at(-1)
    if (!last || rows.length < page) return found
    after = [last.created_at, last.id]
  }
}
