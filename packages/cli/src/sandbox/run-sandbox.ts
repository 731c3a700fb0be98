import {
  type ApiServer,
  createApi,
  memoryKeys,
  prometheusMetrics,
  serveApi,
} from '@payment-node/http-api'
import { createSandbox, createSeededRandom } from '@payment-node/testkit'
import { sandboxRoutes } from './sandbox-routes.ts'

/** A sandbox behind the HTTP API. */
export interface RunningSandbox {
  readonly url: string
  /** Opens everything; the same for the same seed, because nothing here is worth anything. */
  readonly operatorKey: string
  stop(): Promise<void>
}

/** Starts a sandbox on a port of this machine; time flows in it. */
export async function runSandbox(port: number, seed: string): Promise<RunningSandbox> {
  const metrics = prometheusMetrics()
  const sandbox = await createSandbox({ seed, time: 'flows', options: { meter: metrics.meter } })
  const keys = memoryKeys(createSeededRandom(`${seed}/keys`).bytes)
  const { text: operatorKey } = await keys.create({ scope: 'operator', name: 'sandbox' })
  const { node } = sandbox
  const limits = { perKey: false, failuresPerAddress: false } as const
  const routes = sandboxRoutes(sandbox, keys)
  let server: ApiServer
  try {
    server = await serveApi(createApi({ node, keys, metrics, limits, routes }), { port })
  } catch (error) {
    await sandbox.stop()
    throw error
  }
  return {
    url: server.url,
    operatorKey,
    async stop() {
      await server.close()
      await sandbox.stop()
    },
  }
}
