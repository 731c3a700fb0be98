import type { RegisterTest } from '../storage-contract/under-test.ts'
import { answerRules } from './answer-rules.ts'
import { claimRules } from './claim-rules.ts'
import { creationRules } from './creation-rules.ts'
import type { SwapProviderEnvironment } from './environment.ts'
import { priceRules } from './price-rules.ts'
import { registerRules } from './rule.ts'
import { statusRules } from './status-rules.ts'

/**
 * Every promise of a self-custodial `SwapProvider` as one test each. Knows no test runner: give it the runner's
 * `test`, and a factory that is called once, before the first rule. What fails says the rule, what happened, why it
 * matters and where to read on. Ending the environment is up to the caller.
 *
 * @example
 * ```ts
 * import { swapProviderContract, type SwapProviderEnvironment } from '@payment-node/testkit'
 * import { test } from 'vitest'
 *
 * export function contractFor(start: () => Promise<SwapProviderEnvironment>): void {
 *   swapProviderContract(test, start)
 * }
 * ```
 */
export function swapProviderContract(
  test: RegisterTest,
  createEnvironment: () => Promise<SwapProviderEnvironment>,
): void {
  let created: Promise<SwapProviderEnvironment> | undefined
  const environment = (): Promise<SwapProviderEnvironment> => {
    created ??= createEnvironment()
    return created
  }
  registerRules(test, environment, priceRules, 'price-rules.ts')
  registerRules(test, environment, creationRules, 'creation-rules.ts')
  registerRules(test, environment, statusRules, 'status-rules.ts')
  registerRules(test, environment, claimRules, 'claim-rules.ts')
  registerRules(test, environment, answerRules, 'answer-rules.ts')
}
