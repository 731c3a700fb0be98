import { createSeededRandom } from '../network/seeded-random.ts'
import type { World } from './world.ts'

/** The trace that the host's request belongs to (W3C Trace Context); half of the requests have one. */
export function traceOf(
  { seed }: World,
  name: string,
): { readonly traceparent: string } | undefined {
  const random = createSeededRandom(`trace/${seed}/${name}`)
  if (random.integer(2) === 0) return undefined
  const hex = (bytes: number): string => Buffer.from(random.bytes(bytes)).toString('hex')
  return { traceparent: `00-${hex(16)}-${hex(8)}-01` }
}
