import type { SignedTransaction } from '@payment-node/core'
import { makeTransaction } from './chain-transaction.ts'
import type { SimulatedPsbt } from './fund-transaction.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'
import { findCoin } from './wallet.ts'

/** FinalizePsbt: the transaction exists from now on, and nobody has seen it. */
export function signTransaction(
  simulation: Simulation,
  node: NodeState,
  psbt: Uint8Array,
): SignedTransaction {
  const { chain, addresses } = simulation
  const { inputs, outputs, satPerVbyte, virtualBytes } = readPsbt(psbt)
  const coins = inputs.map((input) => findCoin(chain, input))
  if (coins.some((coin) => coin?.wallet !== node.wallet)) {
    throw refused('signTransaction', 'other', 'error finalizing PSBT: an input is not ours')
  }
  const payments = outputs.map(({ address, sat }) => ({
    wallet: addresses.get(address),
    address,
    amountSat: BigInt(sat),
  }))
  const sumOf = (list: readonly { readonly amountSat: bigint }[]): bigint =>
    list.reduce((sum, { amountSat }) => sum + amountSat, 0n)
  const transaction = makeTransaction({
    inputs,
    satPerVbyte,
    feeMsat: (sumOf(coins.map((coin) => coin!)) - sumOf(payments)) * 1000n,
    payments,
    issuedSat: -sumOf(payments.filter(({ wallet }) => wallet === undefined)),
  })
  if (!chain.transactions.has(transaction.id)) chain.transactions.set(transaction.id, transaction)
  const { raw, id } = transaction
  return { rawTransaction: new Uint8Array(raw), transactionId: id, virtualBytes }
}

function readPsbt(psbt: Uint8Array): SimulatedPsbt {
  try {
    const read = JSON.parse(new TextDecoder().decode(psbt)) as SimulatedPsbt
    if (Array.isArray(read.inputs) && Array.isArray(read.outputs)) return read
  } catch {
    // The same as what is JSON and no PSBT.
  }
  throw refused('signTransaction', 'malformed', 'error parsing PSBT')
}
