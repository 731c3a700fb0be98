import { anchorReserveSat } from './anchor-reserve.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import type { ChannelOpening } from './open-channel.ts'
import type { Simulation } from './simulation.ts'
import { frameWeight, inputWeight, outputWeight, transactionFeeSat } from './transaction-fee.ts'
import { type Coin, confirmationsOf, isLocked, unlock, walletSat } from './wallet.ts'

/** Coins that are kept for a funding, and what it will look like. */
export interface Reservation {
  readonly coins: readonly Coin[]
  readonly feeSat: bigint
  /** 0n: there is no change output. */
  readonly changeSat: bigint
  readonly satPerVbyte: number
  /** Monotonic milliseconds. */
  readonly lockedUntil: number
}

/** How long a reservation lives at most, also when nobody ends it, in milliseconds (LND: 10 minutes). */
export const reservationMilliseconds = 600_000
/** Change below is left to the miners (LND's dust limit for P2WSH). */
const dustSat = 354n

/** Chooses coins as LND does, checks the reserve, and locks them; refuses and locks nothing otherwise. */
export function reserveCoins(
  simulation: Simulation,
  node: NodeState,
  opening: ChannelOpening,
): Reservation {
  const satPerVbyte = opening.satPerVbyte ?? simulation.chain.satPerVbyte
  const candidates = opening.outpoints
    ? chosenCoins(simulation, node, opening.outpoints)
    : freeCoins(simulation, node)
  const chosen = chooseCoins(candidates, opening.capacitySat, satPerVbyte)
  checkReserve(simulation, node, opening, chosen)
  const lockedUntil = simulation.clock.monotonic() + reservationMilliseconds
  for (const coin of chosen.coins) {
    unlock(coin)
    coin.lockedUntil = lockedUntil
  }
  return { ...chosen, lockedUntil }
}

/** Gives the coins back, unless somebody else has them by now. */
export function releaseCoins({ coins, lockedUntil }: Reservation): void {
  for (const coin of coins) {
    if (coin.lockedUntil === lockedUntil && coin.lockId === undefined) unlock(coin)
  }
}

type Choice = Omit<Reservation, 'lockedUntil'>

function freeCoins({ clock }: Simulation, node: NodeState): Coin[] {
  const now = clock.monotonic()
  return [...node.wallet.coins.values()].filter(
    (coin) => !isLocked(coin, now) && confirmationsOf(coin.creator, node.height) > 0,
  )
}

/** All of the chosen outpoints must be free and confirmed, also those that are not needed in the end. */
function chosenCoins(
  simulation: Simulation,
  node: NodeState,
  outpoints: readonly string[],
): Coin[] {
  const free = new Map(freeCoins(simulation, node).map((coin) => [coin.outpoint, coin]))
  return [...new Set(outpoints)].map((outpoint) => {
    const coin = free.get(outpoint)
    if (coin) return coin
    const says = `outpoint already spent or locked by another subsystem: ${outpoint}`
    throw refused('openChannel', 'outpoints-unavailable', says)
  })
}

/** The largest first, until they pay for the channel and the fee; what is left is change, unless it is dust. */
function chooseCoins(
  candidates: readonly Coin[],
  capacitySat: bigint,
  satPerVbyte: number,
): Choice {
  const sorted = [...candidates].sort((a, b) => Number(b.amountSat - a.amountSat))
  const coins: Coin[] = []
  let sumSat = 0n
  for (const coin of sorted) {
    coins.push(coin)
    sumSat += coin.amountSat
    const weight = frameWeight + inputWeight * BigInt(coins.length) + outputWeight
    const leftSat = sumSat - capacitySat
    if (leftSat < transactionFeeSat(satPerVbyte, weight)) continue
    const changeSat = leftSat - transactionFeeSat(satPerVbyte, weight + outputWeight)
    const hasChange = changeSat >= dustSat
    const feeSat = hasChange ? leftSat - changeSat : leftSat
    // LND's sanity check: a fifth of what is paid is the most.
    if (feeSat * 5n > capacitySat + (hasChange ? changeSat : 0n)) {
      throw refused('openChannel', 'other', `fee ${feeSat} sat exceeds max fee`)
    }
    return { coins, feeSat, changeSat: hasChange ? changeSat : 0n, satPerVbyte }
  }
  throw refused(
    'openChannel',
    'wallet-too-small',
    `not enough witness outputs to create funding transaction: ${sumSat} sat for ${capacitySat} sat`,
  )
}

function checkReserve(
  simulation: Simulation,
  node: NodeState,
  { isPrivate = false, commitmentType = 'anchors' }: ChannelOpening,
  { coins, changeSat }: Choice,
): void {
  // LND lets private channels touch the reserve.
  if (isPrivate) return
  const needed = anchorReserveSat(simulation, node, commitmentType === 'legacy' ? 0n : 1n)
  const sums = walletSat(node.wallet, node.height, simulation.clock.monotonic())
  const spent = coins.reduce((sum, coin) => sum + coin.amountSat, 0n)
  if (sums.confirmed + sums.unconfirmed - spent + changeSat < needed) {
    throw refused('openChannel', 'reserve', 'reserved wallet balance invalidated')
  }
}
