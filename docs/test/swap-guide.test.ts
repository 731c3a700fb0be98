import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SelfCustodialSwapProvider } from '@payment-node/core'
import { swapProviderContract } from '@payment-node/testkit'
import { type BoltzEnvironment, boltzEnvironment } from '@payment-node/testkit/boltz-server'
import { afterAll, test } from 'vitest'
import { readExamples } from '../read-examples.ts'

// The plugin of docs/swap-providers.md, as a reader puts it together, under the contract.

const folder = join(import.meta.dirname, '..', '.guide')
let environment: BoltzEnvironment | undefined
afterAll(async () => {
  await environment?.close()
  rmSync(folder, { recursive: true, force: true })
})

swapProviderContract(test, async () => {
  const examples = readExamples(join(import.meta.dirname, '..', '..'))
  const plugin = examples.findLast(
    ({ file, code }) =>
      file === 'docs/swap-providers.md' && code.includes('export function mySwaps'),
  )
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'swaps.ts')
  writeFileSync(file, plugin!.code)
  const { mySwaps } = (await import(/* @vite-ignore */ file)) as {
    mySwaps(options: object): SelfCustodialSwapProvider
  }
  environment = await boltzEnvironment(({ url, allow }) =>
    mySwaps({ url, http: { allow }, pollEvery: 20 }),
  )
  return environment
})
