import type { ClosedChannel, OnchainWallet } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type ChannelStand, openStand } from './channel-stand.ts'
import { assets, factsOf, finish, operator } from './count-assets.ts'

const merged = '5e'.repeat(32)

/**
 * A stand whose LND claims for both channels by one transaction, as it does when it can (the simulated one
 * claims for each alone): the sweeps are shown as one. While `late.isHeld`, the channel that is ours is not
 * resolved: LND still claims a payment of it.
 */
function openMerged(): ChannelStand & { late: { isHeld: boolean } } {
  const late = { isHeld: true }
  const closedOf = async (): Promise<readonly ClosedChannel[]> => {
    const closed = await stand.lnd.lightning.listClosedChannels()
    return closed.map((one) => ({
      ...one,
      claims: (one.claims ?? []).map((claim) => ({ ...claim, transaction: merged })),
    }))
  }
  const isLate = ({ channelPoint }: ClosedChannel): boolean =>
    late.isHeld && channelPoint === stand.points.ours
  const onchain: OnchainWallet = {
    newAddress: async () => '',
    unspent: async () => [],
    estimateFeerate: async () => 1,
    requiredReserve: async () => 0n,
    publish: async () => undefined,
    transactions: async (fromHeight) => {
      const all = await stand.lnd.lightning.onchain!.transactions(fromHeight)
      const sweeps = all.filter(({ label }) => label === '0:sweep')
      if (sweeps.length === 0) return all
      const one = {
        ...sweeps.at(-1)!,
        transactionId: merged,
        amountSat: sweeps.reduce((sum, { amountSat }) => sum + amountSat, 0n),
        spends: sweeps.flatMap(({ spends }) => spends),
      }
      return [...all.filter(({ label }) => label !== '0:sweep'), one]
    },
  }
  const stand = openStand(
    {},
    {
      onchain,
      listClosedChannels: async () => (await closedOf()).filter((one) => !isLate(one)),
      listPendingChannels: async () => [
        ...(await stand.lnd.lightning.listPendingChannels()),
        ...(await closedOf()).filter(isLate).map((one) => ({
          ...one,
          localMsat: one.settledMsat,
          remoteMsat: 500_000_000n,
          state: 'force-closing' as const,
          isInitiator: true,
        })),
      ],
    },
  )
  return { ...stand, late }
}

test('one transaction that claims for two channels is booked once, when both are resolved', async () => {
  const stand = openMerged()
  const { network, clock, lnd, run, node, points } = stand
  network.setFeerate(4)
  await run(node.start())
  await clock.advance(40_000)
  const before = { assets: await assets(stand), operator: await operator(stand) }
  for (const point of Object.values(points)) lnd.closeChannel(point, { kind: 'force' })
  network.mine(450)
  await clock.advance(70_000)
  network.mine(20)
  await clock.advance(70_000)
  // The other one is resolved, but what the transaction cost cannot be told yet.
  expect(await stand.rowsOf('jobs')).toMatchObject([{ subject: points.theirs }])
  expect(await factsOf(stand)).toEqual([])
  stand.late.isHeld = false
  await finish(stand)
  expect(await factsOf(stand)).toEqual(['channel-closed', 'channel-swept'])
  const rows = await stand.rowsOf('ledger_transactions')
  expect(rows.find(({ kind }) => kind === 'channel-swept')).toMatchObject({
    id: `onchain/${merged}`,
    subject: `transaction/${merged}`,
  })
  expect(before.operator - (await operator(stand))).toBe(before.assets - (await assets(stand)))
})
