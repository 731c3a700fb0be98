import { createPaymentNode } from '@payment-node/core'
import { jsonLogger } from './json-logger.ts'
import type { World, WorldOptions } from './world.ts'

/** The operator's own LND, as `payment-node.config.ts` says. */
export async function realWorld({ meter }: WorldOptions): Promise<World> {
  const { default: options } = await import('../payment-node.config.ts')
  const node = createPaymentNode({ ...options, meter, logger: jsonLogger })
  await node.start()
  return { node, routes: () => [], isPlayground: false, stop: node.stop }
}
