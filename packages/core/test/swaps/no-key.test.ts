import type { PaymentNodeOptions } from '@payment-node/core'
import { expect, test } from 'vitest'
import {
  askAndDie,
  deathBefore,
  dyingBefore,
  dyingUnsent,
  goOn,
  paymentsOf,
  untilDead,
} from './dying-stand.ts'
import { inFlightTotals } from './in-flight-totals.ts'
import { openWithPayout } from './payout-stand.ts'
import type { SwapStand } from './swap-stand.ts'

/** Another process takes over that does not have the key that the swaps were made with. */
async function goOnWithout(stand: SwapStand): Promise<void> {
  const keys: PaymentNodeOptions['keys'] = { invoices: stand.invoiceKey, swaps: 'lost' }
  await goOn(stand, { swaps: [], keys })
}

/** One with the key. */
async function goOnWith(stand: SwapStand): Promise<void> {
  await stand.run(stand.current.node.stop())
  await goOn(stand)
}

/** What the provider has to answer for. */
async function blamed(stand: SwapStand): Promise<unknown[]> {
  const rows = (await stand.rowsOf(['swap_providers'])).swap_providers!
  return rows.filter(({ failed, disabled_reason }) => failed !== 0 || disabled_reason !== null)
}

test('a swap that cannot be claimed for want of its key is not paid, and its payout is queued again', async () => {
  const stand = await openWithPayout({
    hooks: deathBefore('paying', () => stand.current.kill()),
  })
  const before = await stand.assets()
  const { id } = await stand.askForPayout()
  await untilDead(stand)
  await goOnWithout(stand)
  await stand.settle(60_000)
  const swap = await stand.swap(id)
  expect([swap.state, swap.reason]).toEqual(['failed-unpaid', 'no-key'])
  expect((await stand.run(stand.node.swaps.explain(id))).says).toContain('key')
  expect(await paymentsOf(stand)).toEqual([])
  expect((await stand.paying()).swap).toBeNull()
  expect(await inFlightTotals(stand)).toEqual([0n, 0n])
  expect(await blamed(stand)).toEqual([])
  expect(await stand.faultsOf(id, before)).toEqual([])
})

test('a payment that LND never had is not sent without the key; with it, it is', async () => {
  for (const isBack of [true, false]) {
    const stand = dyingUnsent()
    const { id, before } = await askAndDie(stand)
    await goOnWithout(stand)
    await stand.settle(60_000)
    const waiting = await stand.swap(id)
    expect([waiting.state, waiting.reason]).toEqual(['paying', 'no-key'])
    expect(await paymentsOf(stand)).toEqual([])
    if (isBack) {
      await goOnWith(stand)
      expect((await stand.untilEnded(id)).state).toBe('claimed')
      continue
    }
    // Its invoice has expired by our clock: LND's may go wrong.
    await stand.settle(2 * 3_600_000)
    expect((await stand.swap(id)).state).toBe('paying')
    await stand.settle(2 * 3_600_000)
    const swap = await stand.swap(id)
    // LND was asked to say so.
    expect([swap.state, swap.reason]).toEqual(['failed-unpaid', 'invoice-expired'])
    expect(await paymentsOf(stand)).toEqual([])
    expect(await stand.told('swap.needs-operator')).toHaveLength(1)
    expect(await stand.assets()).toBe(before)
    expect(await blamed(stand)).toEqual([])
  }
})

test('nothing is revealed without the key: it is told, and the payment comes back; with it, it is claimed', async () => {
  for (const isBack of [true, false]) {
    const stand = dyingBefore('preimage-revealed', { server: { timeoutBlocks: 80 } })
    const { id, before } = await askAndDie(stand)
    await goOnWithout(stand)
    await stand.mine(3)
    const waiting = await stand.swap(id)
    expect([waiting.state, waiting.reason]).toEqual(['lockup-confirmed', 'no-key'])
    const told = await stand.events('swap.needs-operator')
    expect(told.map(({ data }) => (data as { swap: { reason: string } }).swap.reason)).toEqual([
      'no-key',
    ])
    if (isBack) {
      await goOnWith(stand)
      expect((await stand.untilEnded(id)).state).toBe('claimed')
      continue
    }
    const swap = await stand.untilEnded(id, 90)
    expect([swap.state, swap.reason]).toEqual(['returned', 'no-key'])
    expect(await stand.told('swap.needs-operator')).toHaveLength(1)
    expect(await stand.told('swap.deadline-near')).toHaveLength(3)
    expect(await stand.told('swap.revealed')).toEqual([])
    expect(before - (await stand.assets())).toBe(0n)
    expect(await blamed(stand)).toEqual([])
  }
})
