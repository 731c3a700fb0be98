import { expect, test } from 'vitest'
import { openStand } from '../keeper/keeper-stand.ts'

test('a peer that refuses again and again, in words that no storage takes, cools down longer each time', async () => {
  const stand = openStand({ channels: { mode: 'observe', coolDown: 60 } })
  const { run, node, clock, network } = stand
  const words = `no\u0000 \u001b[31m${'x'.repeat(2000)}\ud800`
  const rude = network.addNode('rude', { conduct: { refusesChannels: words } })
  await run(node.start())
  for (const [time, minutes] of [
    [1, 1],
    [2, 4],
    [3, 16],
  ] as const) {
    const wanted = {
      peer: rude.publicKey,
      address: rude.address,
      capacity: '1000000 sat',
    } as const
    const { id } = await run(node.channels.open(wanted, { idempotencyKey: `try-${time}` }))
    await clock.advance(30_000)
    expect(await run(node.channels.opening(id))).toMatchObject({
      state: 'failed',
      reason: 'peer-refused',
    })
    const { items } = await run(node.peers.list())
    const [mark] = items
    expect(mark).toMatchObject({ state: 'cooling-down', reason: 'peer-refused', failures: time })
    expect(mark!.until! - mark!.since).toBe(minutes * 60_000)
    expect(mark!.says.isWellFormed() && !/\p{Cc}/u.test(mark!.says)).toBe(true)
  }
  expect(await stand.rowsOf('opening_slots')).toEqual([])
  expect(await stand.told('peer.cooled-down')).toHaveLength(3)
  await run(node.stop())
})
