import type { Shop } from '../shop.ts'

/** What the caps count as under way: of all swaps, and of each provider. */
export async function inFlightTotals({ rowsOf }: Pick<Shop, 'rowsOf'>): Promise<unknown[]> {
  const { swap_totals: totals } = await rowsOf(['swap_totals'])
  return totals!.map(({ amount_msat }) => amount_msat)
}
