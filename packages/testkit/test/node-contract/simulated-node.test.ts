import { test } from 'vitest'
import { lightningNodeContract } from '../../src/index.ts'
import { createSimulatedEnvironment } from './simulated-environment.ts'

lightningNodeContract(test, async () => createSimulatedEnvironment(), {
  restarts: true,
  opensChannels: true,
  managesChannels: true,
  watchesChain: true,
  forwards: true,
})
