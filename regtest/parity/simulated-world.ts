import {
  createSimulatedNetwork,
  createVirtualClock,
  type SimulatedNode,
} from '@payment-node/testkit'
import { hashPreimage } from './hash-preimage.ts'
import type { CounterpartyPayment, World, WorldCounterparty } from './world.ts'

const channel = { capacitySat: 10_000_000n, pushSat: 5_000_000n }
/** Longer than links and graphs need to come back. */
const calmMilliseconds = 3_000
const feeLimitMsat = 1_000_000n

/** The network of the harness, simulated: same aliases, same coins, same channels. */
export async function startSimulatedWorld(seed: string): Promise<World> {
  const clock = createVirtualClock({ isAutomatic: true })
  const network = createSimulatedNetwork({ clock, seed, network: 'simnet', hasIndexGaps: false })
  const nodes = {
    tested: network.addNode('tested'),
    peer: network.addNode('peer'),
    payee: network.addNode('payee'),
  }
  for (const node of Object.values(nodes)) {
    for (let coin = 0; coin < 5; coin++) node.fund(20_000_000n)
  }
  const mine = async (blocks: number): Promise<void> => {
    // One after the other: what a block starts is over before the next one.
    for (let block = 0; block < blocks; block++) {
      network.mine(1)
      await clock.sleep(100)
    }
  }
  const firstChannel = nodes.tested.openChannel(nodes.peer, { ...channel, satPerVbyte: 5 })
  nodes.peer.openChannel(nodes.payee, { ...channel, satPerVbyte: 5 })
  await mine(6)
  const calm = (): Promise<void> => clock.sleep(calmMilliseconds)
  await calm()

  return {
    kind: 'simulated',
    node: nodes.tested.lightning,
    publicKeys: {
      tested: nodes.tested.publicKey,
      peer: nodes.peer.publicKey,
      payee: nodes.payee.publicKey,
    },
    addresses: { tested: 'tested:9735', peer: 'peer:9735', payee: 'payee:9735' },
    counterparties: { peer: counterparty(nodes.peer), payee: counterparty(nodes.payee) },
    baseHeight: network.blockHeight,
    firstChannel,
    mine,
    calm,
    passTime: (milliseconds) => clock.sleep(milliseconds),
    async waitFor(awaited, condition) {
      for (let look = 0; look < 400; look++) {
        if (await condition()) return
        await clock.sleep(250)
      }
      throw new Error(`the simulated network waited in vain for ${awaited}`)
    },
    async stop() {
      nodes.tested.stop()
    },
    async startLocked() {
      nodes.tested.lock()
    },
    async unlock() {
      nodes.tested.unlock()
    },
    async openChannel(opener, terms) {
      const other = opener === 'tested' ? nodes.peer : nodes.tested
      return nodes[opener].openChannel(other, terms)
    },
    async closeChannel(closer, channelPoint, isForce) {
      nodes[closer].closeChannel(channelPoint, {
        kind: isForce ? 'force' : 'cooperative',
        satPerVbyte: 5,
      })
    },
    remove: () => nodes.tested.lightning.close(),
  }

  function counterparty(node: SimulatedNode): WorldCounterparty {
    const paid = async (
      payment: ReturnType<SimulatedNode['pay']>,
    ): Promise<CounterpartyPayment> => {
      const { state, failure } = await payment
      return {
        state: state === 'succeeded' ? 'succeeded' : 'failed',
        ...(failure === undefined ? {} : { failure }),
      }
    }
    return {
      createInvoice: async (invoice) => node.createInvoice(invoice).paymentRequest,
      createHoldInvoice: async (invoice) => node.createHoldInvoice(invoice).paymentRequest,
      isHeld: async (paymentHash) => node.findInvoice(paymentHash)?.state === 'accepted',
      async settleHold(preimage) {
        // LND takes a second time for success.
        const paymentHash = hashPreimage(preimage)
        if (node.findInvoice(paymentHash)?.state !== 'settled') node.settleHold(paymentHash)
      },
      async cancelInvoice(paymentHash) {
        if (node.findInvoice(paymentHash)?.state !== 'canceled') node.cancelHold(paymentHash)
      },
      pay: (paymentRequest, amountMsat) =>
        paid(node.pay(paymentRequest, { feeLimitMsat, ...(amountMsat && { amountMsat }) })),
      keysend: (publicKey, amountMsat) => paid(node.keysend(publicKey, amountMsat)),
    }
  }
}
