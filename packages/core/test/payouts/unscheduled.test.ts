import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'

test('a partner with automatic payouts that nothing pays is told at the start, in the status and in the log', async () => {
  const told: string[] = []
  const silent = () => undefined
  const logger = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (says: string) => told.push(says),
  }
  const shop = openShop({ options: { logger } })
  const { run, node, clock } = shop
  await run(node.start())
  expect((await run(node.status())).warnings).toEqual([])
  await run(node.partners.upsert({ id: 'm1' }))
  await run(node.partners.upsert({ id: 'm2', payout: { automatic: true } }))
  const says = [expect.stringContaining('1 partner has automatic payouts, and no schedule pays')]
  expect((await run(node.status())).warnings).toEqual(says)
  await run(node.partners.upsert({ id: 'm1', payout: { automatic: true } }))
  expect((await run(node.status())).warnings[0]).toContain('2 partners have')
  // Said once.
  expect(told.filter((one) => one.includes('no schedule'))).toHaveLength(1)
  await run(node.stop())
  for (const [payouts, warns] of [
    [{}, true],
    [{ automatic: 'by-call' }, false],
    [{ automatic: { every: '1h' } }, false],
  ] as const) {
    told.length = 0
    const next = shop.open({ payouts, logger }).node
    await run(next.start())
    await clock.advance(1000)
    const label = JSON.stringify(payouts)
    expect((await run(next.status())).warnings.length, label).toBe(warns ? 1 : 0)
    expect(
      told.some((one) => one.includes('no schedule')),
      label,
    ).toBe(warns)
    await run(next.stop())
  }
  const last = shop.open().node
  await run(last.start())
  await clock.advance(1000)
  for (const id of ['m1', 'm2'])
    await run(last.partners.upsert({ id, payout: { automatic: false } }))
  expect((await run(last.status())).warnings).toEqual([])
})

test('partners that are set again at a start are looked through once, not once for each of them', async () => {
  const shop = openShop()
  const { run, node } = shop
  await run(node.start())
  for (const id of ['m1', 'm2', 'm3', 'm4'])
    await run(node.partners.upsert({ id, payout: { automatic: true } }))
  await run(node.stop())
  let looks = 0
  const next = shop.open()
  const { storage } = next
  const find = storage.find.bind(storage)
  storage.find = (table, query) => {
    if (table.name === 'partners') looks++
    return find(table, query)
  }
  await run(next.node.start())
  await shop.clock.advance(1000)
  looks = 0
  for (const id of ['m1', 'm2', 'm3', 'm4'])
    await run(next.node.partners.upsert({ id, payout: { automatic: true } }))
  expect(looks).toBe(0)
  for (const id of ['m1', 'm2'])
    await run(next.node.partners.upsert({ id, payout: { automatic: false } }))
  expect((await run(next.node.status())).warnings[0]).toContain('2 partners have')
})
