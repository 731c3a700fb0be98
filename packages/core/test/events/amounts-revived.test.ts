import { isAmount } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openStand } from '../keeper/keeper-stand.ts'

/** Text that an amount is written as. */
const written = /^-?[0-9]+ m?sat$/

test('no event of the keeper leaves an amount as text', async () => {
  const stand = openStand({ channels: { minimumActive: 1 } })
  const { run, node, clock } = stand
  await run(node.start())
  await clock.advance(600_000)
  const events = await run(node.events.after('0'))
  const types = new Set(events.map(({ type }) => type))
  expect(types).toContain('channel.intended')
  expect(types).toContain('channel.active')
  let amounts = 0
  const look = (value: unknown, path: string): void => {
    if (isAmount(value)) amounts++
    else if (typeof value === 'string') expect(written.test(value), `${path}: ${value}`).toBe(false)
    else if (typeof value === 'object' && value !== null) {
      for (const [name, one] of Object.entries(value)) look(one, `${path}.${name}`)
    }
  }
  for (const { type, data } of events) look(data, type)
  expect(amounts).toBeGreaterThan(5)
})
