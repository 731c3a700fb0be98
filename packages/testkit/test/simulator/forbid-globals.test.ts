import { randomBytes, randomUUID } from 'node:crypto'
import { setInterval, setTimeout } from 'node:timers'
import * as sleeping from 'node:timers/promises'
import { ForbiddenGlobalError, forbidGlobals } from '@payment-node/testkit'
import { pubECDSA } from '@scure/btc-signer/utils.js'
import { expect, test } from 'vitest'

const touches: Readonly<Record<string, () => unknown>> = {
  'new Date()': () => new Date(),
  'Date()': () => Date(),
  'Date.now': () => Date.now(),
  setTimeout: () => globalThis.setTimeout(() => undefined, 1),
  setInterval: () => globalThis.setInterval(() => undefined, 1),
  setImmediate: () => globalThis.setImmediate(() => undefined),
  fetch: () => globalThis.fetch('http://127.0.0.1:1'),
  'performance.now': () => performance.now(),
  'AbortSignal.timeout': () => AbortSignal.timeout(1),
  'Math.random': () => Math.random(),
  'crypto.randomUUID': () => globalThis.crypto.randomUUID(),
  'crypto.getRandomValues': () => globalThis.crypto.getRandomValues(new Uint8Array(1)),
  'node:crypto randomUUID': () => randomUUID(),
  'node:crypto randomBytes': () => randomBytes(1),
  'node:timers setTimeout': () => setTimeout(() => undefined, 1),
  'node:timers setInterval': () => setInterval(() => undefined, 1),
  'node:timers/promises setTimeout': () => sleeping.setTimeout(1),
}

test('each global throws while forbidden, names itself, and works again afterwards', () => {
  const heard: string[] = []
  const restore = forbidGlobals(({ touched }) => heard.push(touched))
  const thrown: string[] = []
  for (const touch of Object.values(touches)) {
    try {
      touch()
      thrown.push('nothing')
    } catch (error) {
      thrown.push(error instanceof ForbiddenGlobalError ? error.touched : String(error))
    }
  }
  restore()
  expect(thrown).toEqual(Object.keys(touches))
  expect(heard).toEqual(thrown)
  expect(Date.now()).toBeGreaterThan(0)
  expect(randomBytes(4)).toHaveLength(4)
  expect(typeof Math.random()).toBe('number')
  expect(performance.now()).toBeGreaterThan(0)
})

test('dates of a given time work, also for instanceof', () => {
  const restore = forbidGlobals()
  const date = new Date(0)
  const found = [
    date.toISOString(),
    date instanceof Date,
    Date.UTC(2026, 0),
    Date.parse('1970-01-01'),
  ]
  restore()
  expect(found).toEqual(['1970-01-01T00:00:00.000Z', true, 1_767_225_600_000, 0])
})

test('what only blinds a multiplication on the curve changes nothing, and is let through', () => {
  const secret = new Uint8Array(32).fill(7)
  const before = pubECDSA(secret)
  const heard: string[] = []
  const restore = forbidGlobals(({ touched }) => heard.push(touched))
  const within = pubECDSA(secret)
  restore()
  expect(within).toEqual(before)
  expect(heard).toEqual([])
})

test('the last of several restores counts, and each counts once', () => {
  const first = forbidGlobals()
  const second = forbidGlobals()
  first()
  first()
  expect(() => Math.random()).toThrow(ForbiddenGlobalError)
  second()
  expect(() => Math.random()).not.toThrow()
})
