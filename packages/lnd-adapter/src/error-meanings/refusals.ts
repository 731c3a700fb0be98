import { status } from '@grpc/grpc-js'
import type { Meaning } from './meaning.ts'
import { refused } from './payments.ts'

/** LND's words and the reason that they stand for. */
export type Words = readonly (readonly [reason: string, words: RegExp])[]

/** Rows for the refusals of one call. */
export function refusals(call: string, words: Words): readonly Meaning[] {
  return words.map(
    ([reason, words]): Meaning => ({
      code: status.UNKNOWN,
      words,
      calls: [call],
      make: (fact) => refused(fact, reason),
    }),
  )
}
