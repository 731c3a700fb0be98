import {
  type ChannelPeerWish,
  type ContractChannelPeer,
  type ContractPayment,
  type ContractPeer,
  createSimulatedNetwork,
  createVirtualClock,
  type NodeContractEnvironment,
  type SimulatedNode,
} from '../../src/index.ts'

/** dave (under test) - bob - carol (the peer), as the harness with real LND has them. */
export function createSimulatedEnvironment(
  options: { seed?: number } = {},
): NodeContractEnvironment {
  const clock = createVirtualClock({ isAutomatic: true })
  const network = createSimulatedNetwork({ clock, seed: options.seed ?? 1 })
  const foreign = createSimulatedNetwork({ clock, network: 'mainnet' }).addNode('foreign')
  const [dave, bob, carol] = ['dave', 'bob', 'carol'].map((alias) => network.addNode(alias))
  if (!dave || !bob || !carol) throw new Error('unreachable')
  const size = { capacitySat: 10_000_000n, pushSat: 5_000_000n }
  network.establishChannel({ from: dave, to: bob, ...size })
  network.establishChannel({ from: bob, to: carol, ...size })
  dave.fund(100_000_000n)

  const waitFor = async (awaited: string, condition: () => Promise<boolean>): Promise<void> => {
    for (let look = 0; look < 400; look++) {
      if (await condition()) return
      await clock.sleep(250)
    }
    throw new Error(`Waited in vain for ${awaited}`)
  }
  const holdAt = async (
    node: SimulatedNode,
    terms: Parameters<ContractPeer['createHoldInvoice']>[0],
  ): ReturnType<ContractPeer['createHoldInvoice']> => {
    const { paymentHash, paymentRequest } = node.createHoldInvoice(terms)
    return {
      paymentHash,
      paymentRequest,
      waitAccepted: () =>
        waitFor('a held payment', async () => node.findInvoice(paymentHash)?.state === 'accepted'),
      settle: async () => node.settleHold(paymentHash),
      cancel: async () => node.cancelHold(paymentHash),
    }
  }
  const peers = new Map<string, ContractChannelPeer>()
  const channelPeer = (wish: ChannelPeerWish): ContractChannelPeer => {
    const key = `${wish.minimumChannelSat}/${wish.maximumChannelSat}`
    const known = peers.get(key)
    if (known) return known
    const node = network.addNode(`peer ${peers.size}`, { conduct: wish })
    const { publicKey, address } = node
    const stop = async (): Promise<void> => node.stop()
    const createHoldInvoice: ContractChannelPeer['createHoldInvoice'] = (terms) =>
      holdAt(node, terms)
    const added = { publicKey, address, stop, start: async () => node.start(), createHoldInvoice }
    peers.set(key, added)
    return added
  }
  let poor: SimulatedNode | undefined
  const sender = network.addNode('sender')
  network.establishChannel({ from: sender, to: dave, ...size })

  const payment = (state: string, failure: ContractPayment['failure']): ContractPayment => ({
    state: state === 'succeeded' ? 'succeeded' : 'failed',
    ...(failure === undefined ? {} : { failure }),
  })

  return {
    node: dave.lightning,
    network: 'regtest',
    otherNetworkInvoice: foreign.createInvoice({ amountMsat: 1000n }).paymentRequest,
    waitFor,
    passTime: (milliseconds) => clock.sleep(milliseconds),
    async mine(blocks) {
      network.mine(blocks)
    },
    peer: {
      publicKey: carol.publicKey,
      createInvoice: async (terms) => carol.createInvoice(terms),
      createHoldInvoice: (terms) => holdAt(carol, terms),
      cancelInvoice: async (paymentHash) => carol.cancelHold(paymentHash),
      async pay(paymentRequest, amountMsat) {
        const paid = await carol.pay(paymentRequest, amountMsat === undefined ? {} : { amountMsat })
        return payment(paid.state, paid.failure)
      },
      async keysend(publicKey, amountMsat) {
        const paid = await carol.keysend(publicKey, amountMsat)
        return payment(paid.state, paid.failure)
      },
    },
    stopNode: async () => dave.stop(),
    startNode: async () => dave.start(),
    async openChannel(capacitySat) {
      return dave.openChannel(bob, { capacitySat })
    },
    async closeChannel(channelPoint, { isForce }) {
      dave.closeChannel(channelPoint, { kind: isForce ? 'force' : 'cooperative' })
    },
    async payOnChain(address, amountSat) {
      network.payOnChain(address, amountSat)
    },
    async reorganize(blocks) {
      network.reorganize(blocks)
    },
    channelPeer: async (wish = {}) => channelPeer(wish),
    async poorNode() {
      poor ??= network.addNode('poor')
      return poor.lightning
    },
    async forward(amountMsat) {
      const { paymentRequest } = carol.createInvoice({ amountMsat })
      const { state } = await sender.pay(paymentRequest)
      if (state !== 'succeeded') throw new Error('The payment through the node failed')
    },
  }
}
