import { Metadata, type status } from '@grpc/grpc-js'
import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import type { MethodPath } from '../src/call.ts'
import { calls } from '../src/calls.ts'
import { isCredentialRejected, mapError } from '../src/map-error.ts'
import { channelErrorRows } from './channel-error-rows.ts'
import { errorRows } from './error-rows.ts'

const rows = [...errorRows, ...channelErrorRows]

function grpcError(code: status, details: string): Error {
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() })
}

function map(path: MethodPath, code: status, words: string): PaymentNodeError {
  const call = calls.find((one) => one.path === path)!
  const mapped = mapError(grpcError(code, words), call, { paymentHash: 'ab' })
  if (PaymentNodeError.is(mapped)) return mapped
  throw new Error(`${words} became no error of the library`)
}

test("every error of LND and of gRPC gets the library's code and an exact outcome", () => {
  for (const [path, code, words, expected, details] of rows) {
    const mapped = map(path, code, words)
    expect({ code: mapped.code, details: mapped.details }, `${path}: ${words}`).toEqual({
      code: expected,
      details,
    })
  }
})

test('only rejected credentials are taken for such', () => {
  const rejected = rows.filter(([, code, words]) => isCredentialRejected(grpcError(code, words)))
  for (const [, , words, expected] of rejected) {
    expect(expected, words).toMatch(/^node\.(macaroon|certificate)-rejected$/)
  }
  const expected = rows.filter(([, , , code]) => /(macaroon|certificate)-rejected$/.test(code))
  expect(rejected).toHaveLength(expected.length)
})

test('an error that is not gRPC’s stays as it is', () => {
  const defect = new TypeError('a defect')
  expect(mapError(defect, calls[0]!)).toBe(defect)
})
