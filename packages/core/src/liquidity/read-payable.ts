import type { Context, Identity } from '../context.ts'
import type { PayablePartner } from '../domain/liquidity-snapshot.ts'
import { destinationsInForce } from '../partners/destinations-in-force.ts'
import { mayGoAutomatically } from '../payouts/let-automatic-go.ts'
import { freeOf } from '../payouts/read-available.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import { partners } from '../tables/partners.ts'
import {
  readAutomaticOnchain,
  readOnchainMarket,
  readQueuedPayouts,
} from './read-onchain-payable.ts'

const page = 1000

/**
 * The partners that automatic payouts would pay now: at least their minimum is available, and a destination is in
 * force. What is in its hold time is not available, and is not counted. And the on-chain payouts that wait in the
 * queue, where a swap's claim could pay them.
 */
export async function readPayable(
  context: Context,
  identity: Identity,
): Promise<readonly PayablePartner[]> {
  const market = await readOnchainMarket(context, identity)
  const found: PayablePartner[] = market
    ? [...(await readQueuedPayouts(context, identity, market))]
    : []
  // Newer books may have paid what these are ready to pay.
  const guard = await readSafety(context, identity)
  if (!(await mayGoAutomatically(context, identity, guard))) return found
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
      if (offchain === null) {
        const onchain = market && (await readAutomaticOnchain(context, identity, market, row))
        if (onchain) found.push(onchain)
        continue
      }
      const { feeLimitPpm: ppm, feeLimitMinimum: minimum } = context.settings
      const limitMsat = (availableMsat * ppm) / 1_000_000n
      const worstMsat = limitMsat > minimum.msat ? limitMsat : minimum.msat
      const isOperators = row.fees_paid_by === 'operator'
      found.push({
        partner: row.id,
        way: 'offchain',
        payout: null,
        savedMsat: 0n,
        savesOperator: isOperators,
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
