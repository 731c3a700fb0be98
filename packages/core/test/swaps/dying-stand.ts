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
