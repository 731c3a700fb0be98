import {
  type ChainWatch,
  invalid,
  type OutpointSpend,
  type OutputConfirmation,
  type WatchedOutpoint,
  type WatchedOutput,
} from '@payment-node/core'
import { callNode, type NodeRequest, passFault } from './call-node.ts'
import type { ChainTransaction } from './chain-transaction.ts'
import type { ClientStreams } from './client-streams.ts'
import type { NodeState } from './node-state.ts'
import { writeAddress } from './read-address.ts'
import type { Simulation } from './simulation.ts'

/** LND's limit for reorganizations, in blocks. */
const mostConfirmations = 144

/** Watching outputs and spends in the blocks that the node knows, as LND's chain notifier does. */
export function createChainCalls(
  simulation: Simulation,
  node: NodeState,
  streams: ClientStreams,
): ChainWatch {
  const request = (
    call: NodeRequest['call'],
    watched: object,
    signal: AbortSignal,
  ): NodeRequest => ({ simulation, node, call, parameters: [watched], isChange: false, signal })

  return {
    watchConfirmation(watched, signal) {
      const point = request('watchConfirmation', watched, signal)
      const check = (): void => checkOutput(watched)
      // LND looks from the tip backwards at first, and then takes what comes.
      let which: 'newest' | 'first' = 'newest'
      let tracked: ChainTransaction | undefined
      // It costs as much as a signature, and every block looks.
      const address = writeAddress(Buffer.from(watched.script, 'hex'), simulation.network)
      return follow<OutputConfirmation>({ ...point, check }, streams, signal, () => {
        if (!tracked || !isKnown(node, tracked, watched.fromHeight)) {
          tracked = findPaying(simulation, node, { ...watched, address }, which)
        }
        which = 'first'
        const found = tracked
        return found && found.confirmedAt! + watched.confirmations - 1 <= node.height
          ? { transaction: found, tell: () => showConfirmation(found) }
          : undefined
      })
    },
    watchSpend(watched, signal) {
      const point = request('watchSpend', watched, signal)
      const check = (): void => checkOutpoint(watched)
      return follow<OutpointSpend>({ ...point, check }, streams, signal, () => {
        const found = simulation.chain.spenders.get(watched.outpoint)
        return found && isKnown(node, found, watched.fromHeight)
          ? { transaction: found, tell: () => showSpend(found, watched.outpoint) }
          : undefined
      })
    },
  }
}

/** What a watch finds in the chain now. */
interface Found<T> {
  readonly transaction: ChainTransaction
  tell(): T
}

/** Tells what `look` finds at first and with every block, and when it is gone again. */
async function* follow<T>(
  point: NodeRequest,
  streams: ClientStreams,
  signal: AbortSignal,
  look: () => Found<T> | undefined,
): AsyncGenerator<T | { readonly kind: 'reorganized' }, void, undefined> {
  using stream = streams.open<T | { readonly kind: 'reorganized' }>(signal)
  let told: { readonly transaction: ChainTransaction; readonly height: number } | undefined
  const review = (): void => {
    const found = look()
    const height = found?.transaction.confirmedAt
    if (told && (told.transaction !== found?.transaction || told.height !== height)) {
      told = undefined
      stream.push({ kind: 'reorganized' })
    }
    if (!found || told) return
    told = { transaction: found.transaction, height: height! }
    stream.push(found.tell())
  }
  try {
    await callNode(point, () => {
      point.node.chainWatches.add(review)
      review()
    })
    for (;;) {
      const event = await stream.take()
      if (!event) return
      await passFault(point, 'before-reply', event)
      yield event
    }
  } catch (error) {
    if (signal.aborted) return
    throw error
  } finally {
    point.node.chainWatches.delete(review)
  }
}

/** A transaction in a block with the output. */
function findPaying(
  { chain }: Simulation,
  node: NodeState,
  {
    script,
    transactionId,
    fromHeight,
    address,
  }: WatchedOutput & { readonly address: string | undefined },
  which: 'newest' | 'first',
): ChainTransaction | undefined {
  let chosen: ChainTransaction | undefined
  for (const one of chain.transactions.values()) {
    if (transactionId !== undefined && one.id !== transactionId) continue
    if (!isKnown(node, one, fromHeight)) continue
    const isLater = chosen !== undefined && chosen.confirmedAt! <= one.confirmedAt!
    if (chosen && isLater !== (which === 'newest')) continue
    const isPaid = one.real
      ? one.real.outputs.some((output) => output.script === script)
      : address !== undefined && one.payments.some((payment) => payment.address === address)
    if (isPaid) chosen = one
  }
  return chosen
}

function isKnown(
  { height }: NodeState,
  { state, confirmedAt }: ChainTransaction,
  fromHeight: number,
): boolean {
  return state === 'confirmed' && confirmedAt! >= fromHeight && confirmedAt! <= height
}

function showConfirmation({ id, raw, confirmedAt }: ChainTransaction): OutputConfirmation {
  return {
    kind: 'confirmed',
    transactionId: id,
    rawTransaction: new Uint8Array(raw),
    blockHeight: confirmedAt!,
  }
}

function showSpend(
  { id, raw, confirmedAt, inputs }: ChainTransaction,
  outpoint: string,
): OutpointSpend {
  return {
    kind: 'spent',
    transactionId: id,
    rawTransaction: new Uint8Array(raw),
    inputIndex: inputs.indexOf(outpoint),
    blockHeight: confirmedAt!,
  }
}

function checkOutput({ script, transactionId, confirmations, fromHeight }: WatchedOutput): void {
  if (transactionId !== undefined && !/^[0-9a-f]{64}$/.test(transactionId)) {
    throw invalid('transactionId', 'malformed', 'must be 64 lower-case hex digits')
  }
  if (!Number.isInteger(confirmations) || confirmations < 1 || confirmations > mostConfirmations) {
    const says = `must be a whole number from 1 to ${mostConfirmations}`
    throw invalid('confirmations', 'out-of-range', says)
  }
  checkPlace(script, fromHeight)
}

function checkOutpoint({ outpoint, script, fromHeight }: WatchedOutpoint): void {
  if (!/^[0-9a-f]{64}:\d{1,10}$/.test(outpoint)) {
    throw invalid('outpoint', 'malformed', 'must be <64 hex>:<index>')
  }
  checkPlace(script, fromHeight)
}

function checkPlace(script: string, fromHeight: number): void {
  if (!/^([0-9a-f]{2})+$/.test(script)) {
    throw invalid('script', 'malformed', 'must be the bytes of an output script in lower-case hex')
  }
  if (!Number.isInteger(fromHeight) || fromHeight < 0) {
    throw invalid('fromHeight', 'out-of-range', 'must be a whole number, 0 or more')
  }
}
