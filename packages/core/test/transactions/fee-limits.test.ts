import { expect, test } from 'vitest'
import { expectPaidOnce } from './expect-paid-once.ts'
import { openOnchain, settle } from './onchain-stand.ts'

test('many small coins: what would cost more than its fee limit waits, and holds up nothing', async () => {
  const stand = await openOnchain({ coinsSat: Array.from({ length: 60 }, () => 20_000n) })
  const { run, network, lnd, clock } = stand
  network.setFeerate(30)
  await run(stand.node.start())
  const before = (await run(stand.node.ledger.balances())).operator.msat
  const [far, near] = [await stand.address(), await stand.address()]
  const large = await stand.queue(700_000n, { isQuick: true, address: far })
  const small = await stand.queue(60_000n, { isQuick: true, address: near })
  await settle(stand)
  expect(await stand.payout(large)).toMatchObject({ state: 'queued', reason: 'wallet-fragmented' })
  expect((await stand.payout(small)).state).toBe('sending')
  await stand.mine(7)
  expect((await stand.payout(large)).reason).toBe('wallet-fragmented')
  lnd.fund(900_000n)
  await clock.advance(60_000)
  expect((await stand.payout(large)).state).toBe('sending')
  await stand.mine(6)
  await expectPaidOnce(
    stand,
    [
      { id: large, address: far, amountSat: 700_000n },
      { id: small, address: near, amountSat: 60_000n },
    ],
    'out of small coins',
  )
  for (const id of [large, small]) {
    const { fee, feeLimit } = await stand.payout(id)
    expect(fee!.msat).toBeLessThanOrEqual(feeLimit.msat)
  }
  // It pays for nothing beyond them; the new coin is its own.
  expect((await run(stand.node.ledger.balances())).operator.msat).toBe(before + 900_000_000n)
}, 30_000)

test('at the hard ceiling, with the inputs that are reserved for, a payout goes: nothing above its limit is asked', async () => {
  const stand = await openOnchain({ coinsSat: [200_000n, 200_000n, 200_000n] })
  const { run, network } = stand
  network.setFeerate(100)
  await run(stand.node.start())
  const id = await stand.queue(450_000n, { isQuick: true })
  await settle(stand)
  // LND is asked for a little less than the ceiling.
  network.setFeerate(1)
  await stand.mine(7)
  const { state, reason, fee, feeLimit } = await stand.payout(id)
  expect(reason).toBe(null)
  expect(state).toBe('succeeded')
  expect(fee!.msat).toBeLessThanOrEqual(feeLimit.msat)
  expect((await stand.transactions())[0]!.inputs).toHaveLength(3)
}, 30_000)

test('none of several pays more than its own limit, where these differ', async () => {
  const stand = await openOnchain()
  const { run, network } = stand
  network.setFeerate(30)
  await run(stand.node.start())
  const tight = await stand.queue(50_000n, { isQuick: true, feeLimitSat: 2000n })
  const wide = await stand.queue(50_000n, { isQuick: true })
  await settle(stand)
  expect((await stand.payout(tight)).reason).toBe('fee-above-limit')
  expect((await stand.payout(wide)).state).toBe('sending')
})
