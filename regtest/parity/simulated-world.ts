import {
  createSimulatedNetwork,
  createVirtualClock,
  type SimulatedNode,
} from '@payment-node/testkit'
import { hashPreimage } from './hash-preimage.ts'
import type { CounterpartyPayment, World, WorldCounterparty } from './world.ts'

const firstChannel = { capacitySat: 10_000_000n, pushSat: 5_000_000n, satPerVbyte: 5 }
const secondChannel = { capacitySat: 10_000_000n, pushSat: 1_000_000n, satPerVbyte: 5 }
/** Longer than links need to come back and graphs to learn, one after the other. */
const calmMilliseconds = 5_000
const feeLimitMsat = 1_000_000n

/** The network of the harness, simulated: same aliases, same coins, same channels. */
export async function startSimulatedWorld(seed: string): Promise<World> {
  const clock = createVirtualClock({ isAutomatic: true })
  const network = createSimulatedNetwork({ clock, seed, network: 'simnet', hasIndexGaps: false })
  const addresses = { tested: '10.0.0.1:9735', peer: '10.0.0.2:9735', payee: '10.0.0.3:9735' }
  const nodes = {
    tested: network.addNode('tested', { address: addresses.tested }),
    peer: network.addNode('peer', { address: addresses.peer }),
    payee: network.addNode('payee', { address: addresses.payee }),
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
  const channelPoint = nodes.tested.openChannel(nodes.peer, firstChannel)
  nodes.peer.openChannel(nodes.payee, secondChannel)
  await mine(6)
  const calm = (): Promise<void> => clock.sleep(calmMilliseconds)
  await calm()

  return {
    kind: 'simulated',
    node: nodes.tested.lightning,
    ports: {
      tested: nodes.tested.lightning,
      peer: nodes.peer.lightning,
      payee: nodes.payee.lightning,
    },
    publicKeys: {
      tested: nodes.tested.publicKey,
      peer: nodes.peer.publicKey,
      payee: nodes.payee.publicKey,
    },
    addresses,
    counterparties: { peer: counterparty(nodes.peer), payee: counterparty(nodes.payee) },
    baseHeight: network.blockHeight,
    firstChannel: channelPoint,
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
    async remove() {
      await Promise.all(Object.values(nodes).map((node) => node.lightning.close()))
    },
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
      payInOnePart: (paymentRequest) =>
        paid(node.pay(paymentRequest, { feeLimitMsat, maximumParts: 1 })),
      keysend: (publicKey, amountMsat) => paid(node.keysend(publicKey, amountMsat)),
    }
  }
}
