import type { Context, Identity } from '../context.ts'
import { swaps } from '../tables/swaps.ts'

/** Part of the limit that is expected where a provider has no past: the limit is for the worst route. */
const usualPart = 5n

/** Swaps that are looked through, and of how many with one provider the fees count: the newest. */
const [looked, counted] = [200, 20]

/**
 * What routing to a provider will probably cost, in ppm: what it has cost in our last swaps with it, or a fifth of
 * `swapping.routingPpm` before the first. Never above that limit.
 */
export async function readRoutingEstimates(
  { storage, settings }: Context,
  { publicKey }: Identity,
): Promise<(provider: string) => bigint> {
  const { routingPpm } = settings.swapping
  const rows = await storage.find(swaps, {
    index: 'created',
    equals: [publicKey],
    descending: true,
    limit: looked,
  })
  // What came to nothing was routed by nobody, whatever its fee says.
  const paid = rows.filter(
    ({ state, routing_msat }) =>
      (state === 'claimed' || state === 'completed') && routing_msat !== null,
  )
  return (name) => {
    const own = paid.filter(({ provider }) => provider === name).slice(0, counted)
    const amountMsat = own.reduce((sum, { amount_msat }) => sum + amount_msat, 0n)
    if (amountMsat === 0n) return routingPpm / usualPart
    const feesMsat = own.reduce((sum, { routing_msat }) => sum + (routing_msat ?? 0n), 0n)
    const ppm = (feesMsat * 1_000_000n + amountMsat - 1n) / amountMsat
    return ppm < routingPpm ? ppm : routingPpm
  }
}
