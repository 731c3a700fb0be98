import { SimulationError } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { simulateShop } from '../src/simulate-shop.ts'

test('a shop with a durable handler ships every paid order once', { timeout: 60_000 }, async () => {
  const { seeds, happenings } = await simulateShop('durable', { seeds: 12 })
  expect(seeds).toBe(12)
  expect(happenings.size).toBeGreaterThan(3)
})

test('a shop that only listens live loses an order, and the seed is named', {
  timeout: 60_000,
}, async () => {
  const failed: unknown = await simulateShop('live', { seeds: 12 }).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(SimulationError)
  const { seed, violation, faults, message, trace } = failed as SimulationError
  expect(violation).toMatchObject({ invariant: 'host' })
  expect(violation.found).toMatch(/^paid and not shipped: order-\d/)
  expect(message).toContain(`simulate({ from: ${seed}, seeds: 1 }, …)`)
  expect(faults.length).toBeGreaterThan(0)
  expect(trace.at(-1)).toContain('VIOLATION host')
  // The same seed alone fails in the same way.
  await expect(simulateShop('live', { from: Number(seed), seeds: 1 })).rejects.toThrow(message)
})
