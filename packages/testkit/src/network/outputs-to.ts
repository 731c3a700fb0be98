import { isLive } from './chain-transaction.ts'
import type { PaidOutput } from './simulated-network.ts'
import type { Simulation } from './simulation.ts'
import { confirmationsOf } from './wallet.ts'

/** What pays an address, as somebody sees it who knows the whole chain and the mempool. */
export function outputsTo({ chain }: Simulation, address: string): readonly PaidOutput[] {
  const found: PaidOutput[] = []
  for (const transaction of chain.transactions.values()) {
    if (!isLive(transaction) || transaction.state === 'evicted') continue
    const confirmations = confirmationsOf(transaction, chain.height)
    for (const payment of transaction.payments) {
      if (payment.address !== address) continue
      const { amountSat } = payment
      found.push({ transactionId: transaction.id, amountSat, confirmations })
    }
  }
  return found
}
