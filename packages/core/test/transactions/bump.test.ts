import { expect, test } from 'vitest'
import { planBump } from '../../src/domain/plan-bump.ts'
import { openOnchain, settle } from './onchain-stand.ts'

test('a stuck transaction is sped up by its child, within the budget of the day; the operator pays it', async () => {
  const stand = await openOnchain()
  const { run, network } = stand
  await run(stand.node.start())
  const address = await stand.address()
  const id = await stand.queue(200_000n, { address, isQuick: true })
  await settle(stand)
  const before = await run(stand.node.ledger.balances())
  network.setFeerate(40)
  await stand.mine(5)
  expect((await stand.transactions()).length).toBe(1)
  await stand.mine(2)
  const [parent, child] = await stand.transactions()
  expect(child).toMatchObject({ purpose: 'bump', parent: parent!.id, state: 'confirmed' })
  const fees = (parent!.fee_msat as bigint) + (child!.fee_msat as bigint)
  const size = (parent!.virtual_bytes as number) + (child!.virtual_bytes as number)
  const together = Number(fees) / 1000 / size
  expect(together).toBeGreaterThanOrEqual(40)
  expect(together).toBeLessThan(42)
  await stand.mine(8)
  expect((await stand.transactions()).map(({ state }) => state)).toEqual(['final', 'final'])
  expect((await stand.payout(id)).fee?.msat).toBe(parent!.fee_msat)
  const { world, operator, sum, partners } = await run(stand.node.ledger.balances())
  expect(world.onchainFees.msat).toBe(fees)
  expect(partners[0]!.available.msat).toBe(2_800_000_000n - (parent!.fee_msat as bigint))
  expect(sum.msat).toBe(0n)
  expect(operator.msat).toBe(before.operator.msat - (child!.fee_msat as bigint))
  const { spending } = await stand.rowsOf(['spending'])
  expect(spending).toMatchObject([{ purpose: 'bump-transactions', amount_msat: child!.fee_msat }])
  expect(await stand.told('transaction.')).toEqual([
    'transaction.published',
    'transaction.bumped',
    'transaction.confirmed',
    'transaction.confirmed',
    'transaction.final',
    'transaction.final',
  ])
})

test('without budget an operator is told once, and it waits', async () => {
  const stand = await openOnchain({
    options: { transactions: { bumpBudgetPerDay: '100 sat' } },
  })
  const { run, network } = stand
  await run(stand.node.start())
  await stand.queue(200_000n, { isQuick: true })
  await settle(stand)
  network.setFeerate(40)
  await stand.mine(9)
  expect((await stand.transactions()).map(({ reason }) => reason)).toEqual(['budget-exhausted'])
  const stuck = await stand.events('transaction.stuck')
  expect(stuck.length).toBe(1)
  network.setFeerate(1)
  await stand.mine(6)
  expect((await stand.transactions()).map(({ state }) => state)).toEqual(['final'])
})

test('the budget of a day is not exceeded by several stuck ones', async () => {
  const stand = await openOnchain({
    options: { transactions: { bumpBudgetPerDay: '12000 sat' } },
    coinsSat: [1_000_000n, 900_000n, 800_000n],
  })
  const { run, network } = stand
  await run(stand.node.start())
  for (let count = 0; count < 3; count++) {
    await stand.queue(100_000n, { isQuick: true })
    await settle(stand)
  }
  expect((await stand.transactions()).length).toBe(3)
  network.setFeerate(40)
  await stand.mine(10)
  const rows = await stand.transactions()
  const children = rows.filter(({ purpose }) => purpose === 'bump')
  expect(children.length).toBe(1)
  const { spending } = await stand.rowsOf(['spending'])
  expect(spending![0]!.amount_msat as bigint).toBeLessThanOrEqual(12_000_000n)
})

test('what a child pays: both together reach the feerate of now, below the hard ceiling', () => {
  const stuck = { virtualBytes: 200, feeSat: 1000n, changeSat: 100_000n }
  expect(planBump(stuck, 5, 50)).toEqual({ ok: false, reason: 'feerate-not-above' })
  expect(planBump(stuck, 50.5, 50)).toEqual({ ok: false, reason: 'feerate-above-hard-ceiling' })
  const plan = planBump(stuck, 19.2, 50)
  // 20.2 sat/vB for 312 virtual bytes, of which 1000 sat are paid; 1000 sat must be left.
  expect(plan).toMatchObject({ ok: true, feeSat: 5303n })
  expect(planBump({ ...stuck, changeSat: 6302n }, 20, 50)).toMatchObject({ ok: false })
  expect(planBump({ ...stuck, changeSat: 6303n }, 20, 50)).toMatchObject({ ok: true })
  expect(planBump(stuck, 50, 50)).toMatchObject({ ok: true, feeSat: 50n * 312n - 1000n })
})

test('what a child costs is nobody missing: the proof of the books waits until it is final', async () => {
  const stand = await openOnchain()
  const { run, network, clock } = stand
  await run(stand.node.start())
  // A tight limit: nothing else is left that would cover it.
  await stand.queue(200_000n, { isQuick: true, feeLimitSat: 860n })
  await settle(stand)
  network.setFeerate(40)
  await stand.mine(7)
  await clock.advance(1_800_000)
  expect((await stand.transactions()).map(({ state }) => state)).toEqual(['confirmed', 'confirmed'])
  expect(await run(stand.node.safety.status())).toMatchObject({ isHalted: false })
  expect(await run(stand.node.ledger.prove())).toMatchObject({ verdict: 'proved' })
  await stand.mine(7)
  await clock.advance(1_800_000)
  expect(await run(stand.node.ledger.prove())).toMatchObject({ verdict: 'proved' })
  expect(await run(stand.node.safety.status())).toMatchObject({ isHalted: false })
})
