import type {
  AnyEvent,
  Change,
  Difference,
  PaymentNode,
  PaymentNodeOptions,
} from '@payment-node/core'
import { copyMemoryData, type MemoryData, memory } from '@payment-node/storage-memory'
import { openShop, type Shop } from '../shop.ts'
import { type TestCounter, testCounter } from './counter.ts'

/** A shop with 100 000 sat of `m1` whose books can be copied, and put back old. */
export interface CopiedShop {
  readonly shop: Shop
  readonly counter: TestCounter
  /** The first process. */
  readonly node: PaymentNode
  /** The books as they are now. */
  copy(): MemoryData
  /** The books as they were directly before the last intent to send was recorded. */
  copyBeforeSending(): MemoryData
  /** Ends the running process and starts another one on the copy. */
  putBack(copy: MemoryData, options?: Partial<PaymentNodeOptions>): Promise<PaymentNode>
  /** Ends that process and starts one more on the same copy. */
  again(options?: Partial<PaymentNodeOptions>): Promise<PaymentNode>
  /** Hashes of the calls to pay, all processes. */
  readonly paid: string[]
}

/** `counter: false`: none is kept. */
export async function openCopied({ counter: isKept = true } = {}): Promise<CopiedShop> {
  const counter = testCounter()
  const options = isKept ? { intentCounter: counter } : {}
  const shop = openShop({ options })
  const { run, lnd } = shop
  const paid: string[] = []
  lnd.faults.add(({ call, moment, parameters }) => {
    if (call === 'pay' && moment === 'before-effect') {
      const [{ paymentRequest }] = parameters as [{ paymentRequest: string }]
      paid.push(paymentRequest)
    }
    return undefined
  })
  let beforeSending = shop.data
  const isMarkSent = ({ writes }: Change): boolean =>
    writes.some(({ op, table }) => op === 'add' && table.name === 'intent_counters')
  const { node } = shop.open(
    {},
    {
      beforeCommit: (change) => {
        if (isMarkSent(change)) beforeSending = copyMemoryData(shop.data)
      },
    },
  )
  await run(node.start())
  await shop.sell(100_000, node)
  let last = node
  let data = shop.data
  const open = async (more: Partial<PaymentNodeOptions>): Promise<PaymentNode> => {
    await run(last.stop())
    last = shop.open({ storage: memory({ data }), ...more }).node
    await run(last.start())
    await shop.clock.advance(3000)
    return last
  }
  return {
    shop,
    counter,
    node,
    copyBeforeSending: () => beforeSending,
    copy: () => copyMemoryData(shop.data),
    putBack(copy, more = {}) {
      data = copy
      return open(more)
    },
    again: (more = {}) => open(more),
    paid,
  }
}

/** A payout that ends while it is waited for. */
export async function payOut(
  { shop, node }: Pick<CopiedShop, 'shop' | 'node'>,
  amountSat = 10_000,
): Promise<{ hash: string }> {
  const bill = shop.bill(amountSat)
  const destination = bill.paymentRequest
  const { id } = await shop.request({ destination, feeLimit: '0 sat' }, undefined, node)
  await shop.ended(id, node)
  return { hash: bill.paymentHash }
}

export async function differencesOf(
  shop: Shop,
  node: PaymentNode,
  state: 'open' | 'all' = 'open',
): Promise<readonly Difference[]> {
  return (await shop.run(node.safety.differences({ state }))).items
}

export async function eventsOf(shop: Shop, node: PaymentNode): Promise<readonly AnyEvent[]> {
  return shop.run(node.events.after('0', { limit: 1000 }))
}
