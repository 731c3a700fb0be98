import {
  createPaymentNode,
  type Invoice,
  type PaymentNode,
  type PaymentNodeOptions,
  silentLogger,
  systemClock,
} from '@payment-node/core'
import { memory, memoryData } from '@payment-node/storage-memory'
import { createSimulatedNetwork } from '@payment-node/testkit'
import { invoiceKey } from '../shop.ts'
import { here } from './receiver.ts'

/** A shop in real time, for receivers that are real servers. */
export interface LiveShop extends AsyncDisposable {
  readonly node: PaymentNode
  /** Another process on the same books; not started. */
  open(options?: Partial<PaymentNodeOptions>): PaymentNode
  /** A paid invoice of a partner. */
  sell(partner?: string, amount?: string, by?: PaymentNode): Promise<Invoice>
  /** Looks until something is found. */
  find<T>(look: () => Promise<T | undefined | false>): Promise<T>
}

export async function openLiveShop(
  options: Partial<PaymentNodeOptions> = {},
  isExclusive = true,
): Promise<LiveShop> {
  const network = createSimulatedNetwork({ clock: systemClock, seed: 11 })
  const lnd = network.addNode('shop')
  const payer = network.addNode('payer')
  network.establishChannel({ from: payer, to: lnd, capacitySat: 10_000_000n })
  const data = memoryData()
  const nodes: PaymentNode[] = []
  const open: LiveShop['open'] = (more = {}) => {
    const node = createPaymentNode({
      lightning: lnd.connect(),
      storage: memory({ data, exclusive: isExclusive }),
      keys: { invoices: invoiceKey },
      logger: silentLogger,
      http: here,
      ...options,
      ...more,
    })
    nodes.push(node)
    return node
  }
  const node = open()
  await node.start()
  return {
    node,
    open,
    async sell(partner = 'm1', amount = '1000 sat', by = node) {
      await by.partners.upsert({ id: partner })
      const invoice = await by.invoices.create({ partner, amount })
      const paid = payer.pay(invoice.paymentRequest)
      const settled = await by.invoices.waitUntilSettled(invoice.id)
      await paid
      return settled
    },
    async find(look) {
      for (;;) {
        const found = await look()
        if (found) return found
        await systemClock.sleep(20)
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((one) => one.stop()))
    },
  }
}
