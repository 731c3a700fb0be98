import { followsChain, maximumDepth } from './chain.ts'
import { makeTransaction } from './chain-transaction.ts'
import { createAddress } from './create-address.ts'
import { evictTransaction, waitingTransactions } from './mempool.ts'
import { catchUp } from './node-lifecycle.ts'
import type { Simulation } from './simulation.ts'
import { frameWeight, inputWeight, outputWeight, transactionFeeSat } from './transaction-fee.ts'
import { findCoin } from './wallet.ts'

/** New blocks; every node that runs and is synced processes each one. */
export function mineBlocks(simulation: Simulation, blocks: number, areEmpty = false): void {
  for (let count = 0; count < blocks; count++) {
    simulation.chain.addBlock(areEmpty)
    followAll(simulation)
  }
}

/** The newest blocks give way to empty ones: what they held waits again, until something mines it. */
export function reorganize(simulation: Simulation, depth: number, newBlocks: number): void {
  if (!Number.isInteger(depth) || depth < 1 || depth > maximumDepth) {
    throw new RangeError(`reorganize(${depth}): expected 1 to ${maximumDepth} blocks`)
  }
  simulation.chain.removeBlocks(depth)
  followAll(simulation)
  for (const channel of simulation.channels.values()) channel.changed.fire()
  mineBlocks(simulation, newBlocks, true)
}

function followAll(simulation: Simulation): void {
  for (const node of simulation.nodes.values()) if (followsChain(node)) catchUp(simulation, node)
}

/** The mempool asks more from now on: what pays less falls out. */
export function raiseMinimum({ chain }: Simulation, satPerVbyte: number): void {
  chain.minimumSatPerVbyte = satPerVbyte
  for (const transaction of waitingTransactions(chain)) {
    if (transaction.satPerVbyte < satPerVbyte) evictTransaction(chain, transaction)
  }
}

/**
 * Another transaction of the same wallet spends the coin, and is in the newest block. What waited
 * with the same coin can never confirm any more.
 */
export function doubleSpend(simulation: Simulation, outpoint: string): string {
  const { chain } = simulation
  const coin = findCoin(chain, outpoint)
  if (!coin) throw new Error(`No wallet ever had ${outpoint}`)
  if (coin.creator.state !== 'confirmed') throw new Error(`${outpoint} is not confirmed`)
  if (chain.spenders.get(outpoint)?.state === 'confirmed') {
    throw new Error(`${outpoint} is spent by a confirmed transaction; reorganize first`)
  }
  const { wallet } = coin
  const satPerVbyte = Math.max(1, chain.satPerVbyte, chain.minimumSatPerVbyte) * 2
  const asked = transactionFeeSat(satPerVbyte, frameWeight + inputWeight + outputWeight)
  const isTooSmall = coin.amountSat < asked
  const feeSat = isTooSmall ? coin.amountSat : asked
  const amountSat = coin.amountSat - feeSat
  const rival = makeTransaction({
    inputs: [outpoint],
    satPerVbyte,
    feeMsat: feeSat * 1000n,
    payments: [{ wallet, address: createAddress(simulation, wallet), amountSat }],
  })
  chain.confirmNow(rival)
  return rival.id
}
