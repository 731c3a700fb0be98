import type { Storage } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openStand } from '../keeper/keeper-stand.ts'

test('a close whose only event meets another change of the channel is written at once all the same', async () => {
  const stand = openStand({ channels: { mode: 'observe' } })
  const point = stand.connect(0, 'them')
  const { clock, run, peers, network } = stand
  stand.process.kill()
  let collisions = 0
  const books: { storage?: Storage } = {}
  const second = stand.open(
    {},
    {
      async beforeCommit({ writes }) {
        const closing = writes.find(
          (write) =>
            write.op === 'update' && write.table.name === 'channels' && write.set.close_type,
        )
        if (closing?.op !== 'update' || collisions > 0) return
        collisions++
        const { table, key, revision } = closing
        const change = { op: 'update', table, key, revision, set: { memo: 'meanwhile' } } as const
        await books.storage!.commit({ writes: [change] })
      },
    },
  )
  books.storage = second.storage
  await run(second.node.start())
  await clock.advance(60_000)
  peers[0]!.closeChannel(point, { kind: 'cooperative' })
  await clock.advance(2000)
  network.mine(1)
  // Less than the next comparison takes.
  await clock.advance(900)
  expect(collisions).toBe(1)
  const [row] = await stand.rowsOf('channels')
  expect(row).toMatchObject({ close_type: 'cooperative', closed_by: 'peer', memo: 'meanwhile' })
})
