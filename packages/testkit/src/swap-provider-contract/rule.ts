import type {
  ErrorCode,
  PaymentNodeError as Failure,
  SelfCustodialSwapProvider,
} from '@payment-node/core'
import { PaymentNodeError } from '@payment-node/core'
import type { RegisterTest } from '../storage-contract/under-test.ts'
import type { ProviderFault, SwapProviderEnvironment } from './environment.ts'

/** A promise of the port that a plugin keeps or breaks. */
export interface Rule {
  /** What holds. */
  readonly rule: string
  /** What goes wrong in core, or with money, when it does not hold. */
  readonly why: string
  /** Faults that the server must have; without one of them the rule is left out. */
  readonly needs?: readonly ProviderFault[]
  run(given: SwapProviderEnvironment): Promise<void>
}

const guide = 'docs/swap-providers.md'
const port = 'packages/core/src/ports/swap-provider.ts'

/** Registers rules as one test each; what fails says rule, reason and where to read on. */
export function registerRules(
  test: RegisterTest,
  environment: () => Promise<SwapProviderEnvironment>,
  rules: readonly Rule[],
  file: string,
): void {
  for (const { rule, why, needs = [], run } of rules) {
    test(rule, async () => {
      const given = await environment()
      if (needs.some((fault) => !given.faults.includes(fault))) return
      given.misbehave()
      try {
        await run(given)
      } catch (cause) {
        const what = cause instanceof Error ? cause.message : String(cause)
        const lines = [`Broken rule: ${rule}`, `What happened: ${what}`, `Why it matters: ${why}`]
        const where = `Read on in ${guide} and ${port}; the rule is in swap-provider-contract/${file}.`
        throw new Error([...lines, where].join('\n'), { cause })
      } finally {
        given.misbehave()
      }
    })
  }
}

/** The error of a call of the plugin, which must be one of the port's with one of these codes. */
export async function rejectionOf(
  provider: SelfCustodialSwapProvider,
  call: string,
  work: Promise<unknown>,
  ...codes: readonly ('swap.refused' | 'swap.provider-failed')[]
): Promise<Failure<'swap.refused' | 'swap.provider-failed'>> {
  const wanted: readonly ErrorCode[] = codes.length > 0 ? codes : swapCodes
  const error: unknown = await work.then(
    (value) => {
      throw new Error(`${call} resolved with ${show(value)}, and should reject with ${wanted}`)
    },
    (thrown: unknown) => thrown,
  )
  if (!PaymentNodeError.is(error) || !wanted.includes(error.code)) {
    throw new Error(`${call} rejected with ${String(error)}, and should with ${wanted}`)
  }
  const failure = error as Failure<'swap.refused' | 'swap.provider-failed'>
  if (failure.details.provider !== provider.name) {
    throw new Error(`${call}: the error names ${failure.details.provider}, not ${provider.name}`)
  }
  return failure
}

const swapCodes: readonly ErrorCode[] = ['swap.refused', 'swap.provider-failed']

/** For messages. */
function show(value: unknown): string {
  const text = JSON.stringify(value, (_name, one: unknown) =>
    typeof one === 'bigint' ? `${one}n` : one,
  )
  return (text ?? String(value)).slice(0, 300)
}
