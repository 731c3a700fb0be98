import { readdirSync, readFileSync } from 'node:fs'
import { allInvariants } from '@payment-node/testkit'
import { expect, test } from 'vitest'

test('every invariant is shown to fail by a test of its name', () => {
  const folder = new URL('.', import.meta.url)
  const tests = readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n')
  const unshown = allInvariants.filter(({ name }) => !tests.includes(`test('${name}'`))
  expect(unshown.map(({ name }) => name)).toEqual([])
  expect(allInvariants.length).toBeGreaterThanOrEqual(15)
  expect(new Set(allInvariants.map(({ name }) => name)).size).toBe(allInvariants.length)
  for (const { name, says } of allInvariants) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/)
    expect(says, name).toMatch(/^[A-Z].*\.$/)
  }
})
