import { join } from 'node:path'
import type { Logger } from '@payment-node/core'
import {
  type ApiServer,
  createApi,
  keysFile,
  type PrometheusMetrics,
  serveApi,
} from '@payment-node/http-api'
import type { World } from './world.ts'

/** A server that runs. */
export interface ReferenceServer {
  readonly url: string
  /** Of a playground; undefined: make one with the command `keys`. */
  readonly operatorKey: string | undefined
  stop(): Promise<void>
}

/** How it is served. */
export interface ServeOptions {
  readonly world: World
  readonly metrics: PrometheusMetrics
  /** Where the keys are. */
  readonly folder: string
  readonly port: number
  readonly logger: Logger
}

/** The whole server: an API over a node, keys in a file, metrics, a port of this machine. */
export async function serve({
  world,
  metrics,
  folder,
  port,
  logger,
}: ServeOptions): Promise<ReferenceServer> {
  const keys = keysFile(join(folder, 'keys.json'))
  const { node } = world
  const made = world.isPlayground ? await keys.create({ scope: 'operator' }) : undefined
  const api = createApi({ node, keys, metrics, logger, routes: world.routes(keys) })
  let server: ApiServer
  try {
    server = await serveApi(api, { port })
  } catch (error) {
    await world.stop()
    throw error
  }
  return {
    url: server.url,
    operatorKey: made?.text,
    async stop() {
      // First no more requests, then no more work.
      await server.close()
      await world.stop()
    },
  }
}
