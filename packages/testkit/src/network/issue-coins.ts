import { type ChainTransaction, makeTransaction } from './chain-transaction.ts'
import { createAddress } from './create-address.ts'
import { publishTransaction } from './mempool.ts'
import type { Simulation } from './simulation.ts'
import { createTransactionId, type Wallet } from './wallet.ts'

/** What somebody outside of the network pays, at a feerate that every block takes. */
const foreignSatPerVbyte = 1_000_000

/** A confirmed output of the wallet, made from nothing. */
export function issueCoin(simulation: Simulation, wallet: Wallet, amountSat: bigint): void {
  const address = createAddress(simulation, wallet)
  simulation.chain.confirmNow(makeTransaction(terms(simulation, wallet, address, amountSat)))
}

/** Somebody outside of the network pays an address; the payment waits for a block. Returns its id. */
export function payAddress(simulation: Simulation, address: string, amountSat: bigint): string {
  const wallet = simulation.addresses.get(address)
  if (!wallet) throw new Error(`No wallet has the address ${address}`)
  return publishTransaction(simulation.chain, terms(simulation, wallet, address, amountSat)).id
}

/** The funding of a channel that was there before the network began, too deep for any reorganization. */
export function issueFunding(
  { chain, random }: Simulation,
  capacitySat: bigint,
  confirmedAt: number,
): ChainTransaction {
  const funding = makeTransaction({
    inputs: [`${createTransactionId(random)}:0`],
    satPerVbyte: foreignSatPerVbyte,
    feeMsat: 0n,
    payments: [],
    otherOutputsSat: [capacitySat],
    issuedSat: capacitySat,
  })
  chain.transactions.set(funding.id, funding)
  chain.issuedMsat += capacitySat * 1000n
  funding.state = 'confirmed'
  funding.confirmedAt = confirmedAt
  return funding
}

function terms(
  { random }: Simulation,
  wallet: Wallet,
  address: string,
  amountSat: bigint,
): Parameters<typeof makeTransaction>[0] {
  return {
    inputs: [`${createTransactionId(random)}:0`],
    satPerVbyte: foreignSatPerVbyte,
    feeMsat: 0n,
    payments: [{ wallet, address, amountSat }],
    issuedSat: amountSat,
  }
}
