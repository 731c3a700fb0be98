import type { ServiceError, status } from '@grpc/grpc-js'
import type { PaymentNodeError } from '@payment-node/core'
import type { Call } from '../call.ts'

/** What a call is about, as far as its errors name it. */
export interface Subject {
  readonly paymentHash?: string
  readonly paymentRequest?: string
}

/** What is known about a failed call. */
export interface Fact {
  readonly error: ServiceError
  readonly call: Call
  readonly subject: Subject
}

/** One row of the table; a row fits when all it states fits. */
export interface Meaning {
  readonly code?: status
  /** Of LND or gRPC. */
  readonly words?: RegExp
  /** Names of the methods it is limited to. */
  readonly calls?: readonly string[]
  readonly make: (fact: Fact) => PaymentNodeError
}
