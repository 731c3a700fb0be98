import { join } from 'node:path'
import { sandboxRoutes } from '@payment-node/cli/sandbox'
import { sqlite } from '@payment-node/storage-sqlite'
import { createSandbox } from '@payment-node/testkit'
import { swapServer } from './swap-server.ts'
import type { World, WorldOptions } from './world.ts'

/** The simulated network, with books on disk. */
export async function simulatedWorld({ meter, folder }: WorldOptions): Promise<World> {
  const storage = sqlite({ file: join(folder, 'payments.db') })
  const liquidity = { mode: 'recommend' } as const
  const sandbox = await createSandbox({
    time: 'flows',
    options: { meter, storage, liquidity },
    swaps: swapServer,
  })
  const { node, stop } = sandbox
  return { node, routes: (keys) => sandboxRoutes(sandbox, keys), isPlayground: true, stop }
}
