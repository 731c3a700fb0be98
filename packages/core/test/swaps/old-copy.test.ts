import type { Change } from '@payment-node/core'
import { copyMemoryData, type MemoryData, memory } from '@payment-node/storage-memory'
import { expect, test } from 'vitest'
import { openSwaps } from './swap-stand.ts'

/** Directly before a change that does this. */
const moments = [
  'asked_at',
  'terms',
  'verified',
  'paying',
  'held',
  'lockup-confirmed',
  'preimage-revealed',
  'claims',
  'claim-published',
  'claimed',
] as const

test('an old copy of the books pays no swap again, and takes over what newer books have done', async () => {
  for (const moment of moments) {
    let copy: MemoryData | undefined
    const stand = openSwaps({
      hooks: {
        beforeCommit({ writes }: Change) {
          const write = writes.find(({ table }) => table.name === 'swaps')
          if (write?.op !== 'update') return
          const { set } = write
          if (set.state === moment || moment in set) copy ??= copyMemoryData(stand.data)
        },
      },
    })
    const { run, lnd } = stand
    await run(stand.node.start())
    const before = await stand.assets()
    const { id } = await stand.ask(1_000_000)
    expect((await stand.untilEnded(id)).state, moment).toBe('claimed')
    expect(copy, moment).toBeDefined()
    stand.current.kill()
    const { node } = stand.openNext({ storage: memory({ data: copy!, exclusive: true }) }, {})
    await run(node.start())
    await stand.mine(10)
    const payments = await run(lnd.lightning.listPayments({ afterIndex: 0n, limit: 10 }))
    expect(payments, moment).toHaveLength(1)
    const swap = await stand.swap(id)
    const hasTerms = moment !== 'asked_at' && moment !== 'terms'
    const safety = await run(node.safety.status())
    if (hasTerms) {
      expect([swap.state, safety.isHalted], moment).toEqual(['claimed', false])
      const { service, routing, claim } = swap.costs
      const cost = service!.msat + routing!.msat + claim!.msat
      expect(before - (await stand.assets()), moment).toBe(cost)
      const { world } = await run(node.ledger.balances())
      expect(world.deposits.msat, moment).toBe(0n)
    } else {
      // Without its terms nobody can go on with it: what was paid halts until somebody has looked.
      expect([safety.isHalted, safety.cause], moment).toEqual([true, 'books-behind'])
      expect(['created', 'failed-unpaid'], moment).toContain(swap.state)
      await run(node.safety.resume('seen'))
      await stand.mine(3)
      expect((await stand.swap(id)).state, moment).toBe('failed-unpaid')
    }
    const { verdict } = await run(node.ledger.prove())
    expect(verdict, moment).toBe('proved')
    await run(node.stop())
  }
})
