import { boltz } from '@payment-node/boltz-plugin'
import type { SwapProvider } from '@payment-node/core'
import type { SandboxWorld } from '@payment-node/testkit'
import {
  boltzHttp,
  createBoltzFaults,
  createBoltzServer,
  createMusigSigner,
  simulatedChain,
  simulatedLightning,
} from '@payment-node/testkit/boltz-server'

const url = 'https://swaps.example/v2'

/** A server of swaps that lives at the simulated payee, and the plugin that speaks to it. */
export function swapServer({ clock, network, lnd, payee }: SandboxWorld): readonly SwapProvider[] {
  const server = createBoltzServer({
    lightning: simulatedLightning(payee),
    clientLightning: simulatedLightning(lnd),
    chain: simulatedChain(network),
    signer: createMusigSigner(),
    clock,
    faults: createBoltzFaults(),
  })
  return [boltz({ url, clock, http: boltzHttp({ clock, servers: { [url]: server } }) })]
}
