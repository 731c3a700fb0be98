import { expect, test } from 'vitest'
import { settle } from '../transactions/onchain-stand.ts'
import { insisting, openLostCoin } from './lost-coin.ts'

test('one payout of a transaction is not failed beside another one that succeeded: it is paid whole or not at all', async () => {
  const stand = await openLostCoin()
  const { run, node } = stand
  const a = await stand.queue(200_000n, { isQuick: true })
  const b = await stand.queue(100_000n, { isQuick: true })
  await settle(stand)
  await stand.loseCoin()
  const before = await run(node.ledger.balances())
  await run(node.payouts.resolve(b, 'succeeded', insisting))
  await expect(run(node.payouts.resolve(a, 'failed', insisting))).rejects.toMatchObject({
    code: 'payout.verdict-refused',
    details: { reason: 'another-succeeded' },
  })
  await stand.bringBack()
  expect((await stand.payout(a)).state).toBe('succeeded')
  // The coin that came is a deposit of the operator; the payouts cost it nothing.
  const after = await run(node.ledger.balances())
  expect(after.operator.msat - before.operator.msat).toBe(1_000_000_000n)
  expect(await run(node.ledger.prove())).toMatchObject({ verdict: 'proved' })
}, 60_000)
