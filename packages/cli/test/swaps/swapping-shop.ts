import type { BoltzOptions } from '@payment-node/boltz-plugin'
import { simulatedShop } from '../shop-folder.ts'

const url: BoltzOptions['url'] = 'https://swaps.example/v2'

/** A shop with a server of swaps at its payee: 1,000,000 sat can be sent to it. */
export function swappingShop({ lines = '', options = '' } = {}): string {
  const shop = simulatedShop({
    keys: 'swaps: new Uint8Array(32).map((_, index) => 255 - index)',
    lines: `
shop.fund(1_000_000n)
network.setFeerate(2)
export const server = createBoltzServer({
  lightning: simulatedLightning(payee),
  clientLightning: simulatedLightning(shop),
  chain: simulatedChain(network),
  signer: createMusigSigner(),
  clock: systemClock,
  faults: createBoltzFaults(),
})
const url = '${url}'
const door = boltzHttp({ clock: systemClock, servers: { [url]: server } })
export const provider = boltz({ url, http: door })
${lines}`,
    options: `swaps: [provider],\n  ${options}`,
  })
  return `import { boltz } from '@payment-node/boltz-plugin'
import {
  boltzHttp,
  createBoltzFaults,
  createBoltzServer,
  createMusigSigner,
  simulatedChain,
  simulatedLightning,
} from '@payment-node/testkit/boltz-server'
${shop}`
}
