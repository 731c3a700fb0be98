import { boltz } from '@payment-node/boltz-plugin'
import {
  type Http,
  type HttpRequest,
  loadSwapCode,
  type PaymentNodeOptions,
  type SelfCustodialSwapProvider,
} from '@payment-node/core'
import { createSeededRandom, type SimulatedProcess, type World } from '@payment-node/testkit'
import {
  type BoltzChain,
  type BoltzFault,
  type BoltzServer,
  type BoltzSettings,
  boltzHttp,
  createBoltzFaults,
  createBoltzServer,
  createMusigSigner,
  simulatedChain,
  simulatedLightning,
} from '@payment-node/testkit/boltz-server'
import { askOutside, never } from './ask-outside.ts'

const url = 'https://swaps.example/v2'

// Virtual time does not wait for a module that is loaded: it is there before.
await loadSwapCode()
// What it takes of chance at its first use, it takes before a world forbids it.
createMusigSigner()

/** Made once: the same in every world. */
const random = createSeededRandom('the keys of the simulated shop that swaps')
const keys: { readonly invoices: Uint8Array; readonly swaps: Uint8Array } = {
  invoices: random.bytes(32),
  swaps: random.bytes(32),
}

/** A server of Boltz's API in the world of the run that is on, and the plugin as each process has it. */
export interface SwapServer {
  /** Of the run that is on. */
  readonly server: BoltzServer
  readonly chain: BoltzChain
  /** Keys, and this one provider. */
  readonly options: Partial<PaymentNodeOptions>
  /** A server for this world, at the node `payee`. */
  open(world: World): void
}

/** Nothing is there before `open`. */
export function lateServer(
  faults: readonly BoltzFault[] = [],
  settings: Partial<BoltzSettings> = {},
): SwapServer {
  let server: BoltzServer | undefined
  let chain: BoltzChain | undefined
  let current: World | undefined
  const plugins = new WeakMap<SimulatedProcess, SelfCustodialSwapProvider>()

  const pluginOf = (): SelfCustodialSwapProvider => {
    const world = current!
    const process = world.places[0]!.process!
    const known = plugins.get(process)
    if (known) return known
    const http = gateWeb(
      world,
      process,
      boltzHttp({ clock: world.clock, servers: { [url]: server! } }),
    )
    const made = boltz({ url, name: 'boltz', http, clock: process.clock })
    plugins.set(process, made)
    return made
  }

  const provider: SelfCustodialSwapProvider = {
    contractVersion: 1,
    custody: 'self',
    name: 'boltz',
    url,
    limits: (signal) => pluginOf().limits(signal),
    quote: (amountSat, signal) => pluginOf().quote(amountSat, signal),
    create: (request, signal) => pluginOf().create(request, signal),
    status: (providerId, signal) => pluginOf().status(providerId, signal),
    watch: (providerIds, signal) => pluginOf().watch(providerIds, signal),
    requestClaimSignature: (request, signal) => pluginOf().requestClaimSignature(request, signal),
  }
  return {
    get server() {
      return server!
    },
    get chain() {
      return chain!
    },
    options: { keys, swaps: [provider] },
    open(world) {
      const seeded = createSeededRandom(`boltz/${world.seed}`)
      const bytes = (count: number): Uint8Array => seeded.bytes(count)
      current = world
      chain = simulatedChain(world.network, { seed: `chain/${world.seed}` })
      server = createBoltzServer({
        lightning: simulatedLightning(world.peers.payee),
        clientLightning: simulatedLightning(world.shop),
        chain,
        signer: createMusigSigner({ random: bytes }),
        clock: world.clock,
        random: bytes,
        faults: createBoltzFaults(...faults),
        settings,
      })
    },
  }
}

/** What is asked of the server, as the steps are named; what only looks is struck seldom. */
function nameOf({ method, url: asked }: HttpRequest): string {
  const path = asked.slice(url.length)
  if (method === 'GET') return path === '/swap/reverse' ? 'swaps.prices' : 'swaps.status'
  return path === '/swap/reverse' ? 'swaps.create' : 'swaps.sign'
}

/** The web as one process has it. */
function gateWeb(world: World, process: SimulatedProcess, http: Http): Http {
  return {
    contractVersion: 1,
    request: (request) => askOutside(world, process, nameOf(request), () => http.request(request)),
    async openSocket({ signal, onMessage, onClose, ...request }) {
      if (!process.isAlive) return never()
      const ending = new AbortController()
      void process.over.then(() => ending.abort())
      signal?.addEventListener('abort', () => ending.abort(), { once: true })
      return http.openSocket!({
        ...request,
        signal: ending.signal,
        onMessage: (text) => void (process.isAlive && onMessage(text)),
        onClose: () => void (process.isAlive && onClose()),
      })
    },
  }
}
