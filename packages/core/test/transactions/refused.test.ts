import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type OnchainStand, openOnchain, settle } from './onchain-stand.ts'

/** The mempool of LND's node does not take the first bytes that it is handed, until told otherwise. */
function refuseFirst({ lnd }: OnchainStand): { isOver: boolean } {
  const refusal = { isOver: false }
  let first: string | undefined
  lnd.faults.add(({ call, moment, parameters }) => {
    if (call !== 'publishTransaction' || moment !== 'before-effect' || refusal.isOver) {
      return undefined
    }
    const raw = Buffer.from(parameters[0] as Uint8Array).toString('hex')
    first ??= raw
    if (raw !== first) return undefined
    const details = { call, reason: 'fee-too-low' } as const
    return { error: new PaymentNodeError('node.refused', 'mempool min fee not met', details) }
  })
  return refusal
}

test('a signed transaction that the mempool does not take holds up no other payout, and is told once', async () => {
  const stand = await openOnchain()
  const { run, network } = stand
  const refusal = refuseFirst(stand)
  await run(stand.node.start())
  const a = await stand.queue(200_000n, { isQuick: true })
  await settle(stand)
  const [row] = await stand.transactions()
  expect(row).toMatchObject({ state: 'signed', reason: 'refused' })
  const b = await stand.queue(150_000n, { isQuick: true })
  await settle(stand)
  // The next one waits a moment, and says so.
  expect(await stand.payout(b)).toMatchObject({ state: 'queued', reason: 'pause-after-failure' })
  await stand.clock.advance(60_000)
  await stand.mine(7)
  expect((await stand.payout(b)).state).toBe('succeeded')
  const rows = await stand.transactions()
  expect(rows.map(({ state }) => state)).toEqual(['signed', 'final'])
  // Its coins stay its own: it may still be taken.
  const spent = rows.map(({ inputs }) => inputs as string[])
  expect(spent[0]!.filter((outpoint) => spent[1]!.includes(outpoint))).toEqual([])
  const told = await stand.events('transaction.stuck')
  expect(told.map(({ data }) => data)).toMatchObject([
    {
      fundsAtRisk: false,
      says: expect.stringContaining('other payouts go without it'),
      transaction: { id: row!.id, reason: 'refused' },
    },
  ])
  expect((await run(stand.node.safety.status())).fundsAtRisk).toEqual([])
  refusal.isOver = true
  await stand.mine(7)
  expect((await stand.payout(a)).state).toBe('succeeded')
  expect(network.audit()).toBeDefined()
}, 60_000)

test('a transaction is never made below what the mempool of the node takes', async () => {
  const source = {
    contractVersion: 1 as const,
    name: 'test',
    feerate: async () => ({ at: 0, satPerVbyte: 2 }),
  }
  const stand = await openOnchain({ options: { fees: { source } } })
  const { run, network } = stand
  network.setFeerate(1)
  network.setMempoolMinimum(12.3)
  await run(stand.node.start())
  const id = await stand.queue(200_000n)
  expect(await run(stand.node.fees.status())).toMatchObject({ feerate: 12.3, source: 'simulated' })
  await stand.clock.advance(12 * 60_000)
  expect((await stand.transactions())[0]).toMatchObject({ state: 'published', sat_per_kvb: 13_000 })
  network.setMempoolMinimum(0)
  await stand.mine(6)
  expect((await stand.payout(id)).state).toBe('succeeded')
})
