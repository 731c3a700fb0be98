import type { LightningNode, PaymentNode } from '@payment-node/core'
import { all, type MoneyFlow } from './money-flows.ts'
import type { TwoShops } from './run-two-shops.ts'

const limit = 1000

/** Compares the books with what the others wrote down; answers what is wrong. */
export async function auditTwoShops(
  { markets: { library: market }, record }: TwoShops,
  node: PaymentNode,
  flows: readonly MoneyFlow[],
): Promise<readonly string[]> {
  const { sum, world } = await node.ledger.balances()
  const proof = await node.ledger.prove()
  const paid = await Promise.all(market.customers.map(({ lightning }) => sent(lightning)))
  const received = await receivedBy(market.wallet.lightning)
  const outputs = await market.wallet.lightning.walletBalance()
  let lostSwaps = 0
  for await (const { state } of all((page) => node.swaps.list(page))) {
    if (state === 'lost') lostSwaps++
  }
  const fromCustomers = flows.filter(({ from }) => from === 'customers')
  const faults = {
    'the ledger of the two shops does not sum to zero': sum.msat !== 0n,
    'LND has not what the books say': proof.verdict !== 'proved',
    'customers paid what was not credited': -world.payers.msat !== total(paid),
    'the wallets have not what was paid out':
      world.payees.msat !== received + outputs.confirmedMsat + outputs.unconfirmedMsat,
    'a swap was lost': lostSwaps > 0,
    'the flows do not begin with what customers paid':
      total(fromCustomers.map(({ amountMsat }) => amountMsat)) !== total(paid),
    'a sale has no end': record.sales.some((sale) => sale.library === 'under-way'),
  }
  return Object.entries(faults).flatMap(([fault, isTrue]) => (isTrue ? [fault] : []))
}

async function sent(node: LightningNode): Promise<bigint> {
  let sum = 0n
  for (let afterIndex = 0n; ; ) {
    const page = await node.listPayments({ afterIndex, limit })
    const succeeded = page.filter(({ state }) => state === 'succeeded')
    sum += total(succeeded.map(({ amountMsat }) => amountMsat))
    if (page.length < limit) return sum
    afterIndex = page.at(-1)!.index
  }
}

async function receivedBy(node: LightningNode): Promise<bigint> {
  let sum = 0n
  for (let afterAddIndex = 0n; ; ) {
    const page = await node.listInvoices({ afterAddIndex, limit })
    const settled = page.filter(({ state }) => state === 'settled')
    sum += total(settled.map(({ paidMsat }) => paidMsat))
    if (page.length < limit) return sum
    afterAddIndex = page.at(-1)!.addIndex
  }
}

function total(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n)
}
