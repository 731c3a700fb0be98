import { setTimeout } from 'node:timers/promises'
import {
  createPaymentNode,
  type PaymentNode,
  type Swap,
  sat,
  silentLogger,
  systemClock,
} from '@payment-node/core'
import { loop } from '@payment-node/loop-plugin'
import { memory } from '@payment-node/storage-memory'
import { createSimulatedNetwork } from '@payment-node/testkit'
import { type LoopSwap, startLoopServer } from '@payment-node/testkit/loop-server'
import { expect, test } from 'vitest'

function ended(node: PaymentNode): Promise<Swap> {
  return new Promise((resolve) => {
    node.on('swap.claimed', ({ swap }) => resolve(swap))
    node.on('swap.failed', ({ swap }) => resolve(swap))
    node.on('swap.lost', ({ swap }) => resolve(swap))
  })
}

test('a payment node, the plugin and a daemon over gRPC: from the request to the books', async () => {
  const network = createSimulatedNetwork({ clock: systemClock, seed: 1 })
  const [lnd, swapServer] = [network.addNode('shop'), network.addNode('loop')]
  network.establishChannel({ from: lnd, to: swapServer, capacitySat: 10_000_000n, pushSat: 0n })
  const started = Promise.withResolvers<void>()
  /** The daemon pays with the same LND, to its server's invoices. */
  const pay = async (swap: LoopSwap): Promise<void> => {
    const { feeSat, prepaySat } = server.terms
    const main = swapServer.createHoldInvoice({
      amountMsat: (swap.amountSat + feeSat - prepaySat) * 1000n,
    })
    const prepay = swapServer.createInvoice({ amountMsat: prepaySat * 1000n })
    Object.assign(swap, { id: main.paymentHash })
    void lnd.pay(main.paymentRequest)
    await lnd.pay(prepay.paymentRequest)
    started.resolve()
  }
  await using server = await startLoopServer({ onSwap: pay })
  const { address, certificate, macaroon } = server
  const provider = loop({ address, certificate, macaroon })
  const node = createPaymentNode({
    lightning: lnd.connect(),
    storage: memory(),
    keys: { invoices: Uint8Array.from({ length: 32 }, (_, at) => at) },
    swaps: [provider],
    logger: silentLogger,
  })
  await node.start()
  try {
    const ending = ended(node)
    const [asked] = await node.swaps.request(
      { amount: '1000000 sat' },
      { idempotencyKey: 'swap-1' },
    )
    await started.promise
    const [swap] = server.swaps
    expect(swap!.label).toBe(asked!.id)
    server.advance(swap!, { state: 'PREIMAGE_REVEALED' })
    for (;;) {
      await setTimeout(5)
      const held = await lnd.lightning.listPayments({ afterIndex: 0n, limit: 10 })
      if (held.some(({ paymentHash }) => paymentHash === swap!.id)) break
    }
    swapServer.settleHold(swap!.id)
    lnd.fund(swap!.amountSat - 700n)
    server.advance(swap!, { state: 'SUCCESS', serverSat: 3000n, onchainSat: 700n })
    expect(await ending).toMatchObject({
      id: asked!.id,
      state: 'completed',
      reason: null,
      costs: { service: sat(3000), claim: sat(700), prepay: sat(0) },
    })
    const { world } = await node.ledger.balances()
    expect(world.swapFees).toEqual(sat(3000))
  } finally {
    await node.stop()
    provider.close()
  }
})
