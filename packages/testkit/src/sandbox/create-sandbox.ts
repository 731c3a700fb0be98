import {
  type Amount,
  type AmountInput,
  createPaymentNode,
  msat,
  type PaymentNode,
  type PaymentNodeOptions,
  type PaymentUpdate,
  parseAmount,
  type SwapProvider,
  silentLogger,
} from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { createSeededRandom } from '../network/seeded-random.ts'
import { createSimulatedNetwork, type SimulatedNetwork } from '../network/simulated-network.ts'
import type { SimulatedNode } from '../network/simulated-node.ts'
import type { OutgoingPayment } from '../network/spontaneous-payment.ts'
import { createVirtualClock, type VirtualClock } from '../network/virtual-clock.ts'
import { letTimePass } from './let-time-pass.ts'
import { runVerbs } from './run-verbs.ts'
import { calmFeerate, createSandboxFaults, type SandboxFaults } from './sandbox-faults.ts'

/** How a sandbox is set up. */
export interface SandboxOptions {
  /** The same seed and the same calls give the same keys, invoices and outcome. Default `'sandbox'`. */
  readonly seed?: string | number
  /**
   * `'stands-still'` (default): time moves only while a verb of `node`, `pay` or `advance` is awaited, so that
   * a test depends on no clock. `'flows'`: with real time, for whatever waits for something real: a server,
   * webhooks (which may go to 127.0.0.1), Lightning addresses.
   */
  readonly time?: 'stands-still' | 'flows'
  /** Of the payment node: storage (default: memory), caps, timing, meter, logger (default: silent), … */
  readonly options?: Partial<Omit<PaymentNodeOptions, 'lightning' | 'keys' | 'clock' | 'random'>>
  /** Providers of swaps that live in this network, such as a server of `testkit/boltz-server` at the payee. */
  readonly swaps?: (world: SandboxWorld) => readonly SwapProvider[]
}

/** What a provider of swaps in a sandbox is made of. */
export type SandboxWorld = Pick<Sandbox, 'clock' | 'network' | 'lnd' | 'payer' | 'payee'>

/** A payment node on a simulated Lightning network, between somebody who pays and somebody who is paid. */
export interface Sandbox extends AsyncDisposable {
  /** Started, and ready. */
  readonly node: PaymentNode
  readonly clock: VirtualClock
  readonly network: SimulatedNetwork<VirtualClock>
  /** The LND of `node`. It can receive and send 25,000,000 sat each, and has coins on chain. */
  readonly lnd: SimulatedNode
  /** Who pays: has a channel to `lnd`. */
  readonly payer: SimulatedNode
  /** Who is paid: `lnd` has a channel to it. */
  readonly payee: SimulatedNode
  /**
   * The payer pays an invoice; `amount` for one without, or to pay more. Resolves when the payment has ended,
   * and what was paid to `node` is credited (within ten seconds; a node that is down credits it later).
   * Throws `node.refused` for one that a wallet does not even try: expired, or for another network.
   */
  pay(paymentRequest: string, amount?: AmountInput): Promise<SandboxPayment>
  /** The payee's invoice, for a payout; held: its payment hangs until `payee.settleHold(paymentHash)`. */
  bill(
    amount: AmountInput | null,
    options?: { readonly isHeld?: boolean },
  ): { readonly paymentRequest: string; readonly paymentHash: string }
  /** An address of the payee, for a payout on chain; `mine` confirms it. */
  address(): Promise<string>
  /** Lets so many milliseconds pass, at once, with everything that falls due in them. */
  advance(milliseconds: number): Promise<void>
  /** Adds blocks; each takes no time. */
  mine(blocks?: number): void
  readonly faults: SandboxFaults
  /** Stops the node and time. Safe to repeat. */
  stop(): Promise<void>
}

/** How a payment of the payer ended. */
export interface SandboxPayment {
  readonly state: 'succeeded' | 'failed'
  readonly paymentHash: string
  readonly amount: Amount
  readonly fee: Amount
  /** Why it failed, in LND's words; null when it succeeded. */
  readonly failure: string | null
}

/** Where webhooks may go besides the public web: a receiver on this machine. */
const purposes = ['webhooks', 'partner-webhooks', 'lnurl', 'fees'] as const
const receivers = ['127.0.0.1', 'localhost'].map((host) => ({
  host,
  insecure: true,
  for: purposes,
}))

/** Milliseconds until a payment that was not credited is the node's own affair. */
const patience = 10_000

/** Half of each channel, in sat. */
const halfChannel = 25_000_000n

/**
 * Everything that a test of a shop needs, in one call.
 *
 * @example
 * ```ts
 * import { createSandbox } from '@payment-node/testkit'
 *
 * await using sandbox = await createSandbox({ seed: 7 })
 * const { node } = sandbox
 * await node.partners.upsert({ id: 'bakery' })
 * const invoice = await node.invoices.create({ partner: 'bakery', amount: '25000 sat' })
 * await sandbox.pay(invoice.paymentRequest)
 * export const { state } = await node.invoices.waitUntilSettled(invoice.id) // 'settled'
 * ```
 */
export async function createSandbox({
  seed = 'sandbox',
  time = 'stands-still',
  options = {},
  swaps,
}: SandboxOptions = {}): Promise<Sandbox> {
  const random = createSeededRandom(seed)
  const clock = createVirtualClock(time === 'flows' ? { startsAt: Date.now() } : {})
  const network = createSimulatedNetwork({ clock, seed })
  const [lnd, payer, payee] = ['sandbox', 'payer', 'payee'].map((alias) => network.addNode(alias))
  const channel = { capacitySat: 2n * halfChannel, pushSat: halfChannel }
  network.establishChannel({ from: payer!, to: lnd!, ...channel })
  network.establishChannel({ from: lnd!, to: payee!, ...channel })
  lnd!.fund(10_000_000n)
  network.setFeerate(calmFeerate)
  const stopping = new AbortController()
  const passing = time === 'flows' ? letTimePass(clock, stopping.signal) : Promise.resolve()
  const run = <T>(work: Promise<T>): Promise<T> => (time === 'flows' ? work : clock.run(work))

  const inner = createPaymentNode({
    storage: memory(),
    logger: silentLogger,
    http: { allow: receivers },
    ...options,
    ...(swaps && { swaps: swaps({ clock, network, lnd: lnd!, payer: payer!, payee: payee! }) }),
    lightning: lnd!.lightning,
    keys: {
      invoices: random.fork('invoices').bytes(32),
      swaps: random.fork('swaps').bytes(32),
    },
    random: random.fork('node'),
    clock,
  })
  const credited = new Set<string>()
  inner.on('invoice.settled', ({ invoice }) => credited.add(invoice.paymentHash))
  const payAndWait = async (request: string, terms: OutgoingPayment): Promise<PaymentUpdate> => {
    const update = await payer!.pay(request, terms)
    const { state, paymentHash } = update
    if (state === 'succeeded' && lnd!.findInvoice(paymentHash) !== undefined) {
      const latest = clock.monotonic() + patience
      while (!credited.has(paymentHash) && clock.monotonic() < latest) await clock.sleep(5)
    }
    return update
  }
  const stop = async (): Promise<void> => {
    await run(inner.stop())
    stopping.abort()
    await passing
  }
  try {
    await run(inner.start())
  } catch (error) {
    await stop()
    throw error
  }
  return {
    node: time === 'flows' ? inner : runVerbs(inner, clock),
    clock,
    network,
    lnd: lnd!,
    payer: payer!,
    payee: payee!,
    async pay(paymentRequest, amount) {
      const given = amount === undefined ? {} : { amountMsat: readMsat(amount) }
      const { state, paymentHash, amountMsat, feeMsat, failure } = await run(
        payAndWait(paymentRequest, given),
      )
      return {
        state: state === 'succeeded' ? 'succeeded' : 'failed',
        paymentHash,
        amount: msat(amountMsat),
        fee: msat(feeMsat),
        failure: failure ?? null,
      }
    },
    bill(amount, { isHeld = false } = {}) {
      const terms = { amountMsat: amount === null ? null : readMsat(amount) }
      const made = isHeld ? payee!.createHoldInvoice(terms) : payee!.createInvoice(terms)
      return { paymentRequest: made.paymentRequest, paymentHash: made.paymentHash }
    },
    address: () => run(payee!.lightning.onchain!.newAddress('taproot')),
    advance: clock.advance,
    mine: network.mine,
    faults: createSandboxFaults({ network, lnd: lnd!, payee: payee! }),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function readMsat(amount: AmountInput): bigint {
  return typeof amount === 'string' ? parseAmount(amount).msat : amount.msat
}
