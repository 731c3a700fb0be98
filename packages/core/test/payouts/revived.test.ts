import { type Change, PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { settle } from '../transactions/onchain-stand.ts'
import { insisting, openLostCoin } from './lost-coin.ts'

test('a refund that was given up and confirmed all the same counts against what was received', async () => {
  const stand = await openLostCoin()
  const { run, node, payee } = stand
  const invoice = await stand.sell(200_000, node)
  const payer = await run(payee.lightning.onchain!.newAddress('taproot'))
  const refund = (destination: string, key: string) =>
    run(
      node.payouts.refund(
        { invoice: invoice.id, destination, ...(key === 'first' && { quick: true }) },
        { idempotencyKey: key },
      ),
    )
  const first = await refund(payer, 'first')
  await settle(stand)
  await stand.loseCoin()
  await run(node.payouts.resolve(first.id, 'failed', insisting))
  await stand.bringBack()
  expect(stand.network.outputsTo(payer)).toHaveLength(1)
  expect(await stand.told('transaction.revived')).toHaveLength(1)
  // Its partner is told, and by what it cost.
  expect(await stand.told('payout.')).toEqual(
    ['queued', 'sending', 'failed', 'revived'].map((state) => `payout.${state}`),
  )
  const charged = await stand.payout(first.id)
  expect(charged).toMatchObject({ state: 'failed', reason: 'revived' })
  expect(charged.fee?.msat).toBeGreaterThan(0n)
  await expect(refund(stand.bill(200_000).paymentRequest, 'second')).rejects.toMatchObject({
    code: 'refund.above-received',
  })
}, 60_000)

test('a verdict that was slow does not give back what has come to be paid meanwhile', async () => {
  const stand = await openLostCoin({ isExclusive: false })
  const { run, clock } = stand
  const a = await stand.queue(200_000n, { isQuick: true })
  const b = await stand.queue(100_000n, { isQuick: true })
  await settle(stand)
  await stand.loseCoin()
  await run(stand.node.payouts.resolve(a, 'failed', insisting))
  const leader = stand.current
  let isSlow = false
  const slow = stand.openNext(
    { role: 'api' },
    {
      async beforeCommit({ writes }: Change) {
        const gives = writes.some(
          (write) =>
            write.op === 'update' && write.table.name === 'payouts' && write.set.state === 'failed',
        )
        if (!isSlow || !gives) return
        isSlow = false
        await clock.sleep(20 * 60_000)
      },
    },
  )
  await run(slow.node.start())
  await clock.advance(5000)
  isSlow = true
  const verdict = (): Promise<unknown> =>
    slow.node.payouts.resolve(b, 'failed', insisting).then(
      ({ state }) => state,
      (error) => PaymentNodeError.is(error, 'payout.verdict-refused') && error.details.reason,
    )
  const late = verdict()
  await clock.advance(1000)
  await stand.bringBack()
  await clock.advance(21 * 60_000)
  expect(await run(late)).toBe('moved-meanwhile')
  expect(await run(verdict())).toBe('node-says-in-block')
  expect((await run(leader.node.payouts.get(b))).state).toBe('sending')
  expect(await stand.told('transaction.revived')).toHaveLength(1)
}, 60_000)

test('what waits for a verdict of its own is shown as at risk until it has one', async () => {
  const stand = await openLostCoin()
  const { run, node } = stand
  const a = await stand.queue(200_000n, { isQuick: true })
  const b = await stand.queue(100_000n, { isQuick: true })
  await settle(stand)
  await stand.loseCoin()
  await run(node.payouts.resolve(a, 'failed', insisting))
  const atRisk = async () => (await run(node.safety.status())).fundsAtRisk
  expect(await atRisk()).toEqual([expect.stringContaining(`payout ${b} `)])
  await run(node.payouts.resolve(b, 'failed', insisting))
  expect(await atRisk()).toEqual([])
}, 60_000)
