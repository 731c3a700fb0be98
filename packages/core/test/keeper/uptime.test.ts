import { expect, test } from 'vitest'
import { openStand } from './keeper-stand.ts'

/** A peer closes by force after LND was behind the chain for so many milliseconds. */
async function markAfter(behindFor: number, restart = false): Promise<unknown> {
  const stand = openStand({ channels: { mode: 'observe', settlePeriod: '15m' } })
  const point = stand.connect(0)
  const { run, clock, lnd, node, peers, network } = stand
  await run(node.start())
  await clock.advance(3_600_000)
  lnd.setSynced(false)
  await clock.advance(behindFor)
  if (restart) {
    lnd.stop()
    await clock.advance(5000)
    lnd.start()
  }
  lnd.setSynced(true)
  await clock.advance(30_000)
  peers[0]!.closeChannel(point, { kind: 'force' })
  for (let block = 0; block < 8; block++) {
    network.mine(1)
    await clock.advance(30_000)
  }
  const [mark] = await stand.rowsOf('peer_marks')
  return mark?.reason
}

test('a moment behind the chain, as at each new block, is no absence; a longer one or a restart is', async () => {
  expect(await markAfter(20_000)).toBe('unprovoked')
  expect(await markAfter(300_000)).toBe('while-away')
  expect(await markAfter(20_000, true)).toBe('while-away')
})
