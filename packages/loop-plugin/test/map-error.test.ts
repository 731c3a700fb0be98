import { Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { mapError } from '../src/map-error.ts'

const neverSent =
  'No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: '

/** gRPC's code, its words, and what they mean for a call that reads and for one that starts a swap. */
const rows: readonly [status, string, string, string][] = [
  [status.UNAVAILABLE, neverSent, 'unreachable none', 'unreachable none'],
  [status.UNAVAILABLE, 'Connection dropped', 'unreachable none', 'unreachable unknown'],
  [
    status.UNAVAILABLE,
    `${neverSent}self-signed certificate`,
    'certificate-rejected none',
    'certificate-rejected none',
  ],
  // A server behind the daemon whose certificate is wrong is not the daemon's.
  [status.UNAVAILABLE, 'proxy: bad certificate', 'unreachable none', 'unreachable unknown'],
  [status.DEADLINE_EXCEEDED, 'Deadline exceeded after 1s', 'deadline none', 'deadline unknown'],
  [
    status.DEADLINE_EXCEEDED,
    'Deadline exceeded after 1s,Waiting for LB pick',
    'deadline none',
    'deadline none',
  ],
  [status.CANCELLED, 'Call cancelled', 'other none', 'other unknown'],
  [status.INTERNAL, 'Received RST_STREAM', 'other none', 'other unknown'],
  [status.UNIMPLEMENTED, 'unknown method', 'unsupported none', 'unsupported none'],
  [
    status.RESOURCE_EXHAUSTED,
    'Received message larger than max',
    'bad-answer none',
    'bad-answer unknown',
  ],
  [status.RESOURCE_EXHAUSTED, 'slow down', 'rate-limited none', 'rate-limited none'],
  [status.UNKNOWN, 'permission denied', 'macaroon-rejected none', 'macaroon-rejected none'],
  [status.UNKNOWN, 'swap amount too low', 'below-minimum none', 'below-minimum none'],
  [status.UNKNOWN, 'cannot store swap: disk full', 'other none', 'other unknown'],
  [status.UNKNOWN, 'words of tomorrow', 'other none', 'other none'],
]

test('what gRPC and loopd say, for a question and for a start', () => {
  const wrong: unknown[] = []
  for (const [code, details, asked, started] of rows) {
    for (const [effect, expected] of [
      ['read', asked],
      ['start', started],
    ] as const) {
      const error: ServiceError = Object.assign(new Error(details), {
        code,
        details,
        metadata: new Metadata(),
      })
      const mapped = mapError('loop', error, effect)
      const isKnown =
        PaymentNodeError.is(mapped, 'swap.refused') ||
        PaymentNodeError.is(mapped, 'swap.provider-failed')
      const seen = isKnown ? `${mapped.details.reason} ${mapped.details.outcome}` : String(mapped)
      if (seen !== expected) wrong.push([details, effect, expected, seen])
    }
  }
  expect(wrong).toEqual([])
  const defect = new TypeError('not of gRPC')
  expect(mapError('loop', defect, 'start')).toBe(defect)
})
