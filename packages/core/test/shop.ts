import { createPaymentNode, type PaymentNode, type PaymentNodeOptions } from '@payment-node/core'
import { type MemoryData, memory, memoryData } from '@payment-node/storage-memory'
import {
  createSimulatedNetwork,
  createVirtualClock,
  type SimulatedNetwork,
  type SimulatedNode,
} from '@payment-node/testkit'

type VirtualClock = ReturnType<typeof createVirtualClock>

/** A shop's node between a payer and a payee, in virtual time. */
export interface Shop {
  readonly clock: VirtualClock
  readonly network: SimulatedNetwork<VirtualClock>
  readonly lnd: SimulatedNode
  readonly payer: SimulatedNode
  readonly payee: SimulatedNode
  readonly data: MemoryData
  readonly node: PaymentNode
  /** Lets virtual time pass until the promise settles. */
  run<T>(promise: Promise<T>): Promise<T>
  /** The same books, opened by a new process. */
  reopen(options?: Partial<PaymentNodeOptions>): PaymentNode
}

export const invoiceKey = Uint8Array.from({ length: 32 }, (_, index) => index + 1)

export function openShop(options: Partial<PaymentNodeOptions> = {}): Shop {
  const clock = createVirtualClock()
  const network = createSimulatedNetwork({ clock, seed: 7 })
  const lnd = network.addNode('shop')
  const payer = network.addNode('payer')
  const payee = network.addNode('payee')
  network.establishChannel({ from: payer, to: lnd, capacitySat: 10_000_000n, pushSat: 2_000_000n })
  network.establishChannel({ from: lnd, to: payee, capacitySat: 10_000_000n, pushSat: 2_000_000n })
  const data = memoryData()
  const open = (more: Partial<PaymentNodeOptions>): PaymentNode =>
    createPaymentNode({
      lightning: lnd.connect(),
      storage: memory({ data }),
      keys: { invoices: invoiceKey },
      clock,
      ...options,
      ...more,
    })
  return {
    clock,
    network,
    lnd,
    payer,
    payee,
    data,
    node: open({}),
    run: (promise) => clock.run(promise),
    reopen: (more = {}) => open(more),
  }
}
