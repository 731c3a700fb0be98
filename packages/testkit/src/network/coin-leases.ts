import type { CoinLease } from '@payment-node/core'
import { isLive } from './chain-transaction.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'
import { type Coin, findCoin, isLocked, unlock } from './wallet.ts'

/** Under which LND locks the coins of its own channel fundings. */
const ownLockId = 'ede19a92ed321a4705f8a1cccc1d4f6182545d4bb4fae08bd5937831b7e38f98'

/** Coins that are locked now, also what a transaction without a block has spent already. */
export function leasedCoins({ chain, clock }: Simulation, node: NodeState): readonly Coin[] {
  const now = clock.monotonic()
  const coins = [...node.wallet.coins.values()]
  for (const transaction of chain.transactions.values()) {
    if (!isLive(transaction) || transaction.state === 'confirmed') continue
    coins.push(...transaction.taken.filter(({ wallet }) => wallet === node.wallet))
  }
  return coins.filter((coin) => isLocked(coin, now))
}

/** ListLeases. */
export function listLeases(simulation: Simulation, node: NodeState): readonly CoinLease[] {
  const { clock } = simulation
  const now = clock.now() + node.clockSkew - clock.monotonic()
  return leasedCoins(simulation, node).map((coin) => ({
    lockId: coin.lockId ?? ownLockId,
    outpoint: coin.outpoint,
    // LND counts in whole seconds.
    expiresAt: Math.floor((now + coin.lockedUntil!) / 1000) * 1000,
  }))
}

/** ReleaseOutput: what somebody else keeps, and what is not the wallet's, is left alone. */
export function releaseLeases(
  { chain }: Simulation,
  node: NodeState,
  lockId: string,
  outpoints: readonly string[],
): void {
  for (const outpoint of outpoints) {
    const coin = findCoin(chain, outpoint)
    if (coin?.wallet === node.wallet && coin.lockId === lockId) unlock(coin)
  }
}
