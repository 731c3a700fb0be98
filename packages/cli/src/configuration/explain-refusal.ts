import { PaymentNodeError } from '@payment-node/core'
import type { Terminal } from '../terminal/terminal.ts'
import { exampleConfiguration } from './example.ts'

/** Refusals of {@link refuseConfiguration} after which a whole file helps. */
const missing: ReadonlySet<string> = new Set([
  'not-found',
  'no-export',
  'created-already',
  'options',
])

/** Shows how to write the file, when that is what is wrong. */
export function explainRefusal({ colors, print }: Terminal, error: unknown): void {
  if (!PaymentNodeError.is(error, 'options.invalid') || !missing.has(error.details.reason)) return
  print()
  print('A payment-node.config.ts:')
  print()
  for (const line of exampleConfiguration.trimEnd().split('\n'))
    print(colors.dim(line && `  ${line}`))
}
