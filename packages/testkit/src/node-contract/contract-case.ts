import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  type CreatedNodeInvoice,
  type ErrorCode,
  type NewNodeInvoice,
  type NewPayment,
  type NodeInvoice,
  PaymentNodeError,
  type PaymentUpdate,
} from '@payment-node/core'
import { hashPreimage } from '../network/hash-preimage.ts'
import type { RegisterTest } from '../storage-contract/under-test.ts'
import type { NodeContractEnvironment } from './environment.ts'

/** Registers one promise of the port as a test. */
export type Promised = (
  name: string,
  run: (environment: NodeContractEnvironment) => Promise<void>,
) => void

/** Registers with a runner; the environment is made before the first case and shared by all. */
export function promisedBy(
  test: RegisterTest,
  createEnvironment: () => Promise<NodeContractEnvironment>,
): Promised {
  let created: Promise<NodeContractEnvironment> | undefined
  return (name, run) => {
    test(name, async () => {
      created ??= createEnvironment()
      await run(await created)
    })
  }
}

/** An invoice of the node under test, with its secret. */
export interface OwnInvoice extends CreatedNodeInvoice {
  /** Hex. */
  readonly preimage: string
}

/** An invoice of the node under test with a fresh preimage; 10 000 sat for an hour unless told otherwise. */
export async function createOwnInvoice(
  { node }: NodeContractEnvironment,
  terms: Partial<NewNodeInvoice> = {},
): Promise<OwnInvoice> {
  const preimage = terms.preimage ?? randomBytes(32)
  const created = await node.createInvoice({
    amountMsat: 10_000_000n,
    expirySeconds: 3600,
    isPrivate: false,
    ...terms,
    preimage,
  })
  return { ...created, preimage: Buffer.from(preimage).toString('hex') }
}

/** A payment with a generous fee limit of 100 sat. */
export function paymentOf(paymentRequest: string, terms: Partial<NewPayment> = {}): NewPayment {
  return { paymentRequest, feeLimitMsat: 100_000n, timeoutSeconds: 60, ...terms }
}

/** Everything a stream brings until it ends. */
export async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}

/** Pays and returns the terminal update; everything before it was in flight, and nothing came after. */
export async function payToEnd(
  { node }: NodeContractEnvironment,
  payment: NewPayment,
): Promise<PaymentUpdate> {
  return terminalOf(await readAll(node.pay(payment)))
}

/** The last of a payment's updates, after checking their order. */
export function terminalOf(updates: readonly PaymentUpdate[]): PaymentUpdate {
  const last = updates.at(-1)
  assert.ok(last, 'the stream ended without any update')
  assert.notEqual(last.state, 'in-flight', 'the stream ended before the payment did')
  for (const update of updates.slice(0, -1)) assert.equal(update.state, 'in-flight')
  return last
}

/** Checks that the preimage belongs to the hash, and that the payment says so in all its fields. */
export function assertSucceeded(update: PaymentUpdate, paymentHash: string): void {
  assert.equal(update.state, 'succeeded', `failed with ${update.failure}`)
  assert.equal(update.paymentHash, paymentHash)
  assert.equal(hashPreimage(update.preimage ?? ''), paymentHash)
  assert.equal(update.failure, undefined)
}

/** The library's error with one of these codes; anything else fails the test. */
export async function errorOf<C extends ErrorCode>(
  work: Promise<unknown>,
  ...codes: readonly C[]
): Promise<PaymentNodeError<C>> {
  const error: unknown = await work.then(
    () => assert.fail(`expected ${codes.join(' or ')}, but it succeeded`),
    (thrown: unknown) => thrown,
  )
  if (PaymentNodeError.is(error) && (codes as readonly ErrorCode[]).includes(error.code)) {
    return error as PaymentNodeError<C>
  }
  assert.fail(`expected ${codes.join(' or ')}, got ${String(error)}`)
}

/** A watch of settlements that runs beside the test. */
export interface SettlementWatch {
  /** What has arrived, in its order. */
  readonly seen: NodeInvoice[]
  /** Waits until an invoice with this hash has arrived. */
  arrival(paymentHash: string): Promise<NodeInvoice>
  /** Aborts; rejects when the watch ended by an error before. */
  stop(): Promise<void>
}

/** Watches settlements; resolves after the first, empty batch. */
export async function watchSettlements(
  { node, waitFor }: NodeContractEnvironment,
  afterSettleIndex: bigint,
): Promise<SettlementWatch> {
  const ending = new AbortController()
  const seen: NodeInvoice[] = []
  const batches = node.watchSettlements({ afterSettleIndex }, ending.signal)
  let isSubscribed = false
  let ended: { readonly error?: unknown } | undefined
  const reading = (async () => {
    for await (const batch of batches) {
      assert.equal(batch.length === 0, !isSubscribed, 'the first batch is empty, and no other')
      isSubscribed = true
      seen.push(...batch)
    }
  })()
  reading.then(
    () => {
      ended = {}
    },
    (error: unknown) => {
      ended = { error }
    },
  )
  await waitFor('the first, empty batch', async () => isSubscribed || ended !== undefined)
  if (!isSubscribed) {
    await reading
    assert.fail('the watch ended before it said subscribed')
  }
  return {
    seen,
    async arrival(paymentHash) {
      const find = (): NodeInvoice | undefined =>
        seen.find((invoice) => invoice.paymentHash === paymentHash)
      await waitFor(`the settlement of ${paymentHash}`, async () => find() !== undefined)
      return find()!
    },
    async stop() {
      ending.abort()
      await reading
    },
  }
}

/** A payment that the peer holds, with its stream read beside the test. */
export interface HeldPayment {
  readonly paymentHash: string
  /** Updates so far. */
  readonly updates: PaymentUpdate[]
  /** Resolves with the terminal update. */
  readonly end: Promise<PaymentUpdate>
  settle(): Promise<void>
  cancel(): Promise<void>
}

/** Pays a hold invoice of the peer, and returns when the peer holds the money. */
export async function payHeld(
  { node, peer }: NodeContractEnvironment,
  terms: Partial<NewPayment> & { invoiceExpirySeconds?: number } = {},
): Promise<HeldPayment> {
  const { invoiceExpirySeconds, ...payment } = terms
  const hold = await peer.createHoldInvoice({
    amountMsat: 20_000_000n,
    ...(invoiceExpirySeconds === undefined ? {} : { expirySeconds: invoiceExpirySeconds }),
  })
  const updates: PaymentUpdate[] = []
  const end = (async () => {
    for await (const update of node.pay(paymentOf(hold.paymentRequest, payment))) {
      updates.push(update)
    }
    return terminalOf(updates)
  })()
  end.catch(() => {})
  await Promise.race([hold.waitAccepted(), end])
  return {
    paymentHash: hold.paymentHash,
    updates,
    end,
    settle: () => hold.settle(),
    cancel: () => hold.cancel(),
  }
}

/** The state that the node itself shows for a payment now. */
export async function stateOf(
  { node }: NodeContractEnvironment,
  paymentHash: string,
): Promise<PaymentUpdate['state']> {
  const looking = new AbortController()
  for await (const update of node.trackPayment(paymentHash, looking.signal)) {
    looking.abort()
    return update.state
  }
  assert.fail('the node showed no state')
}
