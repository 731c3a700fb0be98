import type { FundedTransaction, FundTransaction } from '@payment-node/core'
import { createAddress } from './create-address.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import { readAddress } from './read-address.ts'
import type { Simulation } from './simulation.ts'
import {
  type CoinKind,
  changeScriptBytes,
  dustSat,
  reckonedBytes,
  signedBytes,
} from './transaction-size.ts'
import { type Coin, confirmationsOf, isLocked } from './wallet.ts'

/** What the simulated wallet calls a PSBT: what the transaction will be, as JSON. */
export interface SimulatedPsbt {
  readonly inputs: readonly string[]
  readonly outputs: readonly { readonly address: string; readonly sat: string }[]
  readonly satPerVbyte: number
  readonly virtualBytes: number
}

/** FundPsbt with a `raw` template, as LND's wallet does it; the adapter's refusal of no change included. */
export function fundTransaction(
  simulation: Simulation,
  node: NodeState,
  request: FundTransaction,
): FundedTransaction {
  const { lockId, lockSeconds, coins } = request
  const payments = readPayments(simulation, request)
  const candidates = coins
    ? givenCoins(simulation, node, coins, request.minimumConfirmations)
    : freeCoins(simulation, node, request.minimumConfirmations)
  const choice = chooseCoins(simulation, candidates, payments, request)
  const change = { address: createAddress(simulation, node.wallet), amountSat: choice.changeSat }
  if (choice.changeSat < dustSat(new Uint8Array(changeScriptBytes).fill(0x51, 0, 1))) {
    throw refused('fundTransaction', 'no-change', 'what is left is too little for a change output')
  }
  const lockedUntil = simulation.clock.monotonic() + lockSeconds * 1000
  for (const coin of choice.coins) {
    coin.lockedUntil = lockedUntil
    coin.lockId = Buffer.from(lockId).toString('hex')
  }
  const outputs = [...payments, change].sort((a, b) => Number(a.amountSat - b.amountSat))
  const inputs = choice.coins.map(({ outpoint }) => outpoint).sort()
  const psbt: SimulatedPsbt = {
    inputs,
    outputs: outputs.map(({ address, amountSat }) => ({ address, sat: String(amountSat) })),
    satPerVbyte: satPerKw(request) / 250,
    virtualBytes: signedBytes(kindsOf(simulation, choice.coins), scriptsOf(payments)),
  }
  return {
    psbt: new TextEncoder().encode(JSON.stringify(psbt)),
    inputs,
    changeIndex: outputs.indexOf(change),
    changeSat: choice.changeSat,
    feeSat: choice.feeSat,
  }
}

interface PlannedPayment {
  readonly address: string
  readonly amountSat: bigint
  readonly script: Uint8Array
}

function readPayments(simulation: Simulation, { outputs }: FundTransaction): PlannedPayment[] {
  return Object.entries(outputs).map(([address, amountSat]) => {
    const script = readAddress(address, simulation.network)
    if (!script) throw refused('fundTransaction', 'bad-address', `error parsing address ${address}`)
    if (amountSat < dustSat(script)) {
      throw refused('fundTransaction', 'dust', 'transaction output is dust')
    }
    return { address, amountSat, script }
  })
}

function freeCoins({ clock }: Simulation, node: NodeState, minimumConfirmations: number): Coin[] {
  return [...node.wallet.coins.values()].filter(
    (coin) =>
      !isLocked(coin, clock.monotonic()) &&
      confirmationsOf(coin.creator, node.height) >= minimumConfirmations,
  )
}

function givenCoins(
  simulation: Simulation,
  node: NodeState,
  outpoints: readonly string[],
  minimumConfirmations: number,
): Coin[] {
  const free = freeCoins(simulation, node, minimumConfirmations)
  return outpoints.map((outpoint, index) => {
    const coin = free.find((one) => one.outpoint === outpoint)
    if (coin) return coin
    const says = `input ${index} not found in list of non-locked UTXO`
    throw refused('fundTransaction', 'outpoints-unavailable', says)
  })
}

interface Choice {
  readonly coins: readonly Coin[]
  readonly feeSat: bigint
  readonly changeSat: bigint
}

/** The largest first, until they pay for the outputs and the fee; given ones all. */
function chooseCoins(
  simulation: Simulation,
  candidates: readonly Coin[],
  payments: readonly PlannedPayment[],
  request: FundTransaction,
): Choice {
  const sorted = [...candidates].sort((a, b) => Number(b.amountSat - a.amountSat))
  const target = payments.reduce((sum, { amountSat }) => sum + amountSat, 0n)
  const scripts = scriptsOf(payments)
  // The first guess of LND's wallet is one P2WPKH input.
  let feeSat = feeFor(['witness-public-key-hash'], scripts, request)
  const coins: Coin[] = []
  let sum = 0n
  for (;;) {
    while ((request.coins || sum < target + feeSat) && coins.length < sorted.length) {
      const coin = sorted[coins.length]!
      coins.push(coin)
      sum += coin.amountSat
    }
    if (sum < target + feeSat) {
      const says = 'insufficient funds available to construct transaction'
      throw refused('fundTransaction', 'wallet-too-small', says)
    }
    const needed = feeFor(kindsOf(simulation, coins), scripts, request)
    if (sum - target >= needed) return { coins, feeSat: needed, changeSat: sum - target - needed }
    feeSat = needed
  }
}

function scriptsOf(payments: readonly PlannedPayment[]): number[] {
  return [...payments.map(({ script }) => script.length), changeScriptBytes]
}

function kindsOf({ network }: Simulation, coins: readonly Coin[]): CoinKind[] {
  return coins.map(({ address }) =>
    readAddress(address, network)?.length === changeScriptBytes
      ? 'taproot'
      : 'witness-public-key-hash',
  )
}

function satPerKw({ satPerVbyte }: FundTransaction): number {
  return Math.floor(satPerVbyte * 250)
}

function feeFor(
  inputs: readonly CoinKind[],
  scripts: readonly number[],
  request: FundTransaction,
): bigint {
  return BigInt(Math.floor((satPerKw(request) * 4 * reckonedBytes(inputs, scripts)) / 1000))
}
