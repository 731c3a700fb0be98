import type { NewDelegatedSwap } from '@payment-node/core'
import { type LoopOptions, type LoopProvider, loop } from '@payment-node/loop-plugin'
import {
  type LoopServer,
  type LoopServerOptions,
  startLoopServer,
} from '@payment-node/testkit/loop-server'

/** A fake loopd and a plugin that talks to it. */
export interface Pair extends AsyncDisposable {
  readonly server: LoopServer
  readonly provider: LoopProvider
}

export async function startPair(
  given: LoopServerOptions = {},
  more: Partial<LoopOptions> = {},
): Promise<Pair> {
  const server = await startLoopServer(given)
  const { address, certificate, macaroon } = server
  const provider = loop({ address, certificate, macaroon, ...more })
  return {
    server,
    provider,
    async [Symbol.asyncDispose]() {
      provider.close()
      await server.stop()
    },
  }
}

export function wanted(more: Partial<NewDelegatedSwap> = {}): NewDelegatedSwap {
  return {
    label: 'a'.repeat(32),
    amountSat: 1_000_000n,
    maximumServiceSat: 3000n,
    maximumMinerSat: 50_000n,
    maximumPrepaySat: 1000n,
    maximumRoutingSat: 5000n,
    publicationDeadline: 1_800_000_000_999,
    ...more,
  }
}

/** Names of the methods that were called. */
export function calls({ server }: Pair): string[] {
  return server.received.map(({ method }) => method)
}
