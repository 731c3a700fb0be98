import { expect, test } from 'vitest'
import { openStand } from '../channels/channel-stand.ts'

test('I3: while the funding of a channel of ours stays unconfirmed, its fee is not missing', async () => {
  const { node, run, clock, network } = openStand()
  network.setFeerate(4)
  const { publicKey: peer, address } = network.addNode('third')
  await run(node.start())
  await clock.advance(40_000)
  await run(
    node.channels.open(
      { peer, address, capacity: '500000 sat', feerate: 5 },
      { idempotencyKey: 'unconfirmed' },
    ),
  )
  for (let minutes = 5; minutes <= 60; minutes += 5) {
    await clock.advance(5 * 60_000)
    const { verdict, says } = await run(node.ledger.prove())
    expect(verdict, `${minutes} minutes: ${says}`).toBe('proved')
  }
  const [opening] = (await run(node.channels.openings())).items
  expect([opening?.state, opening?.fee]).toEqual(['pending', null])
  expect((await run(node.safety.status())).isHalted).toBe(false)
  await run(node.stop())
})
