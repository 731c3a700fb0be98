import type { PaymentNodeOptions } from '@payment-node/core'
import type { CommitHooks } from '@payment-node/storage-memory'
import { expect } from 'vitest'
import { openSwaps, type SwapStand, type SwapStandSettings } from './swap-stand.ts'

/** Ends the process directly before the change that brings a swap so far. */
export function dyingBefore(state: string, settings: SwapStandSettings = {}): SwapStand {
  const stand = openSwaps({ ...settings, hooks: deathBefore(state, () => stand.current.kill()) })
  return stand
}

export function deathBefore(state: string, kill: () => void): SwapStandSettings['hooks'] & object {
  let isOver = false
  return {
    beforeCommit({ writes }) {
      const isThere = writes.some(
        (write) =>
          write.op === 'update' && write.table.name === 'swaps' && write.set.state === state,
      )
      if (!isThere || isOver) return
      isOver = true
      kill()
    },
  }
}

/** A swap of 1 000 000 sat, up to the death of the process. `before`: what there was before it. */
export async function askAndDie(stand: SwapStand): Promise<{ id: string; before: bigint }> {
  await stand.run(stand.node.start())
  const before = await stand.assets()
  const { id } = await stand.ask(1_000_000)
  await untilDead(stand)
  return { id, before }
}

/** The next process takes over. */
export async function goOn(
  stand: SwapStand,
  options: Partial<PaymentNodeOptions> = {},
  hooks: CommitHooks = {},
): Promise<void> {
  await stand.run(stand.openNext(options, hooks).node.start())
}

export async function untilDead({ current, mine }: SwapStand): Promise<void> {
  for (let block = 0; block < 20 && !current.life.isOver; block++) await mine()
  expect(current.life.isOver).toBe(true)
}

/** Ends it when it hands the payment to LND, which never hears of it. */
export function dyingUnsent(settings: SwapStandSettings = {}): SwapStand {
  const stand = openSwaps(settings)
  let isDead = false
  stand.lnd.faults.add(({ call, moment }) => {
    if (isDead || call !== 'pay' || moment !== 'before-effect') return undefined
    isDead = true
    stand.current.kill()
    return { outcome: 'none' }
  })
  return stand
}

export const paymentsOf = ({ run, lnd }: SwapStand) =>
  run(lnd.lightning.listPayments({ afterIndex: 0n, limit: 10 }))
