import { boltz } from '@payment-node/boltz-plugin'
import type { SandboxOptions } from '@payment-node/testkit'
import {
  boltzHttp,
  createBoltzFaults,
  createBoltzServer,
  createMusigSigner,
  simulatedChain,
  simulatedLightning,
} from '@payment-node/testkit/boltz-server'
// Virtual time does not wait for a module that is loaded: it is there before.
import '../../core/src/swaps/kit/index.ts'

const url = 'https://swaps.example/v2'

/** A server of swaps at the payee, and the plugin on it. */
export const swapServer: NonNullable<SandboxOptions['swaps']> = ({
  clock,
  network,
  lnd,
  payee,
}) => {
  const server = createBoltzServer({
    lightning: simulatedLightning(payee),
    clientLightning: simulatedLightning(lnd),
    chain: simulatedChain(network),
    signer: createMusigSigner(),
    clock,
    faults: createBoltzFaults(),
  })
  return [
    boltz({
      url,
      name: 'swaps.example',
      clock,
      http: boltzHttp({ clock, servers: { [url]: server } }),
    }),
  ]
}
