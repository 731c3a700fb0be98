import type { Context, Identity } from '../context.ts'
import type { PayablePartner } from '../domain/liquidity-snapshot.ts'
import { PaymentNodeError } from '../errors.ts'
import { type FeeMarket, judgeFeerate, readFeeMarket } from '../fees/judge-feerate.ts'
import { destinationsInForce } from '../partners/destinations-in-force.ts'
import { isInSwap } from '../payouts/in-swap.ts'
import { isMaybePaid } from '../payouts/maybe-paid.ts'
import { mostOnchain, nextAutomatic } from '../payouts/pay-automatically.ts'
import { freeOf } from '../payouts/read-available.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import type { partners } from '../tables/partners.ts'
import { payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import { estimateOnchainFee } from '../transactions/estimate-onchain-fee.ts'

/** The oldest of the queue: more than a few are never paid in one look. */
const mostQueued = 200
/** Milliseconds. A provider that locks nothing up keeps a payment, and what is bound to it, until it times out. */
const blockTakes = 600_000

/** What decides when they would be paid; undefined where no claim could pay them, or nobody knows the feerate. */
export async function readOnchainMarket(
  context: Context,
  identity: Identity,
): Promise<FeeMarket | undefined> {
  const { swapping } = context.settings
  if (!swapping.providers.some(({ custody }) => custody === 'self')) return undefined
  if (!context.lightning.onchain) return undefined
  try {
    return await readFeeMarket(context, identity)
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.unavailable')) return undefined
    throw error
  }
}

/**
 * On-chain payouts that wait in the queue and that a swap's claim may pay: not quick, not let go by the operator, not
 * due soon, in no other swap, and not perhaps paid already.
 */
export async function readQueuedPayouts(
  context: Context,
  identity: Identity,
  market: FeeMarket,
): Promise<readonly PayablePartner[]> {
  const { storage, clock } = context
  const guard = await readSafety(context, identity)
  const dueFrom = clock.now() + context.settings.swapping.maximumCltv * blockTakes
  const rows = await storage.find(payouts, {
    index: 'state',
    equals: [identity.publicKey, 'queued'],
    limit: mostQueued,
  })
  const waiting = rows.filter(
    (row) =>
      row.destination_kind === 'onchain-address' &&
      row.transaction === null &&
      !isInSwap(row) &&
      row.is_quick !== true &&
      row.is_released !== true &&
      (row.deadline === null || row.deadline > dueFrom) &&
      !isMaybePaid(row, guard),
  )
  return Promise.all(
    waiting.map(async (row): Promise<PayablePartner> => {
      const ceiling = row.ceiling_sat_per_kvb === null ? null : row.ceiling_sat_per_kvb / 1000
      return {
        partner: row.partner,
        way: 'onchain',
        payout: row.id,
        amountMsat: row.amount_msat,
        savedMsat: await feeOf(context, market, row.destination, ceiling),
        savesOperator: row.fees_paid_by === 'operator',
        costMsat: 0n,
        worstMsat: 0n,
      }
    }),
  )
}

/** What a partner's automatic payout on chain would be, where that alone is set; undefined: there is none to ask for now. */
export async function readAutomaticOnchain(
  context: Context,
  identity: Identity,
  market: FeeMarket,
  row: RowOf<typeof partners>,
): Promise<PayablePartner | undefined> {
  const { offchain, onchain } = await destinationsInForce(context, row.id)
  if (offchain !== null || onchain === null) return undefined
  if ('wait' in (await nextAutomatic(context, identity, row.id))) return undefined
  const availableMsat = await freeOf(context, identity, row.id)
  const mostMsat = await mostOnchain(context, row, availableMsat, onchain)
  const amountMsat = (mostMsat / 1000n) * 1000n
  if (amountMsat < context.settings.payouts.onchainMinimum.msat) return undefined
  return {
    partner: row.id,
    way: 'onchain',
    payout: null,
    amountMsat,
    savedMsat: await feeOf(context, market, onchain, null),
    savesOperator: row.fees_paid_by === 'operator',
    costMsat: 0n,
    worstMsat: 0n,
  }
}

/** In a transaction of its own, at the feerate that it waits for: not the one of now, which it does not take. */
async function feeOf(
  context: Context,
  market: FeeMarket,
  address: string,
  ceiling: number | null,
): Promise<bigint> {
  const { fee, feerate } = await estimateOnchainFee(context, { address })
  const verdict = await judgeFeerate(context, { quick: false, ceiling }, market)
  const low = Math.min(feerate, verdict.ceiling, verdict.percentileFeerate ?? feerate)
  return (fee.msat * BigInt(Math.floor(low * 1000))) / BigInt(feerate * 1000)
}
