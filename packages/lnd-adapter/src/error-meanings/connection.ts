import { status } from '@grpc/grpc-js'
import type { Meaning } from './meaning.ts'
import { lost, wasNeverSent } from './unavailable.ts'

/** gRPC's own errors: LND was not reached, or its answer did not arrive. */
export const connectionMeanings: readonly Meaning[] = [
  {
    code: status.UNAVAILABLE,
    words: /^No connection established.*(wrong version number|packet length too long|EPROTO)/i,
    make: (fact) => lost('misconfigured', fact),
  },
  { words: /^Received HTTP status code/, make: (fact) => lost('misconfigured', fact) },
  // The chain notifier, of all that starts with LND, says it so since 0.21.
  {
    code: status.UNAVAILABLE,
    words: /in the process of starting/,
    make: (fact) => lost('starting', fact),
  },
  { code: status.UNAVAILABLE, make: (fact) => lost('unreachable', fact) },
  {
    code: status.DEADLINE_EXCEEDED,
    make: (fact) => lost(wasNeverSent(fact.error.details) ? 'unreachable' : 'deadline', fact),
  },
  { code: status.CANCELLED, make: (fact) => lost('unreachable', fact) },
  { code: status.RESOURCE_EXHAUSTED, make: (fact) => lost('overloaded', fact) },
  { code: status.INTERNAL, make: (fact) => lost('unreachable', fact) },
]
