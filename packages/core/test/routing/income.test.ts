import { sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { forwardDays } from '../../src/tables/forwards.ts'
import { insert } from '../../src/tables/table.ts'
import { type ChannelStand, openStand } from '../channels/channel-stand.ts'

async function openWith(
  rows: readonly (readonly [day: string, channel: string, count: number, feeMsat: bigint])[],
): Promise<ChannelStand> {
  const stand = openStand()
  await stand.run(stand.node.start())
  const writes = rows.map(([day, channel, count, fee_msat]) =>
    insert(forwardDays, {
      node: stand.lnd.publicKey,
      network: 'regtest',
      day,
      channel,
      count,
      amount_msat: 10_000_000n * BigInt(count),
      fee_msat,
    }),
  )
  await stand.run(stand.storage.commit({ writes }))
  return stand
}

test('income per UTC day and channel, and in total', async () => {
  const { node, run } = await openWith([
    ['2026-01-01', '2', 1, 1000n],
    ['2026-01-02', '2', 2, 2001n],
    ['2026-01-02', '10', 1, 500n],
    ['2026-01-03', '2', 1, 30_000n],
  ])
  const { income } = node.routing
  expect(await run(income({ from: '2026-01-02', to: '2026-01-02' }))).toEqual({
    from: '2026-01-02',
    to: '2026-01-02',
    count: 3,
    forwarded: sat(30_000),
    earned: expect.objectContaining({ msat: 2501n }),
    days: [
      {
        day: '2026-01-02',
        count: 3,
        forwarded: sat(30_000),
        earned: expect.objectContaining({ msat: 2501n }),
        channels: [
          expect.objectContaining({ channelId: '10', count: 1 }),
          expect.objectContaining({ channelId: '2', count: 2, forwarded: sat(20_000) }),
        ],
      },
    ],
    channels: [
      expect.objectContaining({ channelId: '10', count: 1 }),
      expect.objectContaining({ channelId: '2', count: 2 }),
    ],
  })
  const all = await run(income({ from: '2025-12-01', to: '2026-01-31' }))
  expect(all.days.map(({ day: of, count }) => [of, count])).toEqual([
    ['2026-01-01', 1],
    ['2026-01-02', 3],
    ['2026-01-03', 1],
  ])
  expect(all.earned.msat).toBe(33_501n)
  expect(all.channels.map(({ channelId, earned }) => [channelId, earned.msat])).toEqual([
    ['2', 33_001n],
    ['10', 500n],
  ])
  expect(await run(income({ from: '2026-02-01', to: '2026-02-01' }))).toMatchObject({
    count: 0,
    earned: sat(0),
    days: [],
    channels: [],
  })
})

test('more days and channels than one page', async () => {
  const rows = Array.from({ length: 2500 }, (_, at) => {
    const days = String((at % 28) + 1).padStart(2, '0')
    return [`2026-02-${days}`, String(at), 1, 1n] as const
  })
  const { node, run } = await openWith(rows)
  const { count, channels, earned } = await run(
    node.routing.income({ from: '2026-01-01', to: '2026-12-31' }),
  )
  expect([count, channels.length, earned.msat]).toEqual([2500, 2500, 2500n])
})

test('a period that is none is refused', async () => {
  const { node, run } = openStand()
  await run(node.start())
  const rows: readonly [unknown, string, string][] = [
    [{ from: '2026-01-02', to: '2026-01-01' }, 'to', 'before-from'],
    [{ from: '2025-01-01', to: '2026-01-02' }, 'to', 'too-long'],
    [{ from: '2026-02-30', to: '2026-03-01' }, 'from', 'malformed'],
    [{ from: '2026-01-01', to: 'today' }, 'to', 'malformed'],
    [{ from: 20260101, to: '2026-01-01' }, 'from', 'wrong-type'],
    [{ from: '2026-01-01' }, 'to', 'missing'],
    [{ from: '2026-01-01', to: '2026-01-01', channel: '1' }, 'period.channel', 'unknown-option'],
    [undefined, 'period', 'missing'],
  ]
  for (const [period, field, reason] of rows)
    await expect(
      run(node.routing.income(period as never)),
      JSON.stringify(period),
    ).rejects.toMatchObject({
      code: 'input.invalid',
      details: { field, reason },
    })
  expect(await run(node.routing.income({ from: '2025-01-01', to: '2026-01-01' }))).toMatchObject({
    count: 0,
  })
})
