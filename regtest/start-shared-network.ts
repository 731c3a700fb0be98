import type { TestProject } from 'vitest/node'
import { buildBinaries } from './build-binaries.ts'
import { type NetworkDetails, type RunningNetwork, startNetwork } from './network.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** One network per worker, in the order of the workers; `sharedNetwork()` takes the own one. */
    networks: readonly NetworkDetails[]
  }
}

/**
 * Starts alice, bob and carol once for all test files of a worker; the channels can pay in both
 * directions. Who mines, mines for everybody on the chain: workers have a chain each.
 */
export default async function startSharedNetworks(
  project: TestProject,
): Promise<() => Promise<void>> {
  // Both versions now: a build takes minutes, which no test's deadline allows for.
  await buildBinaries('0.19')
  await buildBinaries('0.21')
  const { config, state } = project.vitest
  const count = Math.min(state.getPaths().length, config.maxWorkers)
  const networks: RunningNetwork[] = []
  const remove = async (): Promise<void> => {
    await Promise.all(networks.map((network) => network.remove()))
  }
  try {
    while (networks.length < count) networks.push(await start())
  } catch (error) {
    await remove()
    throw error
  }
  project.provide(
    'networks',
    networks.map(({ details }) => details),
  )
  return remove
}

function start(): Promise<RunningNetwork> {
  return startNetwork({
    nodes: [{ alias: 'alice' }, { alias: 'bob' }, { alias: 'carol' }],
    channels: [
      { from: 'alice', to: 'bob', capacitySat: 10_000_000, pushSat: 5_000_000 },
      { from: 'bob', to: 'carol', capacitySat: 10_000_000, pushSat: 5_000_000 },
    ],
  })
}
