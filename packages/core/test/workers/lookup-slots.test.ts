import { expect, test } from 'vitest'
import { createLookupSlots } from '../../src/workers/lookup-slots.ts'

test('lookups are shared: 4 of a partner at one server, 16 of a partner, 32 in all', () => {
  const slots = createLookupSlots()
  const fill = (partner: string, host: string): (() => void)[] => {
    const leaves: (() => void)[] = []
    for (let leave = slots.take(partner, host); leave; leave = slots.take(partner, host))
      leaves.push(leave)
    return leaves
  }
  const counts = (partner: string, hosts: readonly string[]): number[] =>
    hosts.map((host) => fill(partner, host).length)
  const first = fill('m1', 'a')
  expect(first).toHaveLength(4)
  expect(counts('m1', ['b', 'c', 'd', 'e'])).toEqual([4, 4, 4, 0])
  // Another partner, also at servers that are full of somebody else's.
  expect(counts('m2', ['a', 'b', 'c', 'd', 'e'])).toEqual([4, 4, 4, 4, 0])
  expect(counts('m3', ['f'])).toEqual([0])
  for (const leave of first) leave()
  expect(counts('m3', ['f'])).toEqual([4])
  expect(counts('m1', ['g'])).toEqual([0])
})
