import type { Change } from '@payment-node/core'
import { expect, test } from 'vitest'
import { settle } from '../transactions/onchain-stand.ts'
import { insisting, openLostCoin } from './lost-coin.ts'

const lately = {
  code: 'payout.verdict-refused',
  details: { reason: 'node-says-input-lost-lately' },
}

test('one confirmation may be final, and a coin is gone for good after six blocks all the same', async () => {
  const stand = await openLostCoin({ options: { transactions: { confirmations: 1 } } })
  const { run, node } = stand
  const id = await stand.queue(200_000n, { isQuick: true })
  await settle(stand)
  await stand.loseCoin(3)
  await expect(run(node.payouts.resolve(id, 'failed', insisting))).rejects.toMatchObject(lately)
  await stand.mine(4)
  expect((await run(node.payouts.resolve(id, 'failed', insisting))).state).toBe('failed')
}, 60_000)

test('a coin that was gone, came back and is gone again during a halt is gone since the second time', async () => {
  let isHalting = true
  const stand = await openLostCoin({
    hooks: {
      async afterCommit({ writes }: Change) {
        const isSigned = writes.some(
          (write) =>
            write.op === 'update' &&
            write.table.name === 'transactions' &&
            write.set.state === 'signed',
        )
        if (!isSigned || !isHalting) return
        isHalting = false
        await stand.node.safety.halt('look first')
      },
    },
  })
  const { run, node } = stand
  const id = await stand.queue(200_000n, { isQuick: true })
  await settle(stand)
  expect(await stand.transactions()).toMatchObject([{ state: 'signed', reason: 'halted' }])
  await stand.loseCoin(3)
  expect((await stand.transactions())[0]!.lost_height).not.toBe(null)
  await stand.bringBack(2)
  expect(await stand.transactions()).toMatchObject([{ state: 'signed', lost_height: null }])
  await stand.loseCoin(3, 2)
  await expect(run(node.payouts.resolve(id, 'failed', insisting))).rejects.toMatchObject(lately)
}, 60_000)
