import type { TestProject } from 'vitest/node'
import { buildBinaries } from './build-binaries.ts'
import { type NetworkDetails, startNetwork } from './network.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The network that all test files of a run share; `sharedNetwork()` makes it usable. */
    network: NetworkDetails
  }
}

/** Starts alice, bob and carol once for all test files; the channels can pay in both directions. */
export default async function startSharedNetwork(
  project: TestProject,
): Promise<() => Promise<void>> {
  // Both versions now: a build takes minutes, which no test's deadline allows for.
  await buildBinaries('0.19')
  const network = await startNetwork({
    nodes: [{ alias: 'alice' }, { alias: 'bob' }, { alias: 'carol' }],
    channels: [
      { from: 'alice', to: 'bob', capacitySat: 10_000_000, pushSat: 5_000_000 },
      { from: 'bob', to: 'carol', capacitySat: 10_000_000, pushSat: 5_000_000 },
    ],
  })
  project.provide('network', network.details)
  return () => network.remove()
}
