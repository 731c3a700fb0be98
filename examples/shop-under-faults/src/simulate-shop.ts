import { type SimulationSummary, simulate } from '@payment-node/testkit'
import { type Listening, openDatabase, sell, shipOrders } from './shop.ts'

/** Lightning, our own process and the storage fail between payment and shipment. */
const faults = [
  'lnd-down',
  'lnd-restarts',
  'stream-cut',
  'crash-any-time',
  'crash-at-stream-item',
  'crash-after-commit',
  'commit-reply-lost',
  'disk-full',
  'handler-throws',
]

/**
 * What does my shop do when LND dies between payment and shipment? Lets it live through `seeds` bad
 * days; each must end with one parcel for each paid order, and none for the others.
 */
export function simulateShop(
  listening: Listening,
  { from = 1, seeds }: { readonly from?: number; readonly seeds: number },
): Promise<SimulationSummary> {
  const options = { from, seeds, faults, horizon: 120_000, processes: 1 } as const
  return simulate(options, (world) => {
    const database = openDatabase()
    const paid = new Set<string>()
    const customers = async (order: string): Promise<void> => {
      await world.clock.sleep(world.random.integer(100_000))
      const given = await world.ask(`sell ${order}`, (node) => sell(node, database, order))
      if (!('value' in given)) return
      await world.clock.sleep(world.random.integer(10_000))
      const { state } = await world.peers.payer.pay(given.value)
      if (state === 'succeeded') paid.add(order)
    }
    return {
      open: (process) => shipOrders(process, database, listening),
      async day() {
        await world.ask('partner', (node) => node.partners.upsert({ id: 'bakery' }))
        await Promise.all(Array.from({ length: 5 }, (_, at) => customers(`order-${at + 1}`)))
      },
      holdsInTheEnd() {
        const unshipped = [...paid].filter((order) => !database.parcels.has(order))
        if (unshipped.length > 0) return `paid and not shipped: ${unshipped.join(', ')}`
        const twice = [...database.parcels].filter(([, count]) => count > 1)
        if (twice.length > 0) return `shipped twice: ${twice.map(([order]) => order).join(', ')}`
        const given = [...database.parcels.keys()].filter((order) => !paid.has(order))
        return given.length > 0 ? `shipped and not paid: ${given.join(', ')}` : undefined
      },
    }
  })
}
