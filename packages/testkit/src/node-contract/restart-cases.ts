import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  assertSucceeded,
  createOwnInvoice,
  errorOf,
  type Promised,
  payHeld,
  paymentOf,
  payToEnd,
  readAll,
  stateOf,
  terminalOf,
  watchSettlements,
} from './contract-case.ts'
import type { NodeContractEnvironment } from './environment.ts'

/** Runs `work` while the node is down, and brings it back with an active channel whatever happens. */
export async function whileStopped(
  given: NodeContractEnvironment,
  work: () => Promise<void>,
): Promise<void> {
  await given.stopNode!()
  try {
    await work()
  } finally {
    await given.startNode!()
    await given.waitFor('an active channel', async () =>
      (await given.node.listChannels()).some(({ isActive }) => isActive),
    )
  }
}

function restart(given: NodeContractEnvironment): Promise<void> {
  return whileStopped(given, async () => {})
}

/** A node that is down, and what a restart keeps. */
export function restartCases(promised: Promised): void {
  // §1 error mapping: UNAVAILABLE; a read changes nothing, so its outcome is none.
  promised('every read of a stopped node is unavailable with outcome none', async (given) => {
    const { node } = given
    const { paymentRequest } = await given.peer.createInvoice({ amountMsat: 1_000_000n })
    const hash = randomBytes(32).toString('hex')
    const signal = new AbortController().signal
    const reads: Record<string, () => Promise<unknown>> = {
      getInfo: () => node.getInfo(),
      listChannels: () => node.listChannels(),
      listPendingChannels: () => node.listPendingChannels(),
      listClosedChannels: () => node.listClosedChannels(),
      walletBalance: () => node.walletBalance(),
      lookupInvoice: () => node.lookupInvoice(hash),
      listInvoices: () => node.listInvoices({ afterAddIndex: 0n, limit: 1 }),
      decodeInvoice: () => node.decodeInvoice(paymentRequest),
      trackPayment: () => readAll(node.trackPayment(hash)),
      listPayments: () => node.listPayments({ afterIndex: 0n, limit: 1 }),
      highWater: () => node.highWater(),
      watchSettlements: () => readAll(node.watchSettlements({ afterSettleIndex: 0n }, signal)),
      watchChannels: () => readAll(node.watchChannels(signal)),
    }
    await whileStopped(given, async () => {
      for (const [name, read] of Object.entries(reads)) {
        const error = await errorOf(read(), 'node.unavailable').catch((other: unknown) =>
          assert.fail(`${name}: ${String(other)}`),
        )
        assert.equal(error.details.outcome, 'none', name)
        assert.equal(error.isRetryable, true, name)
      }
    })
  })

  // §7 decision table, first row: a change without a reply is unknown, unless it was never sent.
  promised('changes of a stopped node are unavailable and have no effect', async (given) => {
    const { node } = given
    const { paymentRequest, paymentHash } = await given.peer.createInvoice({
      amountMsat: 1_000_000n,
    })
    const before = await node.highWater()
    await whileStopped(given, async () => {
      await errorOf(createOwnInvoice(given), 'node.unavailable')
      await errorOf(node.cancelInvoice(paymentHash), 'node.unavailable')
      await errorOf(readAll(node.pay(paymentOf(paymentRequest))), 'node.unavailable')
    })
    assert.deepEqual(await node.highWater(), before)
    await errorOf(readAll(node.trackPayment(paymentHash)), 'node.payment-not-found')
  })

  // §1 keepalive, §4: a lost connection ends every stream by node.unavailable.
  promised('streams of a node that stops end by node.unavailable', async (given) => {
    const { node } = given
    const held = await payHeld(given)
    const settlements = await watchSettlements(given, 0n)
    const hints: unknown[] = []
    const watching = (async () => {
      for await (const hint of node.watchChannels(new AbortController().signal)) hints.push(hint)
    })()
    const states: unknown[] = []
    const tracking = (async () => {
      for await (const update of node.trackPayment(held.paymentHash)) states.push(update)
    })()
    for (const work of [watching, tracking]) work.catch(() => {})
    await given.waitFor('both streams', async () => hints.length > 0 && states.length > 0)
    await whileStopped(given, async () => {
      await errorOf(watching, 'node.unavailable')
      await errorOf(tracking, 'node.unavailable')
      const cut = await errorOf(held.end, 'node.unavailable')
      assert.equal(cut.details.outcome, 'unknown', 'a payment that was cut is not failed')
    })
    await errorOf(settlements.stop(), 'node.unavailable')
    await held.settle()
    const end = terminalOf(await readAll(node.trackPayment(held.paymentHash)))
    assertSucceeded(end, held.paymentHash)
  })

  // §6: invoices are in LND's database; an open one can be paid after a restart.
  promised('invoices survive a restart, and an open one is paid afterwards', async (given) => {
    const open = await createOwnInvoice(given)
    const settled = await createOwnInvoice(given)
    const canceled = await createOwnInvoice(given)
    assert.equal((await given.peer.pay(settled.paymentRequest)).state, 'succeeded')
    await given.node.cancelInvoice(canceled.paymentHash)
    const look = () =>
      Promise.all(
        [open, settled, canceled].map(({ paymentHash }) => given.node.lookupInvoice(paymentHash)),
      )
    const before = await look()
    await restart(given)
    assert.deepEqual(await look(), before)
    await paidBy(given, open.paymentRequest)
    assert.equal((await given.node.lookupInvoice(open.paymentHash)).state, 'settled')
  })

  // §7: payments and their indexes are in LND's database.
  promised('payments survive a restart', async (given) => {
    const invoice = await given.peer.createInvoice({ amountMsat: 1_000_000n })
    const paid = await payToEnd(given, paymentOf(invoice.paymentRequest))
    const before = await given.node.highWater()
    await restart(given)
    assert.deepEqual(await given.node.highWater(), before)
    const [tracked] = await readAll(given.node.trackPayment(invoice.paymentHash))
    assert.equal(tracked?.preimage, paid.preimage)
    assert.equal(tracked?.feeMsat, paid.feeMsat)
    const again = readAll(given.node.pay(paymentOf(invoice.paymentRequest)))
    await errorOf(again, 'node.payment-exists')
  })

  // §7: after a restart LND follows what is on the wire (resumePayments).
  promised('a payment in flight goes on over a restart, and settles', async (given) => {
    const held = await payHeld(given)
    await restart(given)
    assert.equal(await stateOf(given, held.paymentHash), 'in-flight')
    await held.settle()
    const end = terminalOf(await readAll(given.node.trackPayment(held.paymentHash)))
    assertSucceeded(end, held.paymentHash)
  })

  // §7: and it may be given back.
  promised('a payment in flight over a restart may fail afterwards', async (given) => {
    const held = await payHeld(given)
    await restart(given)
    await held.cancel()
    const end = terminalOf(await readAll(given.node.trackPayment(held.paymentHash)))
    assert.equal(end.state, 'failed')
  })

  // §4.2: what settled before the restart is replayed after an index.
  promised('settlements from before a restart are replayed after an index', async (given) => {
    const first = await createOwnInvoice(given)
    assert.equal((await given.peer.pay(first.paymentRequest)).state, 'succeeded')
    const { settleIndex } = await given.node.lookupInvoice(first.paymentHash)
    const second = await createOwnInvoice(given)
    assert.equal((await given.peer.pay(second.paymentRequest)).state, 'succeeded')
    await restart(given)
    const watch = await watchSettlements(given, settleIndex)
    await watch.arrival(second.paymentHash)
    await watch.stop()
  })

  // §3: an update count never falls; identity stays.
  promised('identity and update counts are the same after a restart', async (given) => {
    const counts = async () =>
      (await given.node.listChannels()).map(({ channelPoint, updateCount }) => ({
        channelPoint,
        updateCount,
      }))
    const { publicKey } = await given.node.getInfo()
    const before = await counts()
    await restart(given)
    assert.equal((await given.node.getInfo()).publicKey, publicKey)
    for (const { channelPoint, updateCount } of before) {
      const after = (await counts()).find((one) => one.channelPoint === channelPoint)
      assert.ok(after && after.updateCount >= updateCount, channelPoint)
    }
  })
}

/** After a restart the peer's graph may need a moment: a payer tries again. */
async function paidBy(given: NodeContractEnvironment, paymentRequest: string): Promise<void> {
  await given.waitFor('the peer to pay', async () => {
    return (await given.peer.pay(paymentRequest)).state === 'succeeded'
  })
}
