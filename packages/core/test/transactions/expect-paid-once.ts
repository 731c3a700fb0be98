import { expect } from 'vitest'
import type { OnchainStand } from './onchain-stand.ts'

/** What was asked for. */
export interface Asked {
  readonly id: string
  readonly address: string
  readonly amountSat: bigint
}

/**
 * Everything that must hold when all payouts have come to their end: each address got its amount, once; the
 * books say what the chain shows; nothing is left reserved or claimed.
 */
export async function expectPaidOnce(
  stand: OnchainStand,
  asked: readonly Asked[],
  label: string,
): Promise<void> {
  const { run, network, lnd } = stand
  for (const { id, address, amountSat } of asked) {
    const outputs = network.outputsTo(address)
    expect(
      outputs.map((one) => one.amountSat),
      `${label}: ${address}`,
    ).toEqual([amountSat])
    expect((await stand.payout(id)).state, label).toBe('succeeded')
  }
  const types = await stand.told('payout.')
  const succeeded = types.filter((type) => type === 'payout.succeeded')
  expect(succeeded.length, `${label}: told ${types.join(' ')}`).toBe(asked.length)
  // What the chain shows of our transactions and what the books say is the same, to the msat.
  const made = (await run(lnd.lightning.onchain!.transactions(0))).filter((one) =>
    one.label.startsWith('payment-node:'),
  )
  const feesMsat = made.reduce((sum, { feeSat }) => sum + feeSat * 1000n, 0n)
  const paidMsat = asked.reduce((sum, { amountSat }) => sum + amountSat * 1000n, 0n)
  const { world, partners, sum } = await run(stand.node.ledger.balances())
  expect(sum.msat, label).toBe(0n)
  expect(world.payees.msat, label).toBe(paidMsat)
  const { postings } = await stand.rowsOf(['postings'])
  // What other hands have paid with the wallet is booked as theirs.
  const booked = postings!.filter(
    ({ account, transaction }) =>
      account === 'world/onchain-fees' && !String(transaction).startsWith('wallet/'),
  )
  expect(
    booked.reduce((total, { amount_msat }) => total + (amount_msat as bigint), 0n),
    label,
  ).toBe(feesMsat)
  expect(
    partners.map(({ reserved }) => reserved.msat),
    label,
  ).toEqual([0n])
  const rows = await stand.rowsOf(['claimed_outpoints', 'transactions', 'payouts', 'day_totals'])
  expect(rows.claimed_outpoints, label).toEqual([])
  const states = new Set(rows.transactions!.map(({ state }) => state as string))
  for (const state of states) expect(['final', 'given-up', 'conflicted'], label).toContain(state)
  const fees = rows.payouts!.reduce((total, { fee_msat }) => total + (fee_msat as bigint), 0n)
  const counted = rows.day_totals!.reduce((total, row) => total + (row.amount_msat as bigint), 0n)
  expect(counted, label).toBe(paidMsat + fees)
}
