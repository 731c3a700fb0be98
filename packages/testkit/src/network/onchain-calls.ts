import { invalid, type OnchainWallet, type WalletTransaction } from '@payment-node/core'
import { anchorReserveSat } from './anchor-reserve.ts'
import { callNode, type NodeRequest } from './call-node.ts'
import { type ChainTransaction, isLive, transactionIdOf } from './chain-transaction.ts'
import { createAddress } from './create-address.ts'
import type { NodeCall } from './faults.ts'
import { offerTransaction } from './mempool.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import { publishReal } from './real-transaction.ts'
import type { Simulation } from './simulation.ts'
import { confirmationsOf, isLocked } from './wallet.ts'

const changing: ReadonlySet<NodeCall> = new Set<NodeCall>(['newAddress', 'publishTransaction'])

/** The wallet's coins and transactions, as LND lists them. */
export function createOnchainCalls(simulation: Simulation, node: NodeState): OnchainWallet {
  const { chain, clock } = simulation
  const request = (
    call: NodeCall,
    parameters: unknown[],
    signal: AbortSignal | undefined,
  ): NodeRequest => ({
    simulation,
    node,
    call,
    parameters,
    isChange: changing.has(call),
    signal,
  })
  return {
    newAddress: (type, signal) =>
      callNode(request('newAddress', [type], signal), () =>
        createAddress(simulation, node.wallet, type),
      ),
    unspent: (signal) =>
      callNode(request('unspent', [], signal), () =>
        [...node.wallet.coins.values()]
          .filter((coin) => !isLocked(coin, clock.monotonic()))
          .map(({ outpoint, amountSat, address, creator }) => ({
            outpoint,
            amountSat,
            confirmations: confirmationsOf(creator, node.height),
            address,
          })),
      ),
    transactions: (fromHeight, signal) =>
      callNode(request('transactions', [fromHeight], signal), () =>
        listTransactions(simulation, node, fromHeight),
      ),
    estimateFeerate: (blocks, signal) =>
      callNode(
        { ...request('estimateFeerate', [blocks], signal), check: () => checkTarget(blocks) },
        // LND never says less than 253 sat per 1000 weight units.
        () => Math.max(1.012, chain.satPerVbyte, chain.minimumSatPerVbyte),
      ),
    minimumFeerate: (signal) =>
      callNode(request('minimumFeerate', [], signal), () => chain.minimumSatPerVbyte),
    requiredReserve: (additional, signal) =>
      callNode(request('requiredReserve', [additional], signal), () =>
        anchorReserveSat(simulation, node, BigInt(additional)),
      ),
    publish: (rawTransaction, label, signal) =>
      callNode(request('publishTransaction', [rawTransaction, label], signal), () =>
        publishRaw(simulation, node, rawTransaction, label),
      ),
  }
}

function checkTarget(blocks: number): void {
  if (!Number.isInteger(blocks) || blocks < 2 || blocks > 1008) {
    throw invalid('blocks', 'out-of-range', 'must be a whole number, 2 to 1008')
  }
}

/** GetTransactions: what touches the wallet, as far as its mempool and chain have told it. */
function listTransactions(
  { chain }: Simulation,
  node: NodeState,
  fromHeight: number,
): WalletTransaction[] {
  const listed: WalletTransaction[] = []
  for (const transaction of chain.transactions.values()) {
    if (!isLive(transaction)) continue
    const shown = showTransaction(transaction, node)
    if (shown && (shown.blockHeight ?? Number.POSITIVE_INFINITY) >= fromHeight) listed.push(shown)
  }
  const place = (one: WalletTransaction): number => one.blockHeight ?? Number.MAX_SAFE_INTEGER
  return listed.sort((a, b) => place(a) - place(b))
}

function showTransaction(
  transaction: ChainTransaction,
  node: NodeState,
): WalletTransaction | undefined {
  const { wallet, height } = node
  const gained = transaction.coins.filter((coin) => coin.wallet === wallet)
  const paid = transaction.taken.filter((coin) => coin.wallet === wallet)
  const isGhostly = isGhost(transaction, node)
  if (gained.length + paid.length === 0 && !isGhostly) return undefined
  const sum = (coins: typeof gained): bigint => coins.reduce((all, one) => all + one.amountSat, 0n)
  const confirmations = isGhostly ? 0 : confirmationsOf(transaction, height)
  const isOurs = paid.length === transaction.inputs.length
  return {
    transactionId: transaction.id,
    amountSat: sum(gained) - sum(paid),
    feeSat: isOurs ? transaction.feeMsat / 1000n : 0n,
    confirmations,
    ...(confirmations > 0 ? { blockHeight: transaction.confirmedAt! } : {}),
    label: transaction.labels.get(node) ?? transaction.label,
    spends: [...transaction.inputs],
    outputsSat: transaction.outputsSat,
    rawTransaction: new Uint8Array(transaction.raw),
  }
}

/** Listed until the process ends that saw it confirm. */
function isGhost({ ghosts }: ChainTransaction, node: NodeState): boolean {
  return ghosts.has(node) && (ghosts.get(node) ?? node.run) === node.run
}

/**
 * PublishTransaction: what was made in this network, or the bytes of a Bitcoin transaction. The wallet keeps the
 * label of the last publishing.
 */
function publishRaw(
  simulation: Simulation,
  node: NodeState,
  rawTransaction: Uint8Array,
  label: string,
): void {
  const simulated = simulation.chain.transactions.get(transactionIdOf(rawTransaction))
  const { transaction, acceptance } = simulated
    ? { transaction: simulated, acceptance: offerTransaction(simulation.chain, simulated) }
    : publishReal(simulation, rawTransaction)
  if (acceptance === 'malformed') {
    throw refused('publishTransaction', 'malformed', 'these bytes are no transaction')
  }
  if (transaction && (acceptance === 'accepted' || acceptance === 'known')) {
    transaction.publisher ??= node
    // The wallet hears in this way that a ghost has confirmed.
    if (transaction.state === 'confirmed') transaction.ghosts.delete(node)
    transaction.labels.set(node, label)
    return
  }
  throw refused('publishTransaction', acceptance, `not accepted by mempool: ${acceptance}`)
}
