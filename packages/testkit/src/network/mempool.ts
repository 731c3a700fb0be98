import type { Chain } from './chain.ts'
import {
  type ChainTransaction,
  isLive,
  makeTransaction,
  type NewTransaction,
} from './chain-transaction.ts'
import { findCoin } from './wallet.ts'

/** What the mempool says to a transaction. */
export type Acceptance =
  | 'accepted'
  | 'known'
  | 'fee-too-low'
  | 'input-missing'
  | 'input-spent'
  | 'rejected'

/** Makes a transaction and hands it to the network, which may not take it. */
export function publishTransaction(chain: Chain, request: NewTransaction): ChainTransaction {
  const transaction = makeTransaction(request)
  chain.transactions.set(transaction.id, transaction)
  offerTransaction(chain, transaction)
  return transaction
}

/** Hands a transaction to the network, also again. */
export function offerTransaction(chain: Chain, transaction: ChainTransaction): Acceptance {
  if (transaction.state === 'waiting' || transaction.state === 'confirmed') return 'known'
  for (const input of transaction.inputs) {
    const creator = chain.transactions.get(input.split(':')[0]!)
    if (creator && (!isLive(creator) || creator.state === 'evicted')) return 'input-missing'
    const spender = chain.spenders.get(input)
    if (spender && spender !== transaction && !mayReplace(spender, transaction)) {
      return 'input-spent'
    }
  }
  if (transaction.satPerVbyte < chain.minimumSatPerVbyte) return 'fee-too-low'
  for (const input of transaction.inputs) {
    const spender = chain.spenders.get(input)
    if (spender && spender !== transaction) killTransaction(chain, spender)
  }
  if (isLive(transaction)) transaction.state = 'waiting'
  else applyTransaction(chain, transaction)
  return 'accepted'
}

/** BIP125 among real transactions: it was signalled, and the new one pays 1 sat/vB of its own on top. */
function mayReplace(old: ChainTransaction, replacement: ChainTransaction): boolean {
  if (old.state !== 'waiting' || !old.real?.isReplaceable || !replacement.real) return false
  const least = old.feeMsat + BigInt(replacement.real.virtualBytes) * 1000n
  return replacement.feeMsat >= least && replacement.satPerVbyte > old.satPerVbyte
}

/** Its effects begin: inputs are spent, outputs exist, unconfirmed. */
export function applyTransaction(chain: Chain, transaction: ChainTransaction): void {
  transaction.state = 'waiting'
  for (const input of transaction.inputs) {
    chain.spenders.set(input, transaction)
    const coin = findCoin(chain, input)
    if (!coin) continue
    coin.wallet.coins.delete(input)
    transaction.taken.push(coin)
  }
  for (const coin of transaction.coins) coin.wallet.coins.set(coin.outpoint, coin)
  chain.feesMsat += transaction.feeMsat
  chain.issuedMsat += transaction.issuedSat * 1000n
  transaction.events.applied?.()
  chain.changed.fire()
}

/** An input was spent by another one: everything that came of it is undone, its children first. */
export function killTransaction(chain: Chain, transaction: ChainTransaction): void {
  for (const child of [...chain.spenders.values()]) {
    if (child.inputs.some((input) => input.startsWith(`${transaction.id}:`))) {
      killTransaction(chain, child)
    }
  }
  if (!isLive(transaction)) return
  transaction.state = 'dead'
  for (const coin of transaction.coins) coin.wallet.coins.delete(coin.outpoint)
  for (const input of transaction.inputs) chain.spenders.delete(input)
  for (const coin of transaction.taken.splice(0)) coin.wallet.coins.set(coin.outpoint, coin)
  chain.feesMsat -= transaction.feeMsat
  chain.issuedMsat -= transaction.issuedSat * 1000n
  transaction.events.undone?.()
}

/** The mempool drops it and what builds upon it. */
export function evictTransaction(chain: Chain, transaction: ChainTransaction): void {
  if (transaction.state !== 'waiting') return
  transaction.state = 'evicted'
  for (const child of chain.spenders.values()) {
    if (child.inputs.some((input) => input.startsWith(`${transaction.id}:`))) {
      evictTransaction(chain, child)
    }
  }
}

/** What waits, in the order of making. */
export function waitingTransactions(chain: Chain): ChainTransaction[] {
  return [...chain.transactions.values()].filter(({ state }) => state === 'waiting')
}

/**
 * What pays enough for the next block, best feerate first, and never before what it spends. A child
 * that pays for its parents too takes them along (CPFP).
 */
export function takeForBlock(chain: Chain): ChainTransaction[] {
  const candidates = waitingTransactions(chain)
    .filter(({ satPerVbyte }) => satPerVbyte >= chain.satPerVbyte)
    .sort((a, b) => b.satPerVbyte - a.satPerVbyte)
  const taken = new Set<ChainTransaction>()
  for (;;) {
    const next = candidates
      .filter((one) => !taken.has(one))
      .map((one) => withParents(chain, one, taken))
      .find((family) => paysEnough(chain, family))
    if (!next) return [...taken]
    for (const transaction of next) taken.add(transaction)
  }
}

/** A transaction after everything unconfirmed that it builds upon and that `taken` lacks. */
function withParents(
  chain: Chain,
  transaction: ChainTransaction,
  taken: ReadonlySet<ChainTransaction>,
): ReadonlySet<ChainTransaction> {
  const family = new Set<ChainTransaction>()
  const visit = (one: ChainTransaction): void => {
    for (const input of one.inputs) {
      const creator = chain.transactions.get(input.split(':')[0]!)
      if (!creator || creator.state === 'confirmed') continue
      if (!taken.has(creator) && !family.has(creator)) visit(creator)
    }
    family.add(one)
  }
  visit(transaction)
  return family
}

function paysEnough(chain: Chain, family: ReadonlySet<ChainTransaction>): boolean {
  const members = [...family]
  if (members.some(({ state }) => state !== 'waiting')) return false
  if (members.every(({ satPerVbyte }) => satPerVbyte >= chain.satPerVbyte)) return true
  const feeSat = (one: ChainTransaction): number => Number(one.feeMsat) / 1000
  const total = members.reduce((sum, one) => sum + feeSat(one), 0)
  const size = members.reduce((sum, one) => sum + feeSat(one) / one.satPerVbyte, 0)
  return total >= size * chain.satPerVbyte
}
