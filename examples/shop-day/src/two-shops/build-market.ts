import { createHash } from 'node:crypto'
import { type Http, PaymentNodeError, type PeerEntry } from '@payment-node/core'
import {
  createSimulatedNetwork,
  type SimulatedNetwork,
  type SimulatedNode,
  type VirtualClock,
} from '@payment-node/testkit'
import {
  type BoltzServer,
  boltzHttp,
  createBoltzServer,
  createMusigSigner,
  simulatedChain,
  simulatedLightning,
} from '@payment-node/testkit/boltz-server'
import { hubPolicy } from '../build-world.ts'

/** One Lightning network around one shop: who buys, who is paid, who swaps. */
export interface Market {
  readonly network: SimulatedNetwork<VirtualClock>
  /** The shop's own LND: some coins, and no channel that it opened. */
  readonly lnd: SimulatedNode
  readonly customers: readonly SimulatedNode[]
  /** Where the partners are paid to. */
  readonly wallet: SimulatedNode
  readonly hubs: readonly SimulatedNode[]
  readonly peers: readonly PeerEntry[]
  /** Providers of swaps, by their address. */
  readonly providers: Readonly<Record<string, BoltzServer>>
  /** The web of this network: providers of swaps, and the server of the partners' Lightning addresses. */
  readonly http: Http
  /** Ends what the providers follow. */
  close(): Promise<void>
}

/** What others open to the shop before the first customer comes, in sat. */
const firstInbound = [3_000_000n, 2_000_000n]
const hubNames = ['north', 'south', 'harbor', 'ridge', 'meadow']
/** Of swaps: a cheap one and a dear one. */
const servers = { lantern: 0.4, quay: 0.6 }

/** The host of the partners' Lightning addresses. */
export const payeeHost = 'wallets.example'

/** Builds the same network for every shop that stands in it: the same seed, the same nodes, the same channels. */
export function buildMarket(clock: VirtualClock, seed: string): Market {
  const network = createSimulatedNetwork({ clock, seed, trustsOwnInvoices: true })
  const add = (alias: string): SimulatedNode => network.addNode(alias)
  const lnd = add('shop')
  const hubs = hubNames.map(add)
  const customers = ['anna', 'ben', 'carla', 'dora'].map(add)
  const wallet = add('wallets')
  const open = (
    from: SimulatedNode,
    to: SimulatedNode,
    capacitySat: bigint,
    pushSat = 0n,
  ): void => {
    network.establishChannel({ from, to, capacitySat, pushSat, policy: hubPolicy })
  }
  for (const [index, hub] of hubs.entries()) {
    // Nothing but the shop's own channels is ever the bottleneck.
    for (const customer of customers) open(customer, hub, 200_000_000n)
    open(hub, wallet, 200_000_000n)
    open(hub, hubs[(index + 1) % hubs.length]!, 400_000_000n, 200_000_000n)
  }
  for (const [index, capacitySat] of firstInbound.entries()) {
    open(hubs[index]!, lnd, capacitySat)
  }
  lnd.fund(20_000_000n)
  network.setFeerate(quietFeerate)

  const chain = simulatedChain(network, { seed })
  const providers = Object.fromEntries(
    Object.entries(servers).map(([name, feePercent]) => {
      const node = add(name)
      for (const hub of hubs) open(hub, node, 200_000_000n)
      const server = createBoltzServer({
        lightning: simulatedLightning(node),
        clientLightning: simulatedLightning(lnd),
        chain,
        signer: createMusigSigner(),
        clock,
        settings: { feePercent },
      })
      return [addressOf(name), server]
    }),
  )
  return {
    network,
    lnd,
    customers,
    wallet,
    hubs,
    peers: hubs.map(({ publicKey, address, alias }) => ({ publicKey, address, alias })),
    providers,
    http: marketHttp(clock, wallet, providers),
    async close() {
      await Promise.all(Object.values(providers).map((server) => server.close()))
    },
  }
}

/** sat/vB, when nothing is the matter. */
export const quietFeerate = 7

/** Where the API of a provider begins. */
function addressOf(name: string): string {
  return `https://${name}.example/v2`
}

/** Lightning addresses are answered by the wallet's own node, everything else by the providers. */
function marketHttp(
  clock: VirtualClock,
  wallet: SimulatedNode,
  providers: Readonly<Record<string, BoltzServer>>,
): Http {
  const swaps = boltzHttp({ clock, servers: providers })
  return {
    contractVersion: 1,
    async request(request) {
      const url = new URL(request.url)
      if (url.host !== payeeHost) return swaps.request(request)
      await clock.sleep(20)
      return { status: 200, headers: {}, body: JSON.stringify(answerPayer(url, wallet)) }
    },
    openSocket(request) {
      if (swaps.openSocket) return swaps.openSocket(request)
      const says = { host: request.url, reason: 'no-sockets', outcome: 'none' as const }
      throw new PaymentNodeError('http.failed', 'There are no sockets.', says)
    },
  }
}

/** LUD-06 and LUD-16: what is offered, then an invoice. */
function answerPayer(url: URL, wallet: SimulatedNode): object {
  const user = url.pathname.split('/').at(-1) ?? ''
  const identifier = `${user}@${payeeHost}`
  const metadata = JSON.stringify([
    ['text/plain', `To ${user}`],
    ['text/identifier', identifier],
  ])
  if (!url.pathname.startsWith('/pay/')) {
    const callback = `https://${payeeHost}/pay/${user}`
    return { tag: 'payRequest', callback, minSendable: 1000, maxSendable: 1e11, metadata }
  }
  const descriptionHash = createHash('sha256').update(metadata).digest()
  const amountMsat = BigInt(url.searchParams.get('amount') ?? '0')
  const { paymentRequest } = wallet.createInvoice({ amountMsat, descriptionHash })
  return { pr: paymentRequest, routes: [] }
}
