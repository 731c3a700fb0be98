import { boltz } from '@payment-node/boltz-plugin'
import type { SelfCustodialSwapProvider } from '@payment-node/core'

/** The plugin for a swap server of these tests, which is on this machine and has no TLS. */
export function regtestProvider(url: string, name = 'regtest'): SelfCustodialSwapProvider {
  const { hostname, port } = new URL(url)
  const server = { host: hostname, port: Number(port), insecure: true, for: ['swaps'] } as const
  return boltz({ url, name, http: { allow: [server] } })
}
