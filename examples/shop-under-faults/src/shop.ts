import type { Clock, PaymentNode } from '@payment-node/core'

/** What the shop remembers outside of its processes: its database. */
export interface ShopDatabase {
  /** Order → invoice, as its customer was given it. */
  readonly orders: Map<string, string>
  /** Order → how often a parcel left the house. */
  readonly parcels: Map<string, number>
}

/** A database without orders. */
export function openDatabase(): ShopDatabase {
  return { orders: new Map(), parcels: new Map() }
}

/** How the shop hears of a payment. */
export type Listening = 'durable' | 'live'

/** Milliseconds until the courier has come. */
const packing = 15_000

/**
 * Ships what was paid. `'durable'` is right: the handler is called again until it has returned, also
 * after a crash, so it looks whether the parcel has left already. `'live'` hears only what happens while
 * the process runs: an order that it was packing when the process died is never shipped.
 */
export function shipOrders(
  { node, clock }: { readonly node: PaymentNode; readonly clock: Clock },
  { parcels }: ShopDatabase,
  listening: Listening,
): void {
  const ship = async (order: string | undefined): Promise<void> => {
    if (order === undefined || parcels.has(order)) return
    await clock.sleep(packing)
    parcels.set(order, (parcels.get(order) ?? 0) + 1)
  }
  if (listening === 'live') {
    node.on('invoice.settled', ({ invoice }) => void ship(invoice.metadata.order))
  } else {
    node.handle('invoice.settled', { consumer: 'shipping' }, ({ invoice }) =>
      ship(invoice.metadata.order),
    )
  }
}

/** Asks to be paid for an order; repeating the call gives the same invoice. */
export async function sell(
  node: PaymentNode,
  database: ShopDatabase,
  order: string,
): Promise<string> {
  const invoice = await node.invoices.create(
    { partner: 'bakery', amount: '2500 sat', metadata: { order } },
    { idempotencyKey: order },
  )
  database.orders.set(order, invoice.id)
  return invoice.paymentRequest
}
