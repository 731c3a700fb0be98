import type { PaymentNode } from '@payment-node/core'
import type { Explains, Marker } from './record.ts'

/** What the library says about something that it did: plain data, amounts as text. */
export interface Explanation extends Explains {
  readonly says: unknown
}

/** Explains a point of the chart in the library's own words. */
export async function explain(
  node: PaymentNode,
  { explains }: Pick<Marker, 'explains'>,
): Promise<readonly Explanation[]> {
  const found = await Promise.all(
    explains.map(async (one) => {
      const says = await explainers[one.kind](node, one.id).catch((error: Error) => error.message)
      return { ...one, says: plain(says) }
    }),
  )
  const payout = found.find(({ kind }) => kind === 'payout')
  // The schedule pays partners, too: only a run that says so has paid this one.
  return found.filter((one) => !payout || one.kind !== 'run' || hasPaid(one.says, payout.id))
}

const explainers: Readonly<
  Record<Explains['kind'], (node: PaymentNode, id: string) => Promise<unknown>>
> = {
  run: (node, id) => node.liquidity.explain(id),
  swap: (node, id) => node.swaps.explain(id),
  payout: (node, id) => node.payouts.get(id),
  async opening(node, channelPoint) {
    const { items } = await node.channels.openings({ limit: 100 })
    return items.find((one) => one.channelPoint === channelPoint) ?? 'no opening of ours'
  },
}

function hasPaid(run: unknown, payout: string): boolean {
  const { actions } = run as { actions?: { outcome: { payout?: string } | null }[] }
  return actions?.some(({ outcome }) => outcome?.payout === payout) ?? false
}

function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'bigint' ? String(one) : one,
  )
  return JSON.parse(text)
}
