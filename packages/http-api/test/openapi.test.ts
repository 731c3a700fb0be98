import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { prometheusMetrics } from '../src/index.ts'
import { openApi } from './api-stand.ts'

test('the description is valid OpenAPI 3.1 and has every route, with who may call it', async () => {
  await using stand = await openApi({ metrics: prometheusMetrics() })
  const { status, body } = await stand.call({ path: '/openapi.json' })
  expect(status).toBe(200)
  const validator = new Validator()
  // The validator resolves references in place.
  const { valid, errors } = await validator.validate(structuredClone(body))
  expect(errors ?? []).toEqual([])
  expect({ valid, version: validator.version }).toEqual({ valid: true, version: '3.1' })
  const described = Object.entries<Record<string, { security: unknown[]; operationId: string }>>(
    body.paths,
  ).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method, path, ...operation })),
  )
  expect(described.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(
    stand.api.routes.map(({ method, path }) => `${method} ${path}`).sort(),
  )
  const open = described.filter(({ security }) => security.length === 0)
  expect(open.map(({ path }) => path).sort()).toEqual(['/livez', '/openapi.json', '/readyz'])
  expect(new Set(described.map(({ operationId }) => operationId)).size).toBe(described.length)
  expect(Object.keys(body.components.schemas)).toEqual(
    expect.arrayContaining(['Invoice', 'NewInvoice', 'Payout', 'Partner', 'Error', 'Event']),
  )
})

test('a description that is none is noticed', async () => {
  const { valid } = await new Validator().validate({ openapi: '3.1.0', paths: { 'no-slash': 1 } })
  expect(valid).toBe(false)
})
