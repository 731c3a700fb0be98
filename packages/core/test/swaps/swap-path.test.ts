import { expect, test } from 'vitest'
import { openSwaps } from './swap-stand.ts'

test('a swap goes from its request to a claim that is final; the books have what it cost', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const before = await stand.assets()
  const { id } = await stand.ask(1_000_000)
  await stand.settle()
  expect((await stand.swap(id)).state).toBe('lockup-seen')
  const swap = await stand.untilEnded(id)
  expect(swap.state).toBe('claimed')
  expect(await stand.told('swap.')).toEqual([
    'swap.created',
    'swap.verified',
    'swap.paying',
    'swap.held',
    'swap.lockup-confirmed',
    'swap.revealed',
    'swap.claimed',
  ])
  const { service, routing, claim } = swap.costs
  const cost = service!.msat + routing!.msat + claim!.msat
  expect(before - (await stand.assets())).toBe(cost)
  const { world, sum } = await stand.run(stand.node.ledger.balances())
  expect(world.swapFees.msat).toBe(service!.msat)
  expect(world.onchainFees.msat).toBe(claim!.msat)
  expect(sum.msat).toBe(0n)
  // The claim paid the wallet: no deposit, and nothing is left of the budget's reserve.
  await stand.mine(8)
  expect((await stand.run(stand.node.ledger.balances())).world.deposits.msat).toBe(0n)
  expect((await stand.run(stand.node.ledger.prove())).verdict).toBe('proved')
  const rows = await stand.rowsOf(['liquidity_budgets', 'swap_totals'])
  expect(rows.liquidity_budgets!.map(({ spent_msat }) => spent_msat)).toEqual([cost])
  expect(rows.swap_totals!.map(({ amount_msat }) => amount_msat)).toEqual([0n, 0n])
})
