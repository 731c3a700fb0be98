import { swapProviderContract } from '@payment-node/testkit'
import { type BoltzEnvironment, boltzEnvironment } from '@payment-node/testkit/boltz-server'
import { afterAll, test } from 'vitest'
import { boltz } from '../src/index.ts'

let environment: BoltzEnvironment | undefined
afterAll(() => environment?.close())

swapProviderContract(test, async () => {
  environment = await boltzEnvironment(({ url, allow }) => boltz({ url, http: { allow } }))
  return environment
})
