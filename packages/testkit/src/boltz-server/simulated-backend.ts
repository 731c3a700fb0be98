import { Transaction } from 'bitcoinjs-lib'
import { hashPreimage } from '../network/hash-preimage.ts'
import { createSeededRandom } from '../network/seeded-random.ts'
import type { FoundTransaction, SimulatedNetwork } from '../network/simulated-network.ts'
import type { SimulatedNode } from '../network/simulated-node.ts'
import { judgeTaprootSpending } from './judge-spending.ts'
import type { BoltzChain, BoltzLightning, BoltzTransaction, HoldState } from './ports.ts'

const holdStates: Readonly<Record<string, HoldState>> = {
  open: 'open',
  accepted: 'held',
  settled: 'settled',
  canceled: 'canceled',
}

/** A simulated node as the server's Lightning node. */
export function simulatedLightning(node: SimulatedNode): BoltzLightning {
  const stateOf = (paymentHash: string): HoldState => {
    const invoice = node.findInvoice(paymentHash)
    if (!invoice) throw new Error(`There is no invoice of ${paymentHash}`)
    return holdStates[invoice.state]!
  }
  return {
    publicKey: node.publicKey,
    addHoldInvoice: async (terms) => node.createHoldInvoice(terms).paymentRequest,
    holdState: async (paymentHash) => stateOf(paymentHash),
    async settle(preimage) {
      const paymentHash = hashPreimage(preimage)
      if (stateOf(paymentHash) !== 'settled') node.settleHold(paymentHash, preimage)
    },
    async cancel(paymentHash) {
      if (stateOf(paymentHash) !== 'canceled') node.cancelHold(paymentHash)
    },
    watch(paymentHash, changed) {
      let before = node.findInvoice(paymentHash)?.state
      return follow(
        () => node.holdsChanged(),
        () => {
          const now = node.findInvoice(paymentHash)?.state
          if (now !== before) changed()
          before = now
        },
      )
    },
  }
}

/** Options of {@link simulatedChain}. */
export interface SimulatedChainOptions {
  /** As the network's; default `'regtest'`. */
  readonly network?: 'regtest' | 'simnet'
  readonly seed?: string | number
}

/**
 * The simulated chain as the server's, with money of its own that comes from outside. From now on the network takes
 * Bitcoin transactions from its nodes, when they spend taproot outputs as they may.
 */
export function simulatedChain(
  network: SimulatedNetwork,
  options: SimulatedChainOptions = {},
): BoltzChain {
  const random = createSeededRandom(options.seed ?? 'boltz')
  const coins = new Set<string>()
  network.setSpendJudge(judgeTaprootSpending)
  const walletScript = (): Uint8Array => Uint8Array.from([0, 20, ...random.bytes(20)])
  const raw = (hex: string): Uint8Array => Buffer.from(hex, 'hex')

  return {
    network: options.network ?? 'regtest',
    height: async () => network.blockHeight,
    feerate: async () => 1,
    walletScript: async () => walletScript(),
    async makePayment(outputs, { rivalOf } = {}) {
      const transaction = new Transaction()
      transaction.version = 2
      const coin = rivalOf
        ? Transaction.fromHex(rivalOf).ins[0]!
        : { hash: random.bytes(32), index: 0 }
      transaction.addInput(coin.hash, coin.index, 0xfffffffd)
      coins.add(outpointOf(transaction))
      const change = {
        script: walletScript(),
        amountSat: 100_000n + BigInt(random.integer(100_000)),
      }
      const placed = [...outputs]
      placed.splice(random.integer(2) * outputs.length, 0, change)
      for (const { script, amountSat } of placed) transaction.addOutput(script, amountSat)
      transaction.setWitness(0, [random.bytes(64)])
      return transaction.toHex()
    },
    async publish(hex, { satPerVbyte } = {}) {
      const hasOutsideInputs = coins.has(outpointOf(Transaction.fromHex(hex)))
      return network.publishRaw(raw(hex), {
        hasOutsideInputs,
        ...(satPerVbyte !== undefined && { satPerVbyte }),
      })
    },
    find: async (transactionId) => show(network.findTransaction(transactionId)),
    findSpending: async (outpoint) => show(network.findSpending(outpoint)),
    watch: (changed) => follow(() => network.chainChanged(), changed),
    async replace(rivalHex) {
      network.publishRaw(raw(rivalHex), { hasOutsideInputs: true, isConfirmed: true })
    },
    evict: async (transactionId) => network.evict(transactionId),
    async reorganize(depth, rivalHex) {
      network.reorganize(depth)
      if (rivalHex === undefined) return
      network.publishRaw(raw(rivalHex), { hasOutsideInputs: true, isConfirmed: true })
    },
  }
}

function outpointOf(transaction: Transaction): string {
  const { hash, index } = transaction.ins[0]!
  return `${Buffer.from(hash).toString('hex')}:${index}`
}

function show(found: FoundTransaction | undefined): BoltzTransaction | undefined {
  return (
    found && {
      transactionId: found.transactionId,
      hex: Buffer.from(found.rawTransaction).toString('hex'),
      blockHeight: found.blockHeight,
    }
  )
}

/** Calls `changed` after each change, until it is ended. */
function follow(next: () => Promise<void>, changed: () => void): () => void {
  let isOver = false
  void (async () => {
    while (!isOver) {
      await next()
      if (!isOver) changed()
    }
  })()
  return () => {
    isOver = true
  }
}
