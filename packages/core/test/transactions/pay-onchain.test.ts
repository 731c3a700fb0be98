import type { AnyEvent } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openOnchain, settle } from './onchain-stand.ts'

test('a quick payout is paid at once, and booked when its transaction is final', async () => {
  const stand = await openOnchain()
  const { run, network } = stand
  await run(stand.node.start())
  const address = await stand.address()
  const id = await stand.queue(200_000n, { address, isQuick: true })
  await settle(stand)
  expect(await stand.payout(id)).toMatchObject({ state: 'sending', reason: null })
  expect(network.outputsTo(address)).toMatchObject([{ amountSat: 200_000n, confirmations: 0 }])
  await stand.mine()
  expect((await stand.payout(id)).transaction).toMatchObject({
    state: 'confirmed',
    confirmations: 1,
  })
  await stand.mine(4)
  expect((await stand.payout(id)).state).toBe('sending')
  await stand.mine()
  const paid = await stand.payout(id)
  expect(paid.state).toBe('succeeded')
  const [row] = await stand.transactions()
  const fee = row!.fee_msat as bigint
  expect(row).toMatchObject({ state: 'final', purpose: 'payouts', psbt: null })
  expect(paid.fee?.msat).toBe(fee)
  const balances = await run(stand.node.ledger.balances())
  expect(balances.sum.msat).toBe(0n)
  expect(balances.world.payees.msat).toBe(200_000_000n)
  expect(balances.world.onchainFees.msat).toBe(fee)
  expect(balances.partners[0]).toMatchObject({ reserved: { msat: 0n } })
  expect(balances.partners[0]!.available.msat).toBe(2_800_000_000n - fee)
  const rows = await stand.rowsOf(['day_totals', 'partner_days', 'claimed_outpoints'])
  expect(rows.day_totals!.map(({ amount_msat }) => amount_msat)).toEqual([200_000_000n + fee])
  expect(rows.partner_days!.map(({ amount_msat }) => amount_msat)).toEqual([200_000_000n + fee])
  expect(rows.claimed_outpoints).toEqual([])
  expect(await stand.told('transaction.')).toEqual([
    'transaction.published',
    'transaction.confirmed',
    'transaction.final',
  ])
  expect(await stand.told('payout.')).toEqual(['payout.sending', 'payout.succeeded'])
  const [{ data }] = (await stand.events('transaction.final')) as [
    AnyEvent & { type: 'transaction.final' },
  ]
  // Amounts again, and no text.
  expect(data.transaction.fee?.msat).toBe(fee)
  expect(data.transaction.outputs.map(({ amount }) => amount.msat)).toEqual([200_000_000n])
})
