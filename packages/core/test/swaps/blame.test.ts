import { memory } from '@payment-node/storage-memory'
import { expect, test } from 'vitest'
import type { SwapRow } from '../../src/swaps/mark-swap.ts'
import { schema } from '../../src/tables/schema.ts'
import { swaps } from '../../src/tables/swaps.ts'
import { update } from '../../src/tables/table.ts'
import { openSwaps, type SwapStand } from './swap-stand.ts'

const failures = async ({ run, current }: SwapStand) =>
  (await run(current.node.swaps.providers())).map(({ failed }) => failed)

/** Changes the books between two processes; answers with the swap as it was. */
async function change(
  { run, data, clock }: SwapStand,
  id: string,
  set: (row: SwapRow) => Parameters<typeof update<typeof swaps>>[2],
): Promise<SwapRow> {
  const storage = memory({ data, exclusive: true })
  await run(storage.open(schema, { clock }))
  const row = (await run(storage.get(swaps, [id])))!
  const answer = await run(storage.commit({ writes: [update(swaps, row, set(row))] }))
  expect(answer.committed).toBe(true)
  await run(storage.close())
  return row
}

test('what kept a claim from being made for reasons of ours is told, and held against no provider', async () => {
  const wrong: string[] = []
  for (const [reason, told, failed] of [
    ['claim-above-limit', 'claim-above-limit', 0],
    ['fee-above-limit', 'fee-above-limit', 0],
    ['output-below-dust', 'output-below-dust', 0],
    ['payout-unaffordable', 'payout-unaffordable', 0],
    ['payout-not-bound', 'payout-not-bound', 0],
    ['too-late-to-reveal', 'too-late-to-reveal', 1],
    ['too-near-timeout', 'too-near-timeout', 1],
    ['waiting-for-lockup', 'payment-returned', 1],
    ['halted', 'payment-returned', 1],
    [null, 'payment-returned', 1],
  ] as const) {
    const stand = openSwaps({ faults: ['lockup-never'] })
    const { run } = stand
    await run(stand.node.start())
    const { id, paymentHash } = await stand.ask(1_000_000)
    await stand.settle()
    expect((await stand.swap(id)).state).toBe('held')
    stand.current.kill()
    stand.payee.cancelHold(paymentHash)
    await stand.settle()
    await change(stand, id, () => ({ reason }))
    await run(stand.openNext().node.start())
    await stand.settle(60_000)
    const swap = await stand.swap(id)
    const counted = (await failures(stand)).join()
    if (swap.state !== 'returned' || swap.reason !== told || counted !== `${failed}`)
      wrong.push(`${reason}: ${swap.state}, ${swap.reason}, ${counted} failed`)
  }
  expect(wrong).toEqual([])
})

test('a lockup that came in time, and that we were away for, is not held against its provider', async () => {
  const stand: SwapStand = openSwaps({
    hooks: {
      afterCommit({ writes }) {
        const [write] = writes
        if (write?.op === 'update' && write.set.state === 'lockup-confirmed') stand.current.kill()
      },
    },
  })
  const { run } = stand
  await run(stand.node.start())
  const { id, paymentHash } = await stand.ask(1_000_000)
  for (let block = 0; block < 4; block++) {
    await stand.settle(6000)
    stand.network.mine()
  }
  const height = (await run(stand.lnd.lightning.getInfo())).blockHeight
  const { timeout_height: timeout, state } = await change(stand, id, () => ({}))
  expect(state).toBe('lockup-confirmed')
  for (let block = height; block < timeout!; block++) stand.network.mine()
  stand.payee.cancelHold(paymentHash)
  await run(stand.openNext({}, {}).node.start())
  await stand.settle(60_000)
  expect(await stand.swap(id)).toMatchObject({ state: 'returned', reason: 'too-late-to-reveal' })
  expect(await failures(stand)).toEqual([0])
})
